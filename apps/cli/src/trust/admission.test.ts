import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { cosignTag, digestOf, type ImageStore, mediaTypes, parseReference } from '@keelson/oci';
import { openStore } from '@keelson/registry';
import { TestRegistry } from '@keelson/registry-testing';
import { legacyAnnotations, simpleSigningMediaType, writeSimpleSigning } from '@keelson/signing';
import { describe, expect, test } from 'vitest';
import { keelson, keelsonBeside, withFolderAsync } from '../testing/run.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();

/** An image `1.0`, with a signature in the form of cosign 1 and 2 where it is to have one. */
async function writeSigned(reference: string, isSigned = true): Promise<void> {
  const store = await openStore(parseReference(reference));
  const manifest = async (layers: readonly object[], tag: string) => {
    const config = await put(store, '{}', 'application/vnd.oci.empty.v1+json');
    const value = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers };
    return await store.putManifest(Buffer.from(JSON.stringify(value)), mediaTypes.ociManifest, tag);
  };
  const { digest } = await manifest([], '1.0');
  if (isSigned) {
    const payload = writeSimpleSigning({ digest, reference: '', annotations: new Map() });
    const layer = await put(store, payload, simpleSigningMediaType);
    const signature = sign('sha256', payload, privateKey).toString('base64');
    const annotations = { [legacyAnnotations.signature]: signature };
    await manifest([{ ...layer, annotations }], cosignTag(digest, 'sig'));
  }
  await store.close();
}

async function put(store: ImageStore, content: string | Uint8Array, mediaType: string) {
  const bytes = Buffer.from(content);
  const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
  await store.putBlob(descriptor, () => bytes);
  return descriptor;
}

const policy = (name: string, authority: object, glob = '**', more = {}) =>
  `${JSON.stringify({
    apiVersion: 'policy.sigstore.dev/v1beta1',
    kind: 'ClusterImagePolicy',
    metadata: { name },
    spec: { images: [{ glob }], authorities: [authority], ...more },
  })}\n`;

/** Ratify's verifier of cosign with a key, which is all that must hold. */
const ratify = (key: KeyObject, scope = '*') =>
  [
    {
      kind: 'Verifier',
      metadata: { name: 'cosign' },
      spec: {
        name: 'cosign',
        artifactTypes: 'application/vnd.dev.cosign.artifact.sig.v1+json',
        parameters: {
          trustPolicies: [{ name: 'a', scopes: [scope], keys: [{ provider: 'k' }], tLogVerify: false }],
        },
      },
    },
    {
      kind: 'KeyManagementProvider',
      metadata: { name: 'k' },
      spec: { type: 'inline', parameters: { contentType: 'key', value: pemOf(key) } },
    },
  ]
    .map((each) => JSON.stringify({ apiVersion: 'config.ratify.deislabs.io/v1beta1', ...each }))
    .join('\n---\n');

const files = {
  'ratify-ours.yaml': ratify(publicKey),
  'ratify-theirs.yaml': ratify(other),
  'ratify-elsewhere.yaml': ratify(publicKey, 'registry.example/x*'),
  'ours.yaml': policy('ours', { key: { data: pemOf(publicKey) } }),
  'theirs.yaml': policy('theirs', { key: { data: pemOf(other) } }),
  'theirs-warn.yaml': policy('theirs', { key: { data: pemOf(other) } }, '**', { mode: 'warn' }),
  'elsewhere.yaml': policy('elsewhere', { static: { action: 'pass' } }, 'b.example/**'),
  'cue.yaml': policy('cue', { static: { action: 'pass' } }, '**', { policy: { type: 'cue', data: 'a: 1' } }),
  'wrong.yaml': policy('wrong', {}),
  'other.yaml': 'kind: ClusterPolicy\n',
};

