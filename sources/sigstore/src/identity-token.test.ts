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
    expect(await ambientToken(http, environment)).toBe('eyJ.eyJ.x');
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
    const fault: unknown = await ambientToken(http, environment).catch((error: unknown) => error);
    expect(fault).toMatchObject({ code });
    expect(String(fault)).not.toContain('the-job-itself');
  });
});

test('the token of the environment counts first', async () => {
  const environment = { SIGSTORE_ID_TOKEN: 'eyJ', ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:1' };
  expect(await ambientToken(http, environment)).toBe('eyJ');
});

test.each<[string, Record<string, string>]>([
  ['nothing', {}],
  ['an empty token', { SIGSTORE_ID_TOKEN: '' }],
  ['an address alone', { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:1' }],
])('there is no token: %s', async (_, environment) => {
  await expect(ambientToken(http, environment)).rejects.toMatchObject({ code: 'IDENTITY_TOKEN_MISSING' });
});
