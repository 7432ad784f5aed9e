import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import {
  copyImage,
  cosignTag,
  digestOf,
  hexOf,
  type ImageReference,
  mediaTypes,
  parseReference,
  readBlob,
  writeManifest,
} from '@keelson/oci';
import { TestRegistry } from '@keelson/registry-testing';
import { pack } from 'tar-stream';
import { afterAll, expect, test } from 'vitest';
import { openSource, openStore, type RegistryLimits, resolveReference } from '../index.ts';
import { describe as describeBytes, encode, listOf, sampleImage } from '../testing/images.ts';

const folder = mkdtempSync(join(tmpdir(), 'keelson-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
const fresh = (name: string) => join(folder, `${count++}-${name}`);

const image = sampleImage();
const layerDigest = digestOf(image.layer);

/** Files by path; one that begins with `→` is a link. */
type Files = Readonly<Record<string, Uint8Array | string>>;

function writeFiles(root: string, files: Files): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    if (typeof content === 'string' && content.startsWith('→'))
      symlinkSync(content.slice(1), join(root, path));
    else writeFileSync(join(root, path), content);
  }
  return root;
}

async function tarOf(files: Files): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) {
    const isLink = typeof content === 'string' && content.startsWith('→');
    if (isLink) tar.entry({ name, type: 'symlink', linkname: content.slice(1) });
    else tar.entry({ name }, Buffer.from(content));
  }
  tar.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of tar) if (piece instanceof Uint8Array) pieces.push(piece);
  return Buffer.concat(pieces);
}

const blobFile = (bytes: Uint8Array) => `blobs/sha256/${hexOf(digestOf(bytes))}`;
const entryOf = (name?: string) => ({
  mediaType: mediaTypes.ociManifest,
  digest: image.digest,
  size: image.bytes.length,
  ...(name === undefined ? {} : { annotations: { 'org.opencontainers.image.ref.name': name } }),
});
const indexWith = (...manifests: unknown[]) => JSON.stringify({ schemaVersion: 2, manifests });

const layoutFiles: Files = {
  'oci-layout': '{"imageLayoutVersion":"1.0.0"}',
  'index.json': indexWith(entryOf('v1')),
  [blobFile(image.bytes)]: image.bytes,
  [blobFile(image.config)]: image.config,
  [blobFile(image.layer)]: image.layer,
};

const dockerConfig = JSON.stringify({
  os: 'linux',
  architecture: 'amd64',
  rootfs: { type: 'layers', diff_ids: [layerDigest, layerDigest] },
});
const dockerFiles: Files = {
  'manifest.json': JSON.stringify([
    { Config: 'config.json', RepoTags: ['app:v1'], Layers: ['a/layer.tar', 'b/layer.tar'] },
  ]),
  'config.json': dockerConfig,
  'a/layer.tar': image.layer,
  'b/layer.tar': '→../a/layer.tar',
};

async function layerText(
  text: string | ImageReference,
  limits: Partial<RegistryLimits> = {},
): Promise<string> {
  const reference = typeof text === 'string' ? parseReference(text) : text;
  const source = await openSource(reference, { limits });
  try {
    const { manifest } = await resolveReference(source, reference);
    const layer = manifest.kind === 'manifest' ? manifest.layers.at(-1) : undefined;
    if (layer === undefined) throw new Error('no layer');
    return Buffer.from(await readBlob(source, layer, 1_000)).toString();
  } finally {
    await source.close();
  }
}

async function archive(
  files: Files,
  pack: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes,
): Promise<string> {
  const path = fresh('archive.tar');
  writeFileSync(path, pack(await tarOf(files)));
  return path;
}