describe('keelson verify --policy', () => {
  test.each<[string, string[], number, string]>([
    [
      'one that passes',
      ['ours.yaml'],
      0,
      'policy ours (ClusterImagePolicy): passed\n    authority-0: passed',
    ],
    ['one that does not', ['theirs.yaml'], 1, 'SIGNATURE_WRONG'],
    ['Ratify that passes', ['ratify-ours.yaml'], 0, 'policy ratify (Ratify): passed'],
    ['Ratify that does not', ['ratify-theirs.yaml'], 1, 'SIGNATURE_WRONG'],
    ['Ratify for other images', ['ratify-elsewhere.yaml'], 1, 'no trust policy has a scope'],
    ['all count', ['ours.yaml', 'theirs.yaml'], 1, 'policy theirs (ClusterImagePolicy): not passed'],
    ['one that warns', ['ours.yaml', 'theirs-warn.yaml'], 0, 'not passed, which it warns of'],
    ['what one warns of', ['theirs-warn.yaml'], 0, 'image:1.0: admitted with a warning, not verified'],
    [
      'the same for programs',
      ['theirs-warn.yaml', '--format=json'],
      0,
      '"verified": false,\n      "admitted": true',
    ],
    ['none is about the image', ['elsewhere.yaml'], 1, 'about it\n    elsewhere is about b.example/**'],
    ['CUE', ['cue.yaml'], 1, 'IMAGE_POLICY_UNSUPPORTED'],
    [
      'one that breaks a rule',
      ['wrong.yaml'],
      2,
      'expected exactly one, got neither: spec.authorities[0].key',
    ],
    ['no policy', ['other.yaml'], 2, 'IMAGE_POLICY_UNKNOWN'],
    ['with a key beside it', ['ours.yaml', '--key', 'x.pub'], 2, '--policy and --key do not go together'],
    ['with a log waived', ['ours.yaml', '--insecure-ignore-tlog'], 2, 'do not go together'],
    ['with manifests beside it', ['ours.yaml', '--manifests', '.'], 2, 'name one image, or --manifests PATH'],
  ])('%s', async (_, args, code, expected) => {
    await withFolderAsync(files, async (folder) => {
      await writeSigned(`oci:${folder}/image:1.0`);
      const policies = args.flatMap((arg) => (arg.endsWith('.yaml') ? ['--policy', arg] : [arg]));
      const run = keelson(folder, ['verify', ...policies, 'oci:image:1.0']);
      expect(run.out + run.err).toContain(expected);
      expect(run.code).toBe(code);
    });
  });

  test('of what passes the text tells what made it pass, and JSON the rest', async () => {
    const cue = { name: 'a', predicateType: 'custom', policy: { type: 'cue', data: 'a: 1' } };
    const authorities = [
      ...[other, publicKey].map((key) => ({ key: { data: pemOf(key) } })),
      { key: { data: pemOf(publicKey) }, attestations: [cue] },
    ];
    const either = policy('either', {}, '**', { authorities });
    await withFolderAsync({ 'either.yaml': either }, async (folder) => {
      await writeSigned(`oci:${folder}/image:1.0`);
      const tell = (...more: string[]) =>
        keelson(folder, ['verify', '--policy', 'either.yaml', ...more, 'oci:image:1.0']);
      expect(tell()).toMatchObject({ code: 0, out: expect.not.stringContaining('SIGNATURE_WRONG') });
      expect(tell().out).toContain('authority-1: passed');
      // Nor is it left out that something was not judged.
      expect(tell().out).toContain(
        'authority-2: not passed\n      spec.authorities[2].attestations[0].policy.type',
      );
      expect(tell('-f', 'json')).toMatchObject({ code: 0, out: expect.stringContaining('SIGNATURE_WRONG') });
    });
  });

  test('every image that manifests run', async () => {
    await using registry = await TestRegistry.start();
    const host = new URL(registry.url).host;
    await writeSigned(`${host}/shop/web:1.0`);
    await writeSigned(`${host}/shop/db:1.0`, false);
    const deployment = (name: string, images: readonly string[]) =>
      `${JSON.stringify({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name },
        spec: { template: { spec: { containers: images.map((image) => ({ name: 'c', image })) } } },
      })}\n`;
    const web = deployment('web', [`${host}/shop/web:1.0`]);
    const shop = {
      ...files,
      'web/web.yaml': web,
      'all/db.yaml': deployment('db', [`${host}/shop/db:1.0`]),
      'all/web.yaml': web,
      'lost/web.yaml': web,
      'misnamed/web.yaml': web,
      'misnamed/none.yaml': deployment('none', ['Not An Image']),
      'lost/gone.yaml': deployment('gone', [`${host}/shop/gone:1.0`]),
    };
    await withFolderAsync(shop, async (folder) => {
      const verify = (name: string, ...more: string[]) =>
        keelsonBeside(folder, ['verify', '--policy', 'ours.yaml', '--manifests', name, ...more]);
      expect(await verify('web')).toMatchObject({
        code: 0,
        out: expect.stringContaining('run by Deployment web: verified'),
      });
      const all = await verify('all', '-f', 'json');
      expect(all.code).toBe(1);
      expect(JSON.parse(all.out).images).toMatchObject([
        { image: `${host}/shop/db:1.0`, runBy: 'Deployment db', verified: false },
        { image: `${host}/shop/web:1.0`, runBy: 'Deployment web', verified: true },
      ]);
      const told = await verify('all');
      expect(told.out).toMatch(/\n1 of 2 images are admitted\n$/);
      const lost = await verify('lost');
      expect(lost).toMatchObject({
        code: 4,
        out: expect.stringContaining('run by Deployment gone: not judged'),
      });
      expect(lost.out).toContain('run by Deployment web: verified');
      const misnamed = await verify('misnamed');
      expect(misnamed).toMatchObject({
        code: 3,
        out: expect.stringContaining('run by Deployment none: not judged'),
      });
      expect(misnamed.out).toContain('run by Deployment web: verified');
    });
  });
});
