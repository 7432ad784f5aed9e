import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { digestOf } from '@keelson/oci';
import { type Handler, TestServer } from '@keelson/registry-testing';
import { compile, fromJson, stringifyJson } from '@keelson/rego';
import { afterAll, expect, test } from 'vitest';
import { applyDelta, BundleLoader, type BundleOptions, bundleLocation } from './index.ts';
import { delta, encode, type Files, modules, packed, policy, snapshot, tarOf } from './testing/bundles.ts';

const folder = mkdtempSync(join(tmpdir(), 'keelson-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
const fresh = (name: string) => join(folder, `${count++}-${name}`);

function writeFiles(root: string, files: Files): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function file(bytes: Uint8Array, name = 'bundle.tar.gz'): string {
  const path = fresh(name);
  writeFileSync(path, bytes);
  return path;
}

test.each([
  ['bundles/app', { kind: 'path', path: 'bundles/app' }],
  ['file:///a/b', { kind: 'path', path: '/a/b' }],
  ['https://a.example/b', { kind: 'url', url: 'https://a.example/b' }],
  [
    'oci://a.example/b:1',
    { kind: 'image', reference: { kind: 'registry', registry: 'a.example', repository: 'b', tag: '1' } },
  ],
  ['oci:folder:1', { kind: 'image', reference: { kind: 'oci', path: 'folder', name: '1' } }],
  ['C:\\bundles', { kind: 'path', path: 'C:\\bundles' }],
])('%s', (text, location) => {
  expect(bundleLocation(text)).toEqual(location);
});

test.each([
  ['a folder', () => writeFiles(fresh('folder'), snapshot)],
  ['an archive', () => file(packed(snapshot))],
  ['an archive that is not compressed', () => file(tarOf(snapshot))],
  ['a URL of a file', () => `file://${file(packed(snapshot))}`],
])('%s', async (_, make) => {
  const loader = new BundleLoader();
  const { bundle } = await loader.load(make());
  expect(bundle.modules.map(({ path, text }) => [path, text])).toEqual([['app/authz/policy.rego', policy]]);
  expect([bundle.manifest.revision, stringifyJson(bundle.data)]).toEqual([
    '1',
    '{"app":{"users":{"alice":true}}}',
  ]);
});

test('in a folder what is ignored is left out, and what leads in a circle or out of order is bounded', async () => {
  const root = writeFiles(fresh('folder'), { ...snapshot, '.hidden/x.rego': 'package x', 'notes.txt': 'x' });
  symlinkSync('..', join(root, 'app/up'));
  expect(await modules(root, { isIgnored: (name) => name === '.hidden' })).toEqual(['app/authz/policy.rego']);
  await expect(modules(root, { limits: { maxFolderDepth: 1 } })).rejects.toMatchObject({
    code: 'BUNDLE_LIMIT',
  });
  await expect(modules(root, { limits: { maxFiles: 2 } })).rejects.toMatchObject({ code: 'BUNDLE_LIMIT' });
  await expect(modules(root, { limits: { maxUnpackedBytes: 60 } })).rejects.toMatchObject({
    code: 'BUNDLE_LIMIT',
  });
});

test.each<[string, () => string, string, string]>([
  ['nothing there', () => join(folder, 'none'), 'BUNDLE_UNREADABLE', 'no such file'],
  ['half an archive', () => file(packed(snapshot).subarray(0, 60)), 'bundle_error', 'no whole gzip'],
  ['no archive', () => file(encode('x'.repeat(600))), 'bundle_error', 'cannot be read'],
  ['a bomb', () => file(gzipSync(new Uint8Array(2_000_000))), 'BUNDLE_LIMIT', 'maxUnpackedBytes'],
  ['a large archive', () => file(new Uint8Array(20_000)), 'BUNDLE_LIMIT', 'maxBundleBytes'],
  ['a path that leads out', () => file(packed({ '../x.rego': 'package x' })), 'bundle_error', 'leaves it'],
  ['a bad manifest', () => file(packed({ '.manifest': '[]' })), 'bundle_error', '.manifest'],
])('%s is refused', async (_, make, code, reason) => {
  const limits = { maxBundleBytes: 10_000, maxUnpackedBytes: 100_000 };
  const error = expect.objectContaining({ code, message: expect.stringContaining(reason) });
  await expect(modules(make(), { limits })).rejects.toThrow(error);
});

test('what a server has not changed is not sent twice', async () => {
  let tag = '"1"';
  await using server = await TestServer.start((request, response) => {
    if (request.headers['if-none-match'] === tag) response.writeHead(304).end();
    else response.writeHead(200, { etag: tag, 'content-type': 'application/gzip' }).end(packed(snapshot));
  });
  const loader = new BundleLoader();
  const first = await loader.load(server.url);
  expect(await loader.load(server.url)).toBe(first);
  tag = '"2"';
  const second = await loader.load(server.url);
  expect([second === first, second.tag]).toEqual([false, '"2"']);
  expect(server.headers.map((one) => one['if-none-match'])).toEqual([undefined, '"1"', '"1"']);
});

test.each<[string, string, BundleOptions, string | undefined]>([
  ['nothing', '', {}, undefined],
  ['a token', '', { credentials: () => ({ kind: 'bearer', token: 't' }) }, 'Bearer t'],
  [
    'a name and password',
    '',
    { credentials: () => ({ kind: 'basic', username: 'u', password: 'p' }) },
    `Basic ${btoa('u:p')}`,
  ],
  [
    'those of the URL',
    'user:p%40ss@',
    { credentials: () => ({ kind: 'bearer', token: 't' }) },
    `Basic ${btoa('user:p@ss')}`,
  ],
])('a server is sent %s', async (_, userinfo, options, expected) => {
  await using server = await TestServer.start((_request, response) => void response.end(packed(snapshot)));
  const { name } = await new BundleLoader(options).load(server.url.replace('://', `://${userinfo}`));
  expect(server.authorizations[0]).toBe(expected);
  expect(name).toBe(`${server.url}/`);
});

test.each<[string, Handler, string, string]>([
  [
    'that has none',
    (_, response) => void response.writeHead(404).end(),
    'BUNDLE_NOT_GIVEN',
    'it has none there',
  ],
  [
    'that wants credentials',
    (_, response) => void response.writeHead(401).end(),
    'BUNDLE_NOT_GIVEN',
    'other credentials',
  ],
  [
    'that says it has not changed when nothing is known',
    (_, response) => void response.writeHead(304).end(),
    'BUNDLE_NOT_GIVEN',
    '304',
  ],
  [
    'that gives a page',
    (_, response) => void response.end('<html>'),
    'bundle_error',
    'bundle http://127.0.0.1',
  ],
  [
    'that gives too much',
    (_, response) => void response.end(new Uint8Array(20_000)),
    'HTTP_TOO_LARGE',
    '10000',
  ],
  ['that gives nothing', () => undefined, 'HTTP_TIMEOUT', 'headMilliseconds'],
  ['that stops', (_, response) => void response.write('x'), 'HTTP_TIMEOUT', 'idleMilliseconds'],
  [
    'that sends round',
    (request, response) => void response.writeHead(302, { location: request.url }).end(),
    'HTTP_REDIRECT_REFUSED',
    'circle',
  ],
])('a server %s', async (_, handler, code, reason) => {
  await using server = await TestServer.start(handler);
  const loading = modules(server.url, { limits: { maxBundleBytes: 10_000 } });
  await expect(loading).rejects.toMatchObject({ code, message: expect.stringContaining(reason) });
});

test('a bundle must be signed where that is asked for, wherever it comes from', async () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const hash = digestOf(encode(policy)).slice('sha256:'.length);
  const claims = { files: [{ name: 'policy.rego', hash, algorithm: 'SHA-256' }] };
  const content = `${part({ alg: 'HS256' })}.${part(claims)}`;
  const token = `${content}.${createHmac('sha256', 'secret').update(content).digest('base64url')}`;
  const signed = packed({
    'policy.rego': policy,
    '.signatures.json': JSON.stringify({ signatures: [token] }),
  });
  await using server = await TestServer.start((_, response) => void response.end(signed));
  const verification = { key: 'secret', algorithm: 'HS256' };
  expect(await modules(server.url, { verification })).toEqual(['policy.rego']);
  await expect(modules(server.url, { verification: { ...verification, key: 'other' } })).rejects.toThrow(
    'failed to verify',
  );
  await expect(modules(file(packed(snapshot)), { verification })).rejects.toThrow('not signed');
});

test('a delta bundle changes the data of a policy that runs', async () => {
  const bodies = [packed(snapshot), packed(delta)];
  await using server = await TestServer.start((_, response) => {
    response.writeHead(200, { etag: `"${bodies.length}"` }).end(bodies.shift());
  });
  const loader = new BundleLoader({ deltas: true });
  const { bundle } = await loader.load(server.url);
  const running = compile(new Map(bundle.modules.map(({ path, text }) => [path, text])), {
    data: bundle.data,
  });
  const allowed = (user: string) =>
    running.evaluate('data.app.authz.allow', fromJson(JSON.stringify({ user }))).result;
  expect([allowed('alice'), allowed('bob')]).toEqual([true, undefined]);
  const change = await loader.load(server.url);
  applyDelta(running, change.bundle, bundle.manifest);
  expect([allowed('alice'), allowed('bob')]).toEqual([true, true]);
  expect(server.headers.map((one) => one['prefer'])).toEqual(['modes=snapshot', 'modes=snapshot,delta']);
});

test.each<[string, Files, string]>([
  ['is none', snapshot, 'no delta bundle'],
  ['has other roots', { ...delta, '.manifest': '{"roots":["app/users"]}' }, 'its roots'],
  [
    'changes what is not there',
    {
      ...delta,
      'patch.json':
        '{"data":[{"op":"upsert","path":"app/users/carol","value":true},{"op":"remove","path":"app/none"}]}',
    },
    'document does not exist',
  ],
])('a delta bundle that %s changes nothing', async (_, files, reason) => {
  const { bundle } = await new BundleLoader().load(file(packed(snapshot)));
  const running = compile({}, { data: bundle.data });
  const change = await new BundleLoader().load(file(packed(files)));
  expect(() => applyDelta(running, change.bundle, bundle.manifest)).toThrow(reason);
  expect(running.data).toBe(bundle.data);
});
