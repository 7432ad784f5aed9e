import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { mediaTypes, writeManifest } from '@keelson/oci';
import { type Handler, TestRegistry, TestServer } from '@keelson/registry-testing';
import { writeTar } from '@keelson/rego';
import { afterAll, describe, expect, test } from 'vitest';
import { keelsonBeside } from '../testing/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'keelson-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const packed = (files: Readonly<Record<string, string>>) =>
  gzipSync(
    writeTar(Object.entries(files).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) }))),
  );

const snapshot = packed({
  '.manifest': '{"revision":"1","roots":["app"]}',
  'app/policy.rego':
    'package app\nallow if data.app.users[input.user]\ntest_alice if allow with input.user as "alice"\n',
  'app/data.json': '{"users":{"alice":true}}',
});
const delta = packed({
  '.manifest': '{"revision":"2","roots":["app"]}',
  'patch.json': '{"data":[{"op":"upsert","path":"/app/users/bob","value":true}]}',
});
writeFileSync(join(folder, 'full.tar.gz'), snapshot);
writeFileSync(join(folder, 'delta.tar.gz'), delta);
writeFileSync(join(folder, 'bob.json'), '{"user":"bob"}');

const rego = (args: readonly string[], environment: Record<string, string> = {}) =>
  keelsonBeside(folder, ['rego', ...args], { DOCKER_CONFIG: folder, REGISTRY_AUTH_FILE: '', ...environment });

describe('bundles of a server', () => {
  test.each<[string[], string]>([
    [['eval', '-f', 'raw', 'data.app.users', '-b'], '{"alice":true}\n'],
    [['test', '-b'], 'PASS: 1/1\n'],
    [['check', '-b'], ''],
    [['exec', '--decision', 'app/users', 'bob.json', '-b'], 'alice'],
    [['inspect'], 'app/policy.rego'],
  ])('%j', async (args, out) => {
    await using server = await TestServer.start((_, response) => void response.end(snapshot));
    const run = await rego([...args, server.url]);
    expect(run).toMatchObject({ code: 0, err: '', out: expect.stringContaining(out) });
  });

  test('a token goes to the one server that is named', async () => {
    await using server = await TestServer.start((_, response) => void response.end(snapshot));
    const environment = { KEELSON_BUNDLE_TOKEN: 'secret' };
    await rego(['check', '-b', server.url], environment);
    expect(server.authorizations).toEqual(['Bearer secret']);
    const several = await rego(['check', '-b', server.url, 'http://127.0.0.1:1/x'], environment);
    expect(several).toMatchObject({
      code: 2,
      err: expect.stringContaining('KEELSON_BUNDLE_TOKEN is for one server'),
    });
  });

  test.each<[string, Handler, number, string]>([
    [
      'has none',
      (_, response) => void response.writeHead(404).end(),
      4,
      'it has none there [BUNDLE_NOT_GIVEN]',
    ],
    [
      'sends round',
      (request, response) => void response.writeHead(302, { location: request.url }).end(),
      4,
      '[HTTP_REDIRECT_REFUSED]',
    ],
    ['gives a page', (_, response) => void response.end('<html>'), 2, 'the archive cannot be read'],
  ])('a server that %s', async (_, handler, code, reason) => {
    await using server = await TestServer.start(handler);
    const run = await rego(['eval', '-b', server.url, 'data']);
    expect(run).toMatchObject({ code, out: expect.any(String) });
    expect(run.err + run.out).toContain(reason);
  });
});

describe('bundles of a registry', () => {
  const account = { username: 'user', password: 'secret' };

  async function withBundle(): Promise<TestRegistry> {
    const registry = await TestRegistry.start({ authentication: { kind: 'bearer', ...account } });
    const repository = registry.repository('policies/app');
    const manifest = writeManifest({
      kind: 'manifest',
      mediaType: mediaTypes.ociManifest,
      config: repository.addBlob('{}', mediaTypes.ociConfig),
      layers: [repository.addBlob(snapshot, mediaTypes.ociLayerGzip)],
      annotations: new Map(),
    });
    repository.addManifest(manifest, mediaTypes.ociManifest, 'v1');
    return registry;
  }

  test('are pulled with the credentials that docker has', async () => {
    await using registry = await withBundle();
    const auth = Buffer.from(`${account.username}:${account.password}`).toString('base64');
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }));
    const name = `oci://${registry.host}/policies/app`;
    const run = await rego(['eval', '-f', 'raw', '-b', `${name}:v1`, 'data.app.users']);
    expect(run).toEqual({ code: 0, out: '{"alice":true}\n', err: '' });
    const absent = await rego(['eval', '-b', `${name}:v2`, 'data']);
    expect(absent).toMatchObject({
      code: 4,
      err: expect.stringContaining('it is not there: MANIFEST_UNKNOWN'),
    });
    rmSync(join(folder, 'config.json'));
    const denied = await rego(['eval', '-b', `${name}:v1`, 'data']);
    expect(denied).toMatchObject({ code: 4, err: expect.stringContaining('[REGISTRY_DENIED]') });
    expect(denied.err).not.toContain('secret');
  });

  test('a name that is none', async () => {
    const run = await rego(['eval', '-b', 'oci://127.0.0.1:5000/UPPER', 'data']);
    expect(run).toMatchObject({ code: 2, err: expect.stringContaining('[REFERENCE_INVALID]') });
  });
});

describe('delta bundles', () => {
  test('change the data of the bundle before', async () => {
    const question = ['-f', 'raw', '-i', 'bob.json', 'data.app.allow'];
    expect(await rego(['eval', '-b', 'full.tar.gz', ...question])).toEqual({ code: 0, out: '', err: '' });
    const changed = await rego(['eval', '-b', 'full.tar.gz', '-b', 'delta.tar.gz', ...question]);
    expect(changed).toEqual({ code: 0, out: 'true\n', err: '' });
  });

  test('that change what is not there are errors', async () => {
    writeFileSync(
      join(folder, 'wrong.tar.gz'),
      packed({ 'patch.json': '{"data":[{"op":"remove","path":"/none"}]}' }),
    );
    const run = await rego(['eval', '-f', 'pretty', '-b', 'wrong.tar.gz', 'data']);
    expect(run.code).toBe(2);
    expect(run.err + run.out).toContain('document does not exist');
  });
});
