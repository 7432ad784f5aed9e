import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { checkedReferrers, digestOf, mediaTypes, readBlob } from '@keelson/oci';
import { TestRegistry } from '@keelson/registry-testing';
import { expect, test } from 'vitest';
import { RegistryClient, RegistryRepository } from './index.ts';
import { describe, encode, listOf, sampleImage } from './testing/images.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const httpLimits = { headMilliseconds: 200, idleMilliseconds: 200, totalMilliseconds: 700, maxAttempts: 2 };
const limits = {
  maxManifestBytes: 10_000,
  maxDescriptors: 20,
  maxPages: 5,
  maxPageBytes: 10_000,
  maxTags: 50,
  maxReferrers: 30,
};

/** A registry that answers paths of one sort in its own way. */
async function hostile(part: string, answer: Answer) {
  const registry = await TestRegistry.start({
    intercept: (request, response) => {
      if (request.url?.includes(part) !== true) return false;
      answer(request, response);
      return true;
    },
  });
  const client = new RegistryClient(registry.host, { httpLimits, limits });
  return { registry, repository: new RegistryRepository(client, 'demo/app') };
}

const json = (value: unknown, headers: Record<string, string> = {}): Answer => {
  return (_, response) =>
    void response.writeHead(200, headers).end(typeof value === 'string' ? value : JSON.stringify(value));
};
const ofType = (type: string) => ({ 'content-type': type });
const { bytes, digest, manifest } = sampleImage();
const image = JSON.parse(new TextDecoder().decode(bytes));
const descriptor = { mediaType: mediaTypes.ociManifest, digest, size: bytes.length };

test.each<[string, Answer, string, string]>([
  ['bytes of another manifest', json({ ...image, annotations: { a: 'b' } }), 'SIZE_MISMATCH', 'more than'],
  [
    'other bytes of the same length',
    json(JSON.stringify(image).replace('amd64', 'arm64').replace('tar"', 'tax"')),
    'DIGEST_MISMATCH',
    'has digest',
  ],
  ['part of the bytes', json(JSON.stringify(image).slice(0, -1)), 'SIZE_MISMATCH', 'instead of'],
  ['bytes and more', json(`${JSON.stringify(image)} `), 'SIZE_MISMATCH', 'more than'],
  ['too many bytes', json('x'.repeat(10_001)), 'HTTP_TOO_LARGE', '10000'],
  [
    'an error page',
    (_, response) => void response.writeHead(503).end('<h1>busy</h1>'),
    'REGISTRY_FAILED',
    'status 503',
  ],
  [
    'an error that paints the terminal',
    (_, response) =>
      void response
        .writeHead(400)
        .end(JSON.stringify({ errors: [{ code: 'X', message: '\u001b[2Jgone\u202e' }] })),
    'REGISTRY_REFUSED',
    'X \\x1b[2Jgone\\u{202e}',
  ],
  [
    'a very long error',
    (_, response) =>
      void response.writeHead(400).end(JSON.stringify({ errors: [{ message: 'long '.repeat(1_000) }] })),
    'REGISTRY_REFUSED',
    '…',
  ],
  ['nothing', () => undefined, 'HTTP_TIMEOUT', 'headMilliseconds'],
  [
    'a redirect to itself',
    (request, response) => void response.writeHead(302, { location: request.url }).end(),
    'HTTP_REDIRECT_REFUSED',
    'circle',
  ],
  [
    'a redirect to the network outside',
    (_, response) => void response.writeHead(302, { location: 'http://registry.example/' }).end(),
    'HTTP_REDIRECT_REFUSED',
    'plain http',
  ],
])('a manifest by digest: %s', async (_, answer, code, reason) => {
  const { registry, repository } = await hostile('/manifests/', answer);
  await using _registry = registry;
  const error = await repository.manifest(descriptor).catch((fault: unknown) => fault);
  expect(error).toMatchObject({ code, message: expect.stringContaining(reason) });
  expect(String(error).length).toBeLessThan(1_000);
});