test('an image goes from a registry to a layout and back', async () => {
  await using registry = await TestRegistry.start();
  const repository = registry.repository('demo/app');
  for (const blob of image.blobs) repository.addBlob(blob);
  repository.addManifest(image.bytes, mediaTypes.ociManifest, 'v1');
  const subject = describeBytes(image.bytes, mediaTypes.ociManifest);
  const signature = sampleImage('signature', { subject, artifactType: 'application/vnd.example.signature' });

  const remote = parseReference(`${registry.host}/demo/app:v1`);
  const local = parseReference(`oci:${fresh('layout')}:v1`);
  const from = await openSource(remote);
  const store = await openStore(local);
  await copyImage(from, store, await resolveReference(from, remote), 'v1');
  await copyImage(from, store, await resolveReference(from, remote), 'again');
  for (const blob of signature.blobs) await store.putBlob(describeBytes(blob, 'a/b'), () => blob);
  await store.putManifest(signature.bytes, mediaTypes.ociManifest);
  expect(await listOf(store.tags())).toEqual(['v1', 'again']);
  expect((await store.referrers(image.digest)).map(({ digest }) => digest)).toEqual([signature.digest]);
  expect(await layerText(local)).toBe('layer');
  if (local.kind === 'oci')
    expect(readdirSync(join(local.path, 'blobs/sha256')).some((name) => name.startsWith('.'))).toBe(false);

  const back = await openStore(parseReference(`${registry.host}/other:v2`));
  await copyImage(store, back, await store.resolve('v1'), 'v2');
  expect((await back.resolve('v2')).digest).toBe(image.digest);
});

test.each([
  ['a layout', async () => `oci:${writeFiles(fresh('layout'), layoutFiles)}`],
  ['a layout by name', async () => `oci:${writeFiles(fresh('layout'), layoutFiles)}:v1`],
  ['a layout by digest', async () => `oci:${writeFiles(fresh('layout'), layoutFiles)}@${image.digest}`],
  [
    'a layout with a link within',
    async () =>
      `oci:${writeFiles(fresh('layout'), {
        ...layoutFiles,
        [blobFile(image.layer)]: '→../../kept',
        kept: image.layer,
      })}`,
  ],
  ['an archive of a layout', async () => `oci-archive:${await archive(layoutFiles)}:v1`],
  ['an archive in gzip', async () => `oci-archive:${await archive(layoutFiles, gzipSync)}`],
  ['an archive in zstd', async () => `oci-archive:${await archive(layoutFiles, zstdCompressSync)}`],
  ['a docker archive', async () => `docker-archive:${await archive(dockerFiles)}`],
  [
    'a docker archive by name',
    async () => `docker-archive:${await archive(dockerFiles)}:docker.io/library/app:v1`,
  ],
  ['a docker archive in gzip', async () => `docker-archive:${await archive(dockerFiles, gzipSync)}:app:v1`],
  [
    'a folder',
    async () =>
      `dir:${writeFiles(fresh('dir'), {
        version: 'Directory Transport Version: 1.1\n',
        'manifest.json': image.bytes,
        [hexOf(digestOf(image.config))]: image.config,
        [hexOf(layerDigest)]: image.layer,
      })}`,
  ],
])('%s is read', async (_, make) => {
  expect(await layerText(await make())).toBe('layer');
});

test.each([
  ['a folder', (files: Files) => `oci:${writeFiles(fresh('layout'), files)}`],
  ['an archive', async (files: Files) => `oci-archive:${await archive(files)}`],
])('what cosign saved in %s: the image, its signatures, and what refers to it', async (_, make) => {
  const subject = describeBytes(image.bytes, mediaTypes.ociManifest);
  const signature = sampleImage('signature');
  const bundle = sampleImage('bundle', { subject, artifactType: 'application/vnd.example.bundle' });
  const saved = (bytes: Uint8Array, kind: string) => ({
    mediaType: mediaTypes.ociManifest,
    digest: digestOf(bytes),
    size: bytes.length,
    // cosign gives even images one.
    artifactType: 'application/vnd.oci.image.config.v1+json',
    annotations: { kind: `dev.cosignproject.cosign/${kind}` },
  });
  const files = {
    ...layoutFiles,
    'index.json': indexWith(saved(image.bytes, 'image'), saved(signature.bytes, 'sigs')),
    [blobFile(signature.bytes)]: signature.bytes,
    [blobFile(bundle.bytes)]: bundle.bytes,
    'blobs/sha256/x': 'no blob',
  };
  const source = await openSource(parseReference(await make(files)));
  expect((await source.resolve()).digest).toBe(image.digest);
  expect((await source.resolve(cosignTag(image.digest, 'sig'))).digest).toBe(signature.digest);
  await expect(source.resolve(cosignTag(image.digest, 'att'))).rejects.toThrow(/has 0 images/);
  await expect(source.resolve(cosignTag(signature.digest, 'sig'))).rejects.toThrow(/has 0 images/);
  expect((await source.referrers(image.digest)).map(({ digest }) => digest)).toEqual([bundle.digest]);
  expect(await source.referrers(signature.digest)).toEqual([]);
  await source.close();
  const damaged = await openSource(
    parseReference(await make({ ...files, [blobFile(bundle.bytes)]: `${bundle.bytes} ` })),
  );
  await expect(damaged.referrers(image.digest)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  await damaged.close();
});

test('a docker archive gives the same manifest each time', async () => {
  const source = await openSource(parseReference(`docker-archive:${await archive(dockerFiles)}`));
  const { digest, manifest } = await source.resolve();
  expect(manifest.kind === 'manifest' && manifest.layers.map((layer) => layer.digest)).toEqual([
    layerDigest,
    layerDigest,
  ]);
  expect(digestOf(writeManifest(manifest))).toBe(digest);
  expect((await source.resolve(digest)).digest).toBe(digest);
  expect(await listOf(source.tags())).toEqual(['app:v1']);
});

test('nothing is left behind of a compressed archive', async () => {
  const before = new Set(readdirSync(tmpdir()));
  const path = await archive(layoutFiles, gzipSync);
  await layerText(`oci-archive:${path}`);
  await expect(layerText(`docker-archive:${path}`)).rejects.toMatchObject({ code: 'STORE_INVALID' });
  await expect(layerText(`oci-archive:${path}`, { maxArchiveBytes: 100 })).rejects.toMatchObject({
    code: 'REGISTRY_LIMIT',
  });
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith('keelson-') && !before.has(name));
  expect(left.filter((name) => existsSync(join(tmpdir(), name, 'archive.tar')))).toEqual([]);
});

