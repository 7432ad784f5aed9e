import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Credentials } from '@keelson/oci';
import { type Authentication, TestRegistry } from '@keelson/registry-testing';
import { afterAll, expect, test } from 'vitest';
import {
  askCredentialHelper,
  authFiles,
  configuredCredentials,
  credentialsFromFiles,
  fixedCredentials,
  RegistryClient,
  type RegistryOptions,
  RegistryRepository,
} from './index.ts';
import { describe, listOf, sampleImage } from './testing/images.ts';

const folder = mkdtempSync(join(tmpdir(), 'keelson-'));
afterAll(() => rmSync(folder, { recursive: true }));

const account = { username: 'user', password: 'pass:word é' } as const;
const right: Credentials = { kind: 'basic', ...account };
const bearer: Authentication = { kind: 'bearer', ...account, identityToken: 'refresh' };

function open(registry: TestRegistry, credentials?: Credentials, options: RegistryOptions = {}) {
  const given = credentials === undefined ? {} : { credentials: fixedCredentials(credentials) };
  const client = new RegistryClient(registry.host, { ...given, ...options });
  return { client, repository: new RegistryRepository(client, 'demo/app') };
}

test.each<[string, Authentication, Credentials | undefined, string | undefined]>([
  ['a name and password', { kind: 'basic', ...account }, right, undefined],
  ['a name and password for a token', bearer, right, undefined],
  ['an identity token', bearer, { kind: 'identity-token', token: 'refresh' }, undefined],
  ['nothing, where anybody may pull', { ...bearer, publicPull: true }, undefined, undefined],
  ['nothing', { kind: 'basic', ...account }, undefined, 'REGISTRY_DENIED'],
  ['nothing, for a token', bearer, undefined, 'REGISTRY_DENIED'],
  ['a wrong password', { kind: 'basic', ...account }, { ...right, password: 'x' }, 'REGISTRY_DENIED'],
  ['a wrong password for a token', bearer, { ...right, password: 'x' }, 'REGISTRY_DENIED'],
  ['a wrong identity token', bearer, { kind: 'identity-token', token: 'x' }, 'REGISTRY_DENIED'],
  ['a wrong token of the registry', bearer, { kind: 'registry-token', token: 'x' }, 'REGISTRY_DENIED'],
])('pulls with %s', async (_, authentication, credentials, code) => {
  await using registry = await TestRegistry.start({ authentication });
  registry.repository('demo/app').addManifest(sampleImage().bytes, sampleImage().manifest.mediaType, 'v1');
  const resolved = open(registry, credentials).repository.resolve('v1');
  if (code === undefined) expect((await resolved).digest).toBe(sampleImage().digest);
  else {
    const fault: Error = await resolved.catch((error) => error);
    expect(fault).toMatchObject({ code });
    expect(fault.message.includes('there are none for this registry')).toBe(credentials === undefined);
  }
  expect(registry.log.length).toBeLessThanOrEqual(3);
});

test('one token serves for all requests of its scopes; pushing asks for another', async () => {
  await using registry = await TestRegistry.start({ authentication: bearer });
  const { client, repository } = open(registry, right);
  const image = sampleImage();
  for (const blob of image.blobs) await repository.putBlob(describe(blob, 'a/b'), () => blob);
  await repository.putManifest(image.bytes, image.manifest.mediaType, 'v1');
  await listOf(repository.tags());
  await repository.mountBlob(registry.repository('other').addBlob('content').digest, 'other');
  await new RegistryRepository(client, 'other')
    .tags()
    .next()
    .catch(() => undefined);
  expect(registry.gate.tokens).toEqual([
    ['repository:demo/app:pull'],
    ['repository:demo/app:pull,push'],
    ['repository:demo/app:pull,push', 'repository:other:pull'],
  ]);
});

test('a token is asked for anew once it has expired', async () => {
  await using registry = await TestRegistry.start({ authentication: bearer });
  registry.repository('demo/app').addManifest(sampleImage().bytes, sampleImage().manifest.mediaType, 'v1');
  let now = 0;
  const timing = { now: () => now, sleep: async () => undefined, random: () => 0 };
  const { repository } = open(registry, right, { timing });
  await repository.resolve('v1');
  now += 289_000;
  await repository.resolve('v1');
  expect(registry.gate.tokens.length).toBe(1);
  now += 2_000;
  await repository.resolve('v1');
  expect(registry.gate.tokens.length).toBe(2);
});

test('a host that the registry sends on to gets no credentials, whatever it asks for', async () => {
  await using other = await TestRegistry.start({ authentication: { kind: 'basic', ...account } });
  await using registry = await TestRegistry.start({
    authentication: { kind: 'basic', ...account },
    intercept: (request, response) => {
      if (request.url?.includes('/blobs/') !== true) return false;
      response.writeHead(307, { location: `${other.url}${request.url}` }).end();
      return true;
    },
  });
  const blob = other.repository('demo/app').addBlob('content');
  await expect(open(registry, right).repository.blob(blob).next()).rejects.toMatchObject({
    code: 'REGISTRY_DENIED',
  });
  expect(other.authorizations).toEqual([undefined]);
});

