import type { ServerResponse } from 'node:http';
import { checkedReferrers, copyImage, digestOf, mediaTypes, referrersTag } from '@keelson/oci';
import { TestRegistry } from '@keelson/registry-testing';
import { expect, test } from 'vitest';
import { RegistryClient, type RegistryOptions, RegistryRepository } from './index.ts';
import { collect, describe, encode, listOf, sampleImage } from './testing/images.ts';

const open = (registry: TestRegistry, name = 'demo/app', options: RegistryOptions = {}) =>
  new RegistryRepository(new RegistryClient(registry.host, options), name);

async function push(repository: RegistryRepository, tag?: string, image = sampleImage()) {
  for (const blob of image.blobs) await repository.putBlob(describe(blob, 'a/b'), () => blob);
  return await repository.putManifest(image.bytes, mediaTypes.ociManifest, tag);
}

test('an image that was pushed is pulled by its tag and by its digest', async () => {
  await using registry = await TestRegistry.start();
  const repository = open(registry);
  const pushed = await push(repository, 'v1');
  const byTag = await repository.resolve('v1');
  const byDigest = await repository.resolve(byTag.digest);
  expect([byTag.digest, byDigest.digest]).toEqual([pushed.digest, pushed.digest]);
  if (byTag.manifest.kind !== 'manifest') throw new Error('an index');
  const [layer] = byTag.manifest.layers;
  if (layer === undefined) throw new Error('no layer');
  expect(await collect(repository.blob(layer))).toBe('layer');
});

test('a blob that is there is not sent again', async () => {
  await using registry = await TestRegistry.start();
  const repository = open(registry);
  await push(repository);
  const before = registry.log.length;
  await push(repository, 'again');
  expect(registry.log.slice(before).filter((line) => line.startsWith('POST'))).toEqual([]);
});

test.each([
  ['nothing', 0, 0],
  ['less than one piece', 9, 0],
  ['one piece', 10, 0],
  ['one piece and a byte', 11, 1],
  ['three pieces', 30, 2],
  ['three pieces and a half', 35, 3],
])('a blob of %s (%i bytes) takes %i requests before the last', async (_, size, patches) => {
  await using registry = await TestRegistry.start();
  const repository = open(registry, 'a', { limits: { uploadPieceBytes: 10 } });
  const bytes = encode('x'.repeat(size));
  async function* slowly() {
    for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
  }
  const descriptor = describe(bytes, 'a/b');
  await repository.putBlob(descriptor, slowly);
  expect(registry.log.filter((line) => line.startsWith('PATCH')).length).toBe(patches);
  expect(await collect(repository.blob(descriptor))).toBe('x'.repeat(size));
});

test('content that is not what it is called is not sent to its end', async () => {
  await using registry = await TestRegistry.start();
  const repository = open(registry);
  const descriptor = describe(encode('right'), 'a/b');
  await expect(repository.putBlob(descriptor, () => encode('wrong'))).rejects.toMatchObject({
    code: 'DIGEST_MISMATCH',
  });
  expect(registry.log.at(-1)).toMatch(/^DELETE .*uploads/);
  expect(await repository.hasBlob(descriptor)).toBe(false);
});

test('a blob is mounted from another repository', async () => {
  await using registry = await TestRegistry.start();
  const blob = registry.repository('source').addBlob('content');
  const repository = open(registry);
  expect(await repository.mountBlob(blob.digest, 'source')).toBe(true);
  expect(await repository.hasBlob(blob)).toBe(true);
  expect(await repository.mountBlob(digestOf(encode('other')), 'source')).toBe(false);
});

test('tags come in pages', async () => {
  await using registry = await TestRegistry.start({ pageSize: 3 });
  const { bytes } = sampleImage();
  const tags = ['a', 'b', 'c', 'd', 'e.1_2-3', 'f', 'g'];
  for (const tag of tags) registry.repository('demo/app').addManifest(bytes, mediaTypes.ociManifest, tag);
  expect(await listOf(open(registry).tags())).toEqual(tags);
  expect(registry.log.length).toBe(3);
});

const signature = 'application/vnd.example.signature';

test.each([
  ['the API', true],
  ['a tag', false],
])('referrers by %s', async (_, referrers) => {
  await using registry = await TestRegistry.start({ referrers, pageSize: 1 });
  const repository = open(registry);
  const image = await push(repository, 'v1');
  const subject = describe(image.bytes, mediaTypes.ociManifest);
  const kinds = [signature, 'application/vnd.example.sbom', signature];
  for (const [at, artifactType] of kinds.entries())
    await push(
      repository,
      undefined,
      sampleImage(`${at}`, { artifactType, subject, annotations: new Map([['at', `${at}`]]) }),
    );
  expect((await repository.referrers(image.digest)).map((entry) => entry.artifactType)).toEqual(kinds);
  const checked = await checkedReferrers(repository, image.digest, signature);
  expect([checked.referrers.length, checked.leftOut]).toEqual([2, []]);
  expect(await repository.referrers(digestOf(encode('other')))).toEqual([]);
  expect((await listOf(repository.tags())).includes(referrersTag(image.digest))).toBe(!referrers);
});

test('two who write referrers to a tag lose none', async () => {
  await using registry = await TestRegistry.start({ referrers: false });
  const repository = open(registry);
  const image = await push(repository, 'v1');
  const subject = describe(image.bytes, mediaTypes.ociManifest);
  const images = Array.from({ length: 3 }, (_, at) =>
    sampleImage(`${at}`, { subject, artifactType: signature }),
  );
  await Promise.all(images.map((one) => push(open(registry), undefined, one)));
  expect((await repository.referrers(image.digest)).length).toBe(3);
});