test.each<[string, Answer, string]>([
  ['no JSON', json('{"schemaVersion":', ofType(mediaTypes.ociManifest)), 'MANIFEST_INVALID'],
  [
    'a key twice',
    json(`${JSON.stringify(image).slice(0, -1)},"layers":[]}`, ofType(mediaTypes.ociManifest)),
    'MANIFEST_INVALID',
  ],
  ['another type than it says', json(image, ofType(mediaTypes.ociIndex)), 'MANIFEST_INVALID'],
  [
    'a type that is none',
    json({ ...image, mediaType: 'text/html' }, ofType('text/html')),
    'MANIFEST_UNSUPPORTED',
  ],
  [
    'image and index in one',
    json({ ...image, manifests: [] }, ofType(mediaTypes.ociManifest)),
    'MANIFEST_INVALID',
  ],
  [
    'schema 1',
    json({ schemaVersion: 1 }, ofType('application/vnd.docker.distribution.manifest.v1+prettyjws')),
    'MANIFEST_UNSUPPORTED',
  ],
  [
    'a digest of an unknown algorithm',
    json(
      { ...image, config: { ...image.config, digest: `md5:${'a'.repeat(32)}` } },
      ofType(mediaTypes.ociManifest),
    ),
    'DIGEST_UNSUPPORTED',
  ],
  [
    'too many layers',
    json({ ...image, layers: Array(21).fill(image.layers[0]) }, ofType(mediaTypes.ociManifest)),
    'MANIFEST_LIMIT',
  ],
  [
    'a digest in the head that is another',
    json(image, { ...ofType(mediaTypes.ociManifest), 'docker-content-digest': `sha256:${'a'.repeat(64)}` }),
    'DIGEST_MISMATCH',
  ],
  ['nesting without end', json('['.repeat(5_000), ofType(mediaTypes.ociManifest)), 'MANIFEST_INVALID'],
])('a manifest by tag: %s', async (_, answer, code) => {
  const { registry, repository } = await hostile('/manifests/', answer);
  await using _registry = registry;
  await expect(repository.resolve('v1')).rejects.toMatchObject({ code });
});

const content = encode('content');
const blob = describe(content, 'a/b');

test.each<[string, Answer, string]>([
  ['other bytes', (_, response) => void response.end('CONTENT'), 'DIGEST_MISMATCH'],
  ['fewer bytes, said beforehand', (_, response) => void response.end('cont'), 'SIZE_MISMATCH'],
  [
    'fewer bytes',
    (_, response) => {
      response.write('cont');
      response.end();
    },
    'SIZE_MISMATCH',
  ],
  [
    'more bytes',
    (_, response) => {
      response.write('content');
      response.end('and more');
    },
    'SIZE_MISMATCH',
  ],
  [
    'bytes without end',
    (_, response) => {
      const pour = setInterval(() => response.write('x'.repeat(1_000)), 1);
      response.on('close', () => clearInterval(pour));
    },
    'SIZE_MISMATCH',
  ],
  [
    'bytes that drip',
    (_, response) => {
      const pour = setInterval(() => response.write('c'), 150);
      response.on('close', () => clearInterval(pour));
    },
    'HTTP_TIMEOUT',
  ],
  ['bytes that stop', (_, response) => void response.write('cont'), 'HTTP_TIMEOUT'],
  [
    'a connection that breaks',
    (_, response) => {
      response.writeHead(200, { 'content-length': '7' });
      response.write('cont', () => response.destroy());
    },
    'HTTP_INTERRUPTED',
  ],
  [
    'a bomb',
    (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).write(gzipSync(new Uint8Array(1_000_000)));
      response.end();
    },
    'SIZE_MISMATCH',
  ],
])('a blob: %s', async (_, answer, code) => {
  const { registry, repository } = await hostile('/blobs/', answer);
  await using _registry = registry;
  await expect(readBlob(repository, blob, 1_000)).rejects.toMatchObject({ code });
});

test.each<[string, Record<string, string>, string]>([
  ['another part', { 'content-range': 'bytes 0-6/7' }, 'REGISTRY_ANSWER_INVALID'],
  ['no range', {}, 'REGISTRY_ANSWER_INVALID'],
  ['another length', { 'content-range': 'bytes 4-6/7', 'content-length': '4' }, 'SIZE_MISMATCH'],
  ['other bytes', { 'content-range': 'bytes 4-6/7' }, 'DIGEST_MISMATCH'],
])('a blob that goes on with %s', async (_, headers, code) => {
  const { registry, repository } = await hostile('/blobs/', (request, response) => {
    if (request.headers.range === undefined) {
      response.writeHead(200, { 'content-length': '7' });
      response.write('cont', () => response.destroy());
    } else response.writeHead(206, headers).end('ENT');
  });
  await using _registry = registry;
  await expect(readBlob(repository, blob, 1_000)).rejects.toMatchObject({ code });
});