const secret = fresh('secret');
writeFileSync(secret, image.layer);

test.each<[string, Files, string]>([
  ['no marker', { 'index.json': '{}' }, 'STORE_INVALID'],
  [
    'a marker of another version',
    { ...layoutFiles, 'oci-layout': '{"imageLayoutVersion":"2.0.0"}' },
    'STORE_INVALID',
  ],
  ['a marker that is no JSON', { ...layoutFiles, 'oci-layout': '<' }, 'STORE_INVALID'],
  ['no index', { 'oci-layout': '{"imageLayoutVersion":"1.0.0"}' }, 'STORE_INVALID'],
  ['an index that is none', { ...layoutFiles, 'index.json': image.bytes }, 'MANIFEST_INVALID'],
  [
    'several images without names',
    { ...layoutFiles, 'index.json': indexWith(entryOf(), { ...entryOf(), digest: layerDigest }) },
    'CONTENT_NOT_FOUND',
  ],
  ['no image', { ...layoutFiles, 'index.json': indexWith() }, 'CONTENT_NOT_FOUND'],
  [
    'a manifest that is not there',
    { ...layoutFiles, 'index.json': indexWith({ ...entryOf(), digest: digestOf(encode('none')) }) },
    'CONTENT_NOT_FOUND',
  ],
  [
    'a manifest of another digest',
    { ...layoutFiles, [blobFile(image.bytes)]: image.config },
    'SIZE_MISMATCH',
  ],
  ['a layer of another digest', { ...layoutFiles, [blobFile(image.layer)]: 'LAYER' }, 'DIGEST_MISMATCH'],
  [
    'a layer that is a link out',
    { ...layoutFiles, [blobFile(image.layer)]: `→${secret}` },
    'CONTENT_NOT_FOUND',
  ],
])('a layout with %s is refused', async (_, files, code) => {
  await expect(layerText(`oci:${writeFiles(fresh('layout'), files)}`)).rejects.toMatchObject({ code });
  await expect(layerText(`oci-archive:${await archive(files)}`)).rejects.toMatchObject({ code });
});