test('an index is copied from one registry to another with all that it names', async () => {
  await using from = await TestRegistry.start();
  await using to = await TestRegistry.start();
  const source = open(from);
  const child = await push(source);
  const index = encode(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: [{ mediaType: child.mediaType, digest: child.digest, size: child.size }],
    }),
  );
  const { digest } = await source.putManifest(index, mediaTypes.ociIndex, 'multi');
  const target = open(to, 'other/name');
  await copyImage(source, target, await source.resolve('multi'), 'copied');
  expect((await target.resolve('copied')).digest).toBe(digest);
  expect((await target.resolve(child.digest)).digest).toBe(child.digest);
});

test('a tag and a manifest are deleted', async () => {
  await using registry = await TestRegistry.start();
  const repository = open(registry);
  const { digest } = await push(repository, 'v1');
  await repository.delete('v1');
  await expect(repository.resolve('v1')).rejects.toMatchObject({ code: 'CONTENT_NOT_FOUND' });
  await repository.delete(digest);
  await expect(repository.resolve(digest)).rejects.toMatchObject({ code: 'CONTENT_NOT_FOUND' });
});

test('blobs and manifests of sha512', async () => {
  await using registry = await TestRegistry.start();
  const repository = open(registry);
  const bytes = encode('content');
  const descriptor = { ...describe(bytes, 'a/b'), digest: digestOf(bytes, 'sha512') };
  await repository.putBlob(descriptor, () => bytes);
  expect(await collect(repository.blob(descriptor))).toBe('content');
});

test.each([
  ['10', 3, undefined],
  ['21', 1, undefined],
  ['1000', 0, 'REGISTRY_LIMIT'],
  ['many', 0, 'REGISTRY_ANSWER_INVALID'],
])(
  'a registry that wants pieces of %s bytes or more gets %i before the last',
  async (least, patches, code) => {
    await using registry = await TestRegistry.start({
      intercept: (request, response) => {
        if (request.method === 'POST') response.setHeader('oci-chunk-min-length', least);
        return false;
      },
    });
    const repository = open(registry, 'a', { limits: { uploadPieceBytes: 10, maxUploadPieceBytes: 100 } });
    const bytes = encode('x'.repeat(35));
    const pushed = repository.putBlob(describe(bytes, 'a/b'), () => bytes);
    if (code === undefined) await pushed;
    else await expect(pushed).rejects.toMatchObject({ code });
    expect(registry.log.filter((line) => line.startsWith('PATCH')).length).toBe(patches);
  },
);

test.each([
  ['from there on', true, 3],
  ['anew, by a registry that knows no ranges', false, 3],
])('a blob whose connection breaks twice is given %s', async (_, ranges, requests) => {
  let breaks = 2;
  await using registry = await TestRegistry.start({
    intercept: (request, response) => {
      if (!ranges) delete request.headers.range;
      if (request.url?.includes('/blobs/') !== true || breaks-- <= 0) return false;
      const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? '0');
      const range = from === 0 ? {} : { 'content-range': `bytes ${from}-99999/100000` };
      response.writeHead(from === 0 ? 200 : 206, { 'content-length': String(100_000 - from), ...range });
      response.write(text.slice(from, from + 30_000), () => response.destroy());
      return true;
    },
  });
  const text = Array.from({ length: 20_000 }, (_item, at) => `${10_000 + at}`).join('');
  const blob = registry.repository('demo/app').addBlob(text);
  expect(await collect(open(registry).blob(blob))).toBe(text);
  expect(registry.log.length).toBe(requests);
});

test.each<[string, number, (response: ServerResponse) => void, string | undefined]>([
  ['broken once', 1, (response) => void response.destroy(), undefined],
  ['refused for a while', 2, (response) => void response.writeHead(503).end(), undefined],
  ['always broken', 99, (response) => void response.destroy(), 'HTTP_UNREACHABLE'],
  ['wrong', 99, (response) => void response.writeHead(400).end(), 'REGISTRY_REFUSED'],
])('a piece of an upload that is %s', async (_, times, answer, code) => {
  let left = times;
  await using registry = await TestRegistry.start({
    intercept: (request, response) => {
      if (request.method !== 'PATCH' || left-- <= 0) return false;
      request.resume().on('end', () => answer(response));
      return true;
    },
  });
  const repository = open(registry, 'a', { limits: { uploadPieceBytes: 10 } });
  const bytes = encode('0123456789'.repeat(4));
  const blob = describe(bytes, 'a/b');
  const pushed = repository.putBlob(blob, () => bytes);
  if (code === undefined) {
    await pushed;
    expect(await collect(repository.blob(blob))).toBe('0123456789'.repeat(4));
  } else await expect(pushed).rejects.toMatchObject({ code });
  expect(registry.log.filter((line) => line.startsWith('PATCH')).length).toBeLessThanOrEqual(3 + 3);
});

test('a piece of which the registry has kept a part goes on behind it', async () => {
  const seen: (string | undefined)[] = [];
  await using registry = await TestRegistry.start({
    intercept: (request, response) => {
      const location = request.url ?? '';
      const range = request.headers['content-range'];
      if (request.method === 'PATCH') seen.push(range);
      if (request.method === 'PATCH' && range === '0-9') request.resume().on('end', () => response.destroy());
      else if (request.method === 'PATCH') response.writeHead(202, { location, range: '0-9' }).end();
      else if (request.method === 'GET' && location.includes('/uploads/'))
        response.writeHead(204, { location, range: '0-3' }).end();
      else if (request.method === 'PUT') response.writeHead(201).end();
      else return false;
      return true;
    },
  });
  const bytes = encode('x'.repeat(15));
  await open(registry, 'a', { limits: { uploadPieceBytes: 10 } }).putBlob(
    describe(bytes, 'a/b'),
    () => bytes,
  );
  expect(seen).toEqual(['0-9', '4-9']);
});
