// Writes what the build verifies to keep the code of a verification (apps/cli/scripts/keep-code.ts): an image's manifest, two bundles and
// who is trusted. The keys are thrown away. To be run again when a rule that is new refuses what stands there.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { imageStatement } from '@keelson/signing';
import { makeBundle, signedAt, trustedRootJson } from '../engines/signing/src/sigstore/testing/world.ts';

const folder = new URL('../apps/cli/scripts/runs/signed/', import.meta.url);
const write = (name: string, text: string) => writeFileSync(new URL(name, folder), text);
const writeJson = (name: string, value: unknown) => write(name, `${JSON.stringify(value, undefined, 2)}\n`);

const empty = Buffer.from('{}');
const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  config: {
    mediaType: 'application/vnd.oci.empty.v1+json',
    digest: `sha256:${sha256(empty)}`,
    size: empty.length,
  },
  layers: [],
});
const statement = Buffer.from(imageStatement(`sha256:${sha256(manifest)}`, new Map()));

write('image.manifest', manifest);
writeJson('trusted_root.json', trustedRootJson);
writeJson('file.sigstore.json', makeBundle({ blob: Buffer.from(manifest), logs: ['rekor1'] }));
writeJson('image.sigstore.json', makeBundle({ statement, logs: ['rekor2'], stampedAt: signedAt }));
