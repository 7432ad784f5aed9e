import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicKeyFromPem } from '@keelson/pki';
import {
  type AcceptedSigner,
  type Artifact,
  artifactOfBytes,
  artifactOfDigest,
  exactly,
  readBundle,
  readTrustedRoot,
  SigningError,
  verifyBundle,
} from '@keelson/signing';
import { expectedFaults } from './sigstore-faults.ts';
import { type Suite, Tally } from './suite.ts';

const defaults = {
  identity:
    'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main',
  issuer: 'https://token.actions.githubusercontent.com',
};

/** Sigstore bundles that a client must accept or refuse, each with the artifact's bytes and with its digest alone. */
export const suite: Suite = {
  name: 'sigstore-conformance',
  async run(dir) {
    const tally = new Tally();
    const cases = join(dir, 'bundle-verify');
    for (const entry of readdirSync(cases, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      for (const mode of ['path', 'digest'] as const) {
        const fault = faultOf(dir, join(cases, entry.name), mode);
        const id = `${entry.name} (${mode})`;
        const reason = judge(entry.name, fault);
        if (reason === undefined) tally.pass();
        else tally.fail(id, reason);
      }
    }
    return tally;
  },
};

function judge(name: string, fault: unknown): string | undefined {
  if (!name.endsWith('_fail')) return fault === undefined ? undefined : String(fault);
  if (fault === undefined) return 'was accepted';
  if (!(fault instanceof SigningError)) return `was refused without a typed error: ${String(fault)}`;
  const expected = expectedFaults.get(name);
  if (expected === undefined || expected === fault.code) return undefined;
  return `was refused with ${fault.code} (${fault.message}), not ${expected}`;
}

function faultOf(dir: string, folder: string, mode: 'path' | 'digest'): unknown {
  try {
    const own = join(folder, 'trusted_root.json');
    const root = readFileSync(existsSync(own) ? own : join(dir, 'trusted_root.prod.json'));
    verifyBundle(readBundle(readFileSync(join(folder, 'bundle.sigstore.json'))), artifactOf(folder, mode), {
      trustedRoot: readTrustedRoot(root),
      signer: signerOf(folder),
      logEntries: 1,
      timestamps: 0,
      certificateLogged: true,
    });
    return undefined;
  } catch (error) {
    return error;
  }
}

function artifactOf(folder: string, mode: 'path' | 'digest'): Artifact {
  const own = join(folder, 'artifact');
  const bytes = readFileSync(existsSync(own) ? own : join(folder, '..', 'a.txt'));
  if (mode === 'path') return artifactOfBytes(bytes);
  return artifactOfDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
}

function signerOf(folder: string): AcceptedSigner {
  const key = join(folder, 'key.pub');
  if (existsSync(key)) return { kind: 'key', key: publicKeyFromPem(readFileSync(key, 'utf8')) };
  const text = (name: 'identity' | 'issuer') => {
    const own = join(folder, name);
    return exactly(existsSync(own) ? readFileSync(own, 'utf8').trim() : defaults[name]);
  };
  return { kind: 'identities', identities: [{ subject: text('identity'), issuer: text('issuer') }] };
}