test.each<[string, Answer, string]>([
  [
    'pages without end',
    (request, response) => {
      const at = Number(new URL(request.url ?? '', 'http://a').searchParams.get('last') ?? '0');
      response
        .writeHead(200, { link: `</v2/demo/app/tags/list?last=${at + 1}>; rel="next"` })
        .end('{"tags":[]}');
    },
    'REGISTRY_LIMIT',
  ],
  [
    'pages in a circle',
    json({ tags: [] }, { link: '</v2/demo/app/tags/list>; rel=next' }),
    'REGISTRY_ANSWER_INVALID',
  ],
  [
    'a page elsewhere',
    json({ tags: [] }, { link: '<http://127.0.0.1:1/v2/demo/app/tags/list>; rel="next"' }),
    'REGISTRY_ANSWER_INVALID',
  ],
  ['too many tags', json({ tags: Array.from({ length: 51 }, (_, at) => `t${at}`) }), 'REGISTRY_LIMIT'],
  ['too long a page', json({ tags: ['a'.repeat(10_001)] }), 'HTTP_TOO_LARGE'],
  ['tags that are none', json({ tags: ['../../secret'] }), 'REGISTRY_ANSWER_INVALID'],
  ['numbers', json({ tags: [1] }), 'REGISTRY_ANSWER_INVALID'],
  ['no list', json({ tags: 'a' }), 'REGISTRY_ANSWER_INVALID'],
  ['no JSON', json('<html>'), 'REGISTRY_ANSWER_INVALID'],
])('tags: %s', async (_, answer, code) => {
  const { registry, repository } = await hostile('/tags/', answer);
  await using _registry = registry;
  await expect(listOf(repository.tags())).rejects.toMatchObject({ code });
});

test.each<[string, Answer, string]>([
  ['an image in place of a list', json(image, ofType(mediaTypes.ociManifest)), 'REGISTRY_ANSWER_INVALID'],
  ['another type', json({ schemaVersion: 2, manifests: [] }, ofType('text/html')), 'MANIFEST_UNSUPPORTED'],
  [
    'a list without end',
    (request, response) => {
      const at = Number(new URL(request.url ?? '', 'http://a').searchParams.get('at') ?? '0');
      const link = `</v2/demo/app/referrers/${digest}?at=${at + 1}>; rel="next"`;
      const list = {
        schemaVersion: 2,
        mediaType: mediaTypes.ociIndex,
        manifests: Array(10).fill(descriptor),
      };
      response.writeHead(200, { ...ofType(mediaTypes.ociIndex), link }).end(JSON.stringify(list));
    },
    'REGISTRY_LIMIT',
  ],
])('referrers: %s', async (_, answer, code) => {
  const { registry, repository } = await hostile('/referrers/', answer);
  await using _registry = registry;
  await expect(repository.referrers(digest)).rejects.toMatchObject({ code });
});

test('a list of referrers that lies is seen through', async () => {
  const signature = 'application/vnd.example.signature';
  const subject = { ...descriptor, annotations: new Map<string, string>() };
  const real = sampleImage('real', { subject, artifactType: signature });
  const other = sampleImage('other', {
    subject: { ...subject, digest: digestOf(content) },
    artifactType: signature,
  });
  const sbom = sampleImage('sbom', { subject, artifactType: 'application/vnd.example.sbom' });
  const absent = sampleImage('absent', { subject });
  const named = [real, other, sbom, absent].map((one) => ({
    mediaType: mediaTypes.ociManifest,
    digest: one.digest,
    size: one.bytes.length,
    // All but one of the types in the list are wrong.
    artifactType: one === sbom ? signature : mediaTypes.ociConfig,
  }));
  const list = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: named };
  const { registry, repository } = await hostile('/referrers/', json(list, ofType(mediaTypes.ociIndex)));
  await using _registry = registry;
  for (const one of [real, other, sbom])
    registry.repository('demo/app').addManifest(one.bytes, mediaTypes.ociManifest);
  const { referrers, leftOut } = await checkedReferrers(repository, digest, signature);
  expect(referrers.map((one) => one.digest)).toEqual([real.digest]);
  expect(leftOut.map((one) => one.digest)).toEqual([other.digest, absent.digest]);
});

test.each<[string, Answer, string]>([
  [
    'at another host',
    (_, response) => void response.writeHead(202, { location: 'http://127.0.0.1:1/upload' }).end(),
    'REGISTRY_ANSWER_INVALID',
  ],
  ['nowhere', (_, response) => void response.writeHead(202).end(), 'REGISTRY_ANSWER_INVALID'],
  [
    'that is sent on',
    (_, response) => void response.writeHead(307, { location: 'http://127.0.0.1:1/upload' }).end(),
    'HTTP_REDIRECT_REFUSED',
  ],
])('an upload %s', async (_, answer, code) => {
  const { registry, repository } = await hostile('/blobs/uploads/', answer);
  await using _registry = registry;
  await expect(repository.putBlob(blob, () => content)).rejects.toMatchObject({ code });
});

test('layers with places of their own are asked of the registry only', async () => {
  const layer = { ...blob, urls: ['http://127.0.0.1:1/elsewhere'] };
  await using registry = await TestRegistry.start();
  registry.repository('demo/app').addBlob('content');
  const repository = new RegistryRepository(new RegistryClient(registry.host), 'demo/app');
  expect(manifest.layers.length).toBe(1);
  expect(Buffer.from(await readBlob(repository, layer, 10)).toString()).toBe('content');
});
