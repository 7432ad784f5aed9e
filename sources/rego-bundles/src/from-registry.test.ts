import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Descriptor, digestOf, mediaTypes, writeManifest } from '@keelson/oci';
import { anonymous, fixedCredentials, openStore } from '@keelson/registry';
import { TestRegistry } from '@keelson/registry-testing';
import { stringifyJson } from '@keelson/rego';
import { afterAll, expect, test } from 'vitest';
import { BundleLoader } from './index.ts';
import { encode, modules, packed, policy, snapshot } from './testing/bundles.ts';

const folder = mkdtempSync(join(tmpdir(), 'keelson-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Pushes a bundle as `policy push` and `oras push` do. */
async function push(
  registry: TestRegistry,
  tag: string,
  bytes: Uint8Array,
  type: string = mediaTypes.ociLayerGzip,
) {
  const repository = registry.repository('policies/app');
  const config = repository.addBlob('{}', mediaTypes.ociConfig);
  const layer: Descriptor = {
    ...repository.addBlob(bytes, type),
    annotations: new Map([['org.opencontainers.image.title', 'bundle.tar.gz']]),
  };
  const manifest = writeManifest({
    kind: 'manifest',
    mediaType: mediaTypes.ociManifest,
    config,
    layers: [layer],
    annotations: new Map(),
  });
  return repository.addManifest(manifest, mediaTypes.ociManifest, tag);
}

test('a bundle in a registry, which is pulled again only when its layer is another', async () => {
  await using registry = await TestRegistry.start();
  await push(registry, 'v1', packed(snapshot));
  const loader = new BundleLoader();
  const name = `oci://${registry.host}/policies/app:v1`;
  const first = await loader.load(name);
  expect(first.bundle.modules.length).toBe(1);
  expect(await loader.load(name)).toBe(first);
  expect(registry.log.filter((line) => line.includes('/blobs/')).length).toBe(1);
  await push(registry, 'v1', packed({ ...snapshot, 'app/more.rego': 'package app.more' }));
  expect((await loader.load(name)).bundle.modules.length).toBe(2);
});

test('a bundle in an index, beside attestations, and in a layout', async () => {
  await using registry = await TestRegistry.start();
  const { digest, bytes } = await push(registry, 'v1', packed(snapshot));
  const entry = {
    mediaType: mediaTypes.ociManifest,
    digest,
    size: bytes.length,
    annotations: new Map<string, string>(),
  };
  const absent = {
    ...entry,
    digest: digestOf(encode('absent')),
    platform: { os: 'unknown', architecture: 'unknown' },
  };
  const index = writeManifest({
    kind: 'index',
    mediaType: mediaTypes.ociIndex,
    manifests: [absent, entry],
    annotations: new Map(),
  });
  registry.repository('policies/app').addManifest(index, mediaTypes.ociIndex, 'multi');
  expect(await modules(`oci://${registry.host}/policies/app:multi`)).toEqual(['app/authz/policy.rego']);

  const path = join(folder, 'layout');
  const store = await openStore({ kind: 'oci', path });
  const layer = packed(snapshot);
  await store.putBlob({ digest: digestOf(layer), size: layer.length }, () => layer);
  await store.putManifest(bytes, mediaTypes.ociManifest, 'v1');
  expect(await modules(`oci:${path}:v1`)).toEqual(['app/authz/policy.rego']);
});

test.each([
  ['policies/deep/p.rego', undefined],
  ['../p.rego', 'BUNDLE_NOT_GIVEN'],
  ['', 'BUNDLE_NOT_GIVEN'],
])('policies and data as conftest pushes them, at %j', async (title, code) => {
  await using registry = await TestRegistry.start();
  const repository = registry.repository('policies/app');
  const layer = (text: string, kind: string, path: string): Descriptor => ({
    ...repository.addBlob(text, `application/vnd.cncf.openpolicyagent.${kind}`),
    annotations: new Map([['org.opencontainers.image.title', path]]),
  });
  const layers = [
    layer(policy, 'policy.layer.v1+rego', title),
    layer('{"a":1}', 'data.layer.v1+json', 'policies/one.json'),
    layer('{"b":2}', 'data.layer.v1+json', 'policies/two.json'),
  ];
  const config = repository.addBlob('{}', 'application/vnd.unknown.config.v1+json');
  const common = { kind: 'manifest', mediaType: mediaTypes.ociManifest, annotations: new Map() } as const;
  repository.addManifest(writeManifest({ ...common, config, layers }), mediaTypes.ociManifest, 'v1');
  const loader = new BundleLoader();
  const name = `oci://${registry.host}/policies/app:v1`;
  if (code !== undefined) {
    await expect(loader.load(name)).rejects.toMatchObject({ code });
    return;
  }
  const loaded = await loader.load(name);
  expect(loaded.bundle.modules.map(({ path }) => path)).toEqual([title]);
  expect(stringifyJson(loaded.bundle.data)).toBe('{"policies":{"a":1,"b":2}}');
  expect(await loader.load(name)).toBe(loaded);
  await expect(modules(name, { limits: { maxFiles: 2 } })).rejects.toMatchObject({ code: 'BUNDLE_LIMIT' });
  await expect(modules(name, { limits: { maxUnpackedBytes: 60 } })).rejects.toMatchObject({
    code: 'BUNDLE_LIMIT',
  });
});

test('a registry that wants credentials', async () => {
  const account = { username: 'u', password: 'p' };
  await using registry = await TestRegistry.start({ authentication: { kind: 'bearer', ...account } });
  await push(registry, 'v1', packed(snapshot));
  const name = `oci://${registry.host}/policies/app:v1`;
  const credentials = fixedCredentials({ kind: 'basic', ...account });
  expect((await modules(name, { registry: { credentials } })).length).toBe(1);
  await expect(modules(name, { registry: { credentials: anonymous } })).rejects.toMatchObject({
    code: 'REGISTRY_DENIED',
  });
});

test.each<[string, (registry: TestRegistry) => Promise<unknown>, string]>([
  [
    'that is no bundle',
    (registry) => push(registry, 'v1', encode('x'), mediaTypes.ociLayer),
    'BUNDLE_NOT_GIVEN',
  ],
  ['that is not there', async () => undefined, 'CONTENT_NOT_FOUND'],
  ['that is too large', (registry) => push(registry, 'v1', new Uint8Array(20_000)), 'BUNDLE_LIMIT'],
  [
    'whose layer was changed',
    async (registry) => {
      await push(registry, 'v1', packed(snapshot));
      const { blobs } = registry.repository('policies/app');
      for (const [digest, bytes] of blobs)
        if (bytes.length > 2) blobs.set(digest, packed({ ...snapshot, 'app/x.rego': 'package x' }));
    },
    'SIZE_MISMATCH',
  ],
])('an artifact %s', async (_, prepare, code) => {
  await using registry = await TestRegistry.start();
  await prepare(registry);
  const loading = modules(`oci://${registry.host}/policies/app:v1`, { limits: { maxBundleBytes: 10_000 } });
  await expect(loading).rejects.toMatchObject({ code });
});
