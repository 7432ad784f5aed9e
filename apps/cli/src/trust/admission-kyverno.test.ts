import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { cosignTag, digestOf, type ImageStore, mediaTypes, parseReference } from '@keelson/oci';
import { openStore } from '@keelson/registry';
import { TestRegistry } from '@keelson/registry-testing';
import { legacyAnnotations, simpleSigningMediaType, writeSimpleSigning } from '@keelson/signing';
import { expect, test } from 'vitest';
import { keelsonBeside, withFolderAsync } from '../testing/run.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();

async function put(store: ImageStore, content: string | Uint8Array, mediaType: string) {
  const bytes = Buffer.from(content);
  const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
  await store.putBlob(descriptor, () => bytes);
  return descriptor;
}

/** An image `1.0`, signed in the form of cosign 1 and 2 where it is to be. */
async function writeImage(reference: string, isSigned: boolean): Promise<void> {
  const store = await openStore(parseReference(reference));
  const manifest = async (layers: readonly object[], tag: string) => {
    const config = await put(
      store,
      '{"architecture":"amd64","os":"linux"}',
      'application/vnd.oci.image.config.v1+json',
    );
    const value = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers };
    return await store.putManifest(Buffer.from(JSON.stringify(value)), mediaTypes.ociManifest, tag);
  };
  const { digest } = await manifest([await put(store, isSigned ? 'a' : 'b', 'text/plain')], '1.0');
  if (isSigned) {
    const payload = writeSimpleSigning({ digest, reference: '', annotations: new Map() });
    const layer = await put(store, payload, simpleSigningMediaType);
    const signature = sign('sha256', payload, privateKey).toString('base64');
    await manifest(
      [{ ...layer, annotations: { [legacyAnnotations.signature]: signature } }],
      cosignTag(digest, 'sig'),
    );
  }
  await store.close();
}

const rekor = { url: 'https://rekor.sigstore.dev', ignoreTlog: true };
const clusterPolicy = (key: KeyObject, failureAction = 'Enforce') => ({
  apiVersion: 'kyverno.io/v1',
  kind: 'ClusterPolicy',
  metadata: { name: 'check-images' },
  spec: {
    rules: [
      {
        name: 'signed',
        match: { any: [{ resources: { kinds: ['Pod'] } }] },
        verifyImages: [
          {
            imageReferences: ['*'],
            failureAction,
            attestors: [{ entries: [{ keys: { publicKeys: pemOf(key), rekor } }] }],
          },
        ],
      },
    ],
  },
});
const rules = (key: KeyObject) => ({
  apiVersion: 'policies.kyverno.io/v1',
  kind: 'ImageValidatingPolicy',
  metadata: { name: 'rules' },
  spec: {
    matchConstraints: {
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    },
    attestors: [
      {
        name: 'ours',
        cosign: { key: { data: pemOf(key) }, ctlog: { insecureIgnoreTlog: true, insecureIgnoreSCT: true } },
      },
    ],
    validations: [
      {
        expression: 'images.containers.all(image, verifyImageSignatures(image, [attestors.ours]) > 0)',
        message: 'an image is not signed by us',
      },
      { expression: "images.containers.all(image, getImageData(image).config.os == 'linux')" },
    ],
  },
});

test('policies of Kyverno over what manifests run', async () => {
  await using registry = await TestRegistry.start();
  const host = new URL(registry.url).host;
  await writeImage(`${host}/shop/web:1.0`, true);
  await writeImage(`${host}/shop/db:1.0`, false);
  const deployment = (name: string) =>
    JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: { template: { spec: { containers: [{ name: 'c', image: `${host}/shop/${name}:1.0` }] } } },
    });
  const files = {
    'kyverno.yaml': JSON.stringify(clusterPolicy(publicKey)),
    'theirs.yaml': JSON.stringify(clusterPolicy(other)),
    'audit.yaml': JSON.stringify(clusterPolicy(other, 'Audit')),
    'rules.yaml': JSON.stringify(rules(publicKey)),
    'deploy/web.yaml': deployment('web'),
    'all/web.yaml': deployment('web'),
    'all/db.yaml': deployment('db'),
  };
  await withFolderAsync(files, async (folder) => {
    const verify = (policies: readonly string[], manifests: string, ...more: string[]) => {
      const given = policies.flatMap((policy) => ['--policy', `${policy}.yaml`]);
      return keelsonBeside(folder, ['verify', ...given, '--manifests', manifests, ...more]);
    };
    const passed = await verify(['kyverno', 'rules'], 'deploy');
    expect(passed.err + passed.out).toContain('policy check-images/signed (ClusterPolicy): passed');
    expect(passed.out).toContain('policy rules (ImageValidatingPolicy): passed');
    expect(passed.out).toContain('signature by attestor ours: passed');
    expect(passed.code).toBe(0);
    const refused = await verify(['theirs'], 'deploy');
    expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('SIGNATURE_WRONG') });
    expect(await verify(['kyverno', 'audit'], 'deploy')).toMatchObject({
      code: 0,
      out: expect.stringContaining('not passed, which it warns of'),
    });
    const all = await verify(['rules'], 'all', '-f', 'json');
    expect(all.code).toBe(1);
    expect(JSON.parse(all.out).images).toMatchObject([
      { runBy: 'Deployment db', verified: false },
      { runBy: 'Deployment web', verified: true },
    ]);
    expect(all.out).toContain('an image is not signed by us');
  });
});