test.each([
  ['http://token.example/token', 'HTTP_REDIRECT_REFUSED'],
  ['ftp://127.0.0.1/token', 'HTTP_REDIRECT_REFUSED'],
  ['file:///etc/passwd', 'HTTP_REDIRECT_REFUSED'],
  ['https://user:password@127.0.0.1/token', 'HTTP_REDIRECT_REFUSED'],
  [undefined, 'REGISTRY_ANSWER_INVALID'],
])('a token service at %s is not asked', async (realm, code) => {
  await using registry = await TestRegistry.start({
    intercept: (_, response) => {
      const challenge = realm === undefined ? 'Bearer service="x"' : `Bearer realm="${realm}"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
      return true;
    },
  });
  await expect(open(registry, right).repository.resolve('v1')).rejects.toMatchObject({ code });
});

test.each([
  ['no JSON', '<html>', 'REGISTRY_ANSWER_INVALID'],
  ['no token', '{"expires_in":1}', 'REGISTRY_ANSWER_INVALID'],
  ['a token that would break a header', '{"token":"a\\r\\nx: y"}', 'REGISTRY_ANSWER_INVALID'],
  ['too much', `{"token":"${'x'.repeat(100_000)}"}`, 'HTTP_TOO_LARGE'],
  ['a token that does not open', '{"token":"x"}', 'REGISTRY_DENIED'],
])('a token service that answers with %s', async (_, body, code) => {
  await using registry = await TestRegistry.start({
    authentication: bearer,
    intercept: (request, response) => {
      if (request.url?.startsWith('/token') !== true) return false;
      response.end(body);
      return true;
    },
  });
  const { repository } = open(registry, right, { limits: { maxTokenBytes: 80_000 } });
  const error = await repository.resolve('v1').catch((fault: unknown) => fault);
  expect(error).toMatchObject({ code });
  expect(String(error)).not.toContain(account.password);
});

test('files are looked at in the order of podman and docker', () => {
  const environment = { REGISTRY_AUTH_FILE: '/a', XDG_RUNTIME_DIR: '/run/1', DOCKER_CONFIG: '/d' };
  expect(authFiles(environment, '/home/u')).toEqual([
    '/a',
    '/run/1/containers/auth.json',
    '/home/u/.config/containers/auth.json',
    '/d/config.json',
  ]);
});

test('the first file with credentials for a registry counts, and one that is not there is passed over', async () => {
  const [first, second] = ['first.json', 'second.json'].map((name) => join(folder, name));
  if (first === undefined || second === undefined) throw new Error('no files');
  writeFileSync(first, JSON.stringify({ auths: { 'a.example': { auth: btoa('u:1') } } }));
  writeFileSync(
    second,
    JSON.stringify({ auths: { 'a.example': { auth: btoa('u:2') }, 'b.example': { auth: btoa('u:3') } } }),
  );
  const find = credentialsFromFiles([join(folder, 'none.json'), first, second]);
  expect(await find('a.example', 'x')).toMatchObject({ password: '1' });
  expect(await find('b.example', 'x')).toMatchObject({ password: '3' });
  expect(await find('c.example', 'x')).toBeUndefined();
  const environment = {
    DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { 'b.example': { auth: btoa('u:4') } } }),
    REGISTRY_AUTH_FILE: second,
  };
  const configured = configuredCredentials(environment, folder);
  expect(await configured('a.example', 'x')).toMatchObject({ password: '2' });
  expect(await configured('b.example', 'x')).toMatchObject({ password: '4' });
  writeFileSync(second, 'broken');
  await expect(credentialsFromFiles([second])('a.example', 'x')).rejects.toMatchObject({
    code: 'AUTH_CONFIG_INVALID',
    location: { file: second },
  });
  truncateSync(second, 2 ** 20 + 1);
  await expect(credentialsFromFiles([second])('a.example', 'x')).rejects.toMatchObject({
    code: 'CREDENTIALS_UNAVAILABLE',
    message: 'larger than 1048576 bytes',
  });
});

/** Puts a helper into a folder of its own, which alone is the path besides the system's. */
function helper(name: string, script: string) {
  const bin = join(folder, `bin-${name}`);
  mkdirSync(bin, { recursive: true });
  const file = join(bin, `docker-credential-${name}`);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return {
    place: { kind: 'helper' as const, name, address: 'a.example; touch /tmp/no' },
    environment: { PATH: [bin, '/usr/bin', '/bin'].join(delimiter) },
  };
}

test('a credential helper is asked on its stdin', async () => {
  const script =
    'read address; printf \'{"ServerURL":"%s","Username":"%s","Secret":"s"}\' "$address" "$1-$address"';
  const { place, environment } = helper('good', script);
  const found = await askCredentialHelper(place, { environment });
  expect(found).toEqual({ kind: 'basic', username: `get-${place.address}`, password: 's' });
});

test.each([
  ['none', 'echo "credentials not found in native keychain"; exit 1', undefined],
  ['broken', 'echo nothing', 'AUTH_CONFIG_INVALID'],
  ['failing', 'echo "secret reason"; exit 3', 'CREDENTIALS_UNAVAILABLE'],
  ['slow', 'exec sleep 20', 'CREDENTIALS_UNAVAILABLE'],
  ['endless', 'exec yes', 'CREDENTIALS_UNAVAILABLE'],
])('a credential helper that is %s', async (name, script, code) => {
  const { place, environment } = helper(name, script);
  const asked = askCredentialHelper(place, { environment, helperMilliseconds: 300 });
  if (code === undefined) expect(await asked).toBeUndefined();
  else {
    await expect(asked).rejects.toMatchObject({ code });
    await expect(asked).rejects.not.toThrow('secret');
  }
});

test('a credential helper that is not there', async () => {
  const place = { kind: 'helper', name: 'absent', address: 'a' } as const;
  await expect(askCredentialHelper(place, { environment: { PATH: folder } })).rejects.toMatchObject({
    code: 'CREDENTIALS_UNAVAILABLE',
    message: 'docker-credential-absent: there is no such program',
  });
});
