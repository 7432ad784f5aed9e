import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpClient } from '@keelson/http';
import { TestServer } from '@keelson/registry-testing';
import { describe, expect, test } from 'vitest';
import { ambientToken } from './identity-token.ts';

const http = new HttpClient();

describe('GitHub Actions', () => {
  const answering = async (status: number, body: string) => {
    const server = await TestServer.start((_, response) => void response.writeHead(status).end(body));
    const environment = {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'the-job-itself',
    };
    return { server, environment };
  };

  test('makes out a token for Sigstore', async () => {
    const { server, environment } = await answering(200, '{"count":1,"value":"eyJ.eyJ.x"}');
    await using _ = server;
    expect(await ambientToken(http, undefined, { environment })).toBe('eyJ.eyJ.x');
    expect(server.log).toEqual(['GET /token?api-version=2.0&audience=sigstore']);
    expect(server.authorizations).toEqual(['bearer the-job-itself']);
  });

  test.each<[string, number, string, string]>([
    ['refuses', 403, 'no id-token: write for the-job-itself', 'SIGSTORE_REFUSED'],
    ['answers something else', 200, '<html>', 'SIGSTORE_ANSWER_INVALID'],
    ['answers without a token', 200, '{}', 'SIGSTORE_ANSWER_INVALID'],
  ])('%s', async (_, status, body, code) => {
    const { server, environment } = await answering(status, body);
    await using _server = server;
    const fault: unknown = await ambientToken(http, undefined, { environment }).catch(
      (error: unknown) => error,
    );
    expect(fault).toMatchObject({ code });
    expect(String(fault)).not.toContain('the-job-itself');
  });
});

test('the token of the environment counts first', async () => {
  const environment = { SIGSTORE_ID_TOKEN: 'eyJ', ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:1' };
  expect(await ambientToken(http, undefined, { environment })).toBe('eyJ');
});

test.each<[string, Record<string, string>]>([
  ['nothing', {}],
  ['an empty token', { SIGSTORE_ID_TOKEN: '' }],
  ['an address alone', { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:1' }],
])('there is no token: %s', async (_, environment) => {
  expect(await ambientToken(http, undefined, { environment, tokenFile: '/none/token' })).toBeUndefined();
});

describe('others', () => {
  test('Buildkite makes out a token to a job', async () => {
    await using server = await TestServer.start(async (request, response) => {
      expect(JSON.parse((await request.toArray()).join(''))).toEqual({ audience: 'sigstore' });
      response.end('{"token":"eyJ.eyJ.x"}');
    });
    const environment = {
      BUILDKITE_AGENT_ACCESS_TOKEN: 'the-job-itself',
      BUILDKITE_JOB_ID: 'a/b',
      BUILDKITE_AGENT_ENDPOINT: `${server.url}/v3/`,
    };
    expect(await ambientToken(http, undefined, { environment })).toBe('eyJ.eyJ.x');
    expect(server.log).toEqual(['POST /v3/jobs/a%2Fb/oidc/tokens']);
    expect(server.authorizations).toEqual(['Token the-job-itself']);
  });

  test('CircleCI does it by a program', async () => {
    const calls: unknown[] = [];
    const run = async (...call: unknown[]) => {
      calls.push(call);
      return 'eyJ.eyJ.x\n';
    };
    expect(await ambientToken(http, undefined, { environment: { CIRCLECI: 'true' }, run })).toBe('eyJ.eyJ.x');
    expect(calls).toEqual([['circleci', ['run', 'oidc', 'get', '--claims', '{"aud":"sigstore"}']]]);
  });

  test('a program that is not there is told of', async () => {
    await expect(
      ambientToken(http, 'circleci', { environment: { CIRCLECI: 'true', PATH: '' } }),
    ).rejects.toMatchObject({ code: 'SIGSTORE_REFUSED' });
  });

  test('a Pod has it in a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keelson-token-'));
    try {
      const tokenFile = join(folder, 'oidc-token');
      const options = { environment: {}, tokenFile };
      expect(await ambientToken(http, undefined, options)).toBeUndefined();
      await writeFile(tokenFile, 'eyJ.eyJ.x\n');
      expect(await ambientToken(http, undefined, options)).toBe('eyJ.eyJ.x');
      // Below a file is nothing; what is there and cannot be had is told, and no other provider is asked in its place.
      expect(
        await ambientToken(http, undefined, { ...options, tokenFile: join(tokenFile, 'none') }),
      ).toBeUndefined();
      await writeFile(tokenFile, 'x'.repeat((1 << 16) + 1));
      for (const each of [tokenFile, folder])
        await expect(ambientToken(http, undefined, { ...options, tokenFile: each })).rejects.toMatchObject({
          code: 'IDENTITY_TOKEN_MISSING',
          message: expect.stringContaining('maxTokenBytes (65536)'),
        });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('the metadata server sends nobody on', async () => {
    await using server = await TestServer.start(
      (_, response) => void response.writeHead(302, { location: '/other' }).end(),
    );
    await expect(
      ambientToken(http, 'google', { environment: {}, metadataServer: server.url }),
    ).rejects.toMatchObject({ code: 'HTTP_REDIRECT_REFUSED' });
    expect(server.log).toHaveLength(1);
  });

  test('the metadata server of Google Cloud is asked where it is named, and never else', async () => {
    await using server = await TestServer.start((_, response) => void response.end('eyJ.eyJ.x'));
    const options = { environment: {}, tokenFile: '/none/token', metadataServer: server.url };
    expect(await ambientToken(http, undefined, options)).toBeUndefined();
    expect(server.log).toEqual([]);
    expect(await ambientToken(http, 'google', options)).toBe('eyJ.eyJ.x');
    expect(server.log).toEqual([
      'GET /computeMetadata/v1/instance/service-accounts/default/identity?audience=sigstore&format=full',
    ]);
    expect(server.headers[0]).toMatchObject({ 'metadata-flavor': 'Google' });
  });

  test('a named provider that is not there is no reason to ask another', async () => {
    await expect(
      ambientToken(http, 'buildkite-agent', { environment: { SIGSTORE_ID_TOKEN: 'eyJ' } }),
    ).rejects.toMatchObject({ code: 'IDENTITY_TOKEN_MISSING' });
  });
});