test.each<[string, Files, string]>([
  ['no manifest', { 'config.json': '{}' }, 'STORE_INVALID'],
  ['a manifest that is no list', { ...dockerFiles, 'manifest.json': '{}' }, 'STORE_INVALID'],
  [
    'no configuration',
    { ...dockerFiles, 'manifest.json': '[{"Config":"none.json","Layers":[]}]' },
    'STORE_INVALID',
  ],
  [
    'a configuration that leads out',
    { ...dockerFiles, 'manifest.json': '[{"Config":"../../etc/passwd","Layers":[]}]' },
    'STORE_INVALID',
  ],
  [
    'fewer layers than it says',
    { ...dockerFiles, 'manifest.json': '[{"Config":"config.json","Layers":["a/layer.tar"]}]' },
    'STORE_INVALID',
  ],
  ['another layer than it says', { ...dockerFiles, 'a/layer.tar': 'other' }, 'DIGEST_MISMATCH'],
  ['links in a circle', { ...dockerFiles, 'a/layer.tar': '→../b/layer.tar' }, 'STORE_INVALID'],
  ['a link that leads out', { ...dockerFiles, 'a/layer.tar': '→../../../secret' }, 'STORE_INVALID'],
])('a docker archive with %s is refused', async (_, files, code) => {
  await expect(layerText(`docker-archive:${await archive(files)}`)).rejects.toMatchObject({ code });
});

test('a file that stands twice in an archive', async () => {
  const [first, second] = await Promise.all([
    tarOf(layoutFiles),
    tarOf({ 'index.json': indexWith(entryOf('v2')) }),
  ]);
  const path = fresh('twice.tar');
  // The end of an archive is two empty blocks.
  writeFileSync(path, Buffer.concat([first.subarray(0, -1_024), second]));
  await expect(layerText(`oci-archive:${path}`)).rejects.toMatchObject({
    code: 'STORE_INVALID',
    message: expect.stringContaining('"index.json" stands in it twice'),
  });
});

test('archives that are damaged or too large', async () => {
  const path = await archive(layoutFiles);
  const bytes = readFileSync(path);
  const cut = fresh('cut.tar');
  writeFileSync(cut, bytes.subarray(0, 1_100));
  await expect(layerText(`oci-archive:${cut}`)).rejects.toMatchObject({ code: 'STORE_INVALID' });
  writeFileSync(cut, gzipSync(bytes).subarray(0, 300));
  await expect(layerText(`oci-archive:${cut}`)).rejects.toMatchObject({ code: 'STORE_INVALID' });
  await expect(layerText(`oci-archive:${path}`, { maxArchiveEntries: 2 })).rejects.toMatchObject({
    code: 'REGISTRY_LIMIT',
  });
  await expect(layerText(`oci-archive:${join(folder, 'none')}`)).rejects.toMatchObject({
    code: 'STORE_UNREADABLE',
  });
  await expect(layerText(`oci:${join(folder, 'none')}`)).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
  await expect(layerText(`dir:${path}`)).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
});

test('an archive that goes away while it is read', async () => {
  const path = await archive(layoutFiles);
  const source = await openSource(parseReference(`oci-archive:${path}`));
  rmSync(path);
  await expect(source.resolve()).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
});

test('an image folder holds one image', async () => {
  const root = writeFiles(fresh('dir'), { 'manifest.json': image.bytes });
  const source = await openSource(parseReference(`dir:${root}`));
  await expect(source.resolve('v1')).rejects.toMatchObject({ code: 'CONTENT_NOT_FOUND' });
  await expect(source.resolve(layerDigest)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  await expect(readBlob(source, describeBytes(image.layer, 'a/b'), 10)).rejects.toMatchObject({
    code: 'CONTENT_NOT_FOUND',
  });
});

test('a link in a layout leads no writing out of it', async () => {
  const outside = fresh('outside');
  mkdirSync(outside);
  const root = writeFiles(fresh('layout'), { ...layoutFiles, 'blobs/sha512': `→${outside}` });
  const store = await openStore(parseReference(`oci:${root}`));
  const text = encode('more');
  const blob = { digest: digestOf(text, 'sha512'), size: text.length };
  await expect(store.putBlob(blob, () => text)).rejects.toMatchObject({ code: 'STORE_INVALID' });
  expect(readdirSync(outside)).toEqual([]);
});

test('what cannot be written', async () => {
  await expect(openStore(parseReference('docker-archive:a.tar'))).rejects.toMatchObject({
    code: 'REFERENCE_INVALID',
  });
  await expect(openStore(parseReference(`oci:${secret}/layout`))).rejects.toMatchObject({
    code: 'STORE_UNWRITABLE',
  });
  const store = await openStore(parseReference(`oci:${fresh('layout')}`));
  const wrong = describeBytes(image.layer, 'a/b');
  await expect(store.putBlob(wrong, () => encode('LAYER'))).rejects.toMatchObject({
    code: 'DIGEST_MISMATCH',
  });
  expect(await store.hasBlob(wrong)).toBe(false);
});
