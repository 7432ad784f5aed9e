import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { promisify } from 'node:util';
import { issueCertificate, writePem } from '@keelson/pki';
import { TestServer } from '@keelson/registry-testing';
import { afterEach, expect, test, vi } from 'vitest';
import { HttpClient } from './index.ts';
import { directFetch, environmentFetch } from './proxies.ts';

afterEach(() => vi.unstubAllEnvs());

const text = async (answer: { bytes(max: number): Promise<Uint8Array> }, max = 1_000) =>
  new TextDecoder().decode(await answer.bytes(max));

function clientOf(environment: Record<string, string>) {
  return new HttpClient({
    fetch: environmentFetch(environment),
    plainHttp: true,
    limits: { maxAttempts: 1 },
  });
}

/** A proxy that answers by itself, with what it was asked. */
const proxy = () =>
  TestServer.start(async (request, response) => {
    const path = new URL(request.url ?? '', 'http://none.example').pathname;
    if (path === '/moved') response.writeHead(302, { location: 'http://b.example/end' }).end();
    else if (path === '/none') response.writeHead(204).end();
    else if (path === '/broken') {
      response.writeHead(200, { 'content-length': '100' }).write('some');
      setTimeout(() => response.destroy(), 20);
    } else {
      const body = (await request.toArray()).join('');
      response.writeHead(200, { 'x-two': ['1', '2'] });
      response.end(
        `${request.headers['proxy-authorization'] ?? ''}|${request.headers['x-own'] ?? ''}|${body}`,
      );
    }
  });

test('requests over plain HTTP go by the proxy, with all that they carry', async () => {
  await using server = await proxy();
  const client = clientOf({ http_proxy: server.url.replace('//', '//ann:secret@') });
  const answer = await client.send({
    url: 'http://a.example/x?y=1',
    method: 'POST',
    headers: { 'x-own': 'own' },
    body: 'body',
  });
  expect([answer.status, answer.headers.get('x-two'), await text(answer)]).toEqual([
    200,
    '1, 2',
    `Basic ${btoa('ann:secret')}|own|body`,
  ]);
  expect(await text(await client.send({ url: 'http://a.example/moved' }))).toContain('|');
  const none = await client.send({ url: 'http://a.example/none' });
  expect([none.status, await text(none)]).toEqual([204, '']);
  const head = await client.send({ url: 'http://a.example/', method: 'HEAD' });
  expect([head.status, await text(head)]).toEqual([200, '']);
  await expect(client.send({ url: 'http://a.example/' }).then((big) => text(big, 1))).rejects.toMatchObject({
    code: 'HTTP_TOO_LARGE',
  });
  await expect(
    client.send({ url: 'http://a.example/broken' }).then((cut) => text(cut)),
  ).rejects.toMatchObject({
    code: 'HTTP_INTERRUPTED',
  });
  expect(server.log.slice(0, 3)).toEqual([
    'POST http://a.example/x?y=1',
    'GET http://a.example/moved',
    'GET http://b.example/end',
  ]);
});

test.each([
  ['a host that NO_PROXY names', { NO_PROXY: 'a.invalid' }, 'http://a.invalid/'],
  ['a service of a cloud’s host', {}, 'http://169.254.0.1:1/'],
  ['the same by its name', {}, 'http://metadata.google.internal:1/'],
  ['this machine', {}, 'http://localhost:1/'],
])('%s is not asked by the proxy', async (_, more, url) => {
  await using server = await proxy();
  const client = new HttpClient({
    fetch: environmentFetch({ HTTP_PROXY: server.url, ...more }),
    plainHttp: true,
    limits: { maxAttempts: 1, headMilliseconds: 300 },
  });
  // Whatever else may answer there.
  await client.send({ url }).then(
    (answer) => answer.discard(),
    (error: unknown) => expect(error).toMatchObject({ code: expect.stringMatching(/^HTTP_/) }),
  );
  expect(server.log).toEqual([]);
});

test('a client goes by the proxies of its process, unless it was told not to', async () => {
  await using server = await proxy();
  vi.stubEnv('HTTP_PROXY', server.url);
  vi.stubEnv('http_proxy', undefined);
  vi.stubEnv('NODE_USE_ENV_PROXY', undefined);
  const options = { plainHttp: true, limits: { maxAttempts: 1 } };
  expect((await new HttpClient(options).send({ url: 'http://a.invalid/' })).status).toBe(200);
  const direct = new HttpClient({ ...options, proxies: false }).send({ url: 'http://a.invalid/' });
  await expect(direct).rejects.toMatchObject({ code: 'HTTP_UNREACHABLE' });
  expect(server.log).toEqual(['GET http://a.invalid/']);
});

test('where no proxy is named, the fetch of Node is taken', async () => {
  for (const environment of [{}, { HTTPS_PROXY: '' }, { NODE_USE_ENV_PROXY: '1' }]) {
    expect(environmentFetch(environment)).toBe(globalThis.fetch);
    expect(directFetch(environment)).toBe(globalThis.fetch);
  }
  expect(environmentFetch({ HTTPS_PROXY: 'http://127.0.0.1:1' })).not.toBe(globalThis.fetch);
});

test('a Node that goes by proxies itself asks neither this machine nor services of a cloud by them', async () => {
  await using server = await proxy();
  await using own = await TestServer.start((_, response) => void response.end('own'));
  const script = `
    const { HttpClient, metadataClient } = await import(${JSON.stringify(new URL('index.ts', import.meta.url).href)});
    const told = async (client, url) => {
      try {
        console.log(Buffer.from(await (await client.send({ url })).bytes(100)).toString());
      } catch (error) {
        console.log(error.code);
      }
    };
    const client = new HttpClient({ plainHttp: true, limits: { maxAttempts: 1, headMilliseconds: 2000 } });
    await told(client, ${JSON.stringify(own.url)});
    await told(metadataClient(), ${JSON.stringify(own.url)});
    await told(metadataClient(), 'http://metadata.invalid/');
    await told(client, 'http://a.invalid/');
  `;
  const environment = { PATH: process.env['PATH'], HTTP_PROXY: server.url, NODE_USE_ENV_PROXY: '1' };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: environment,
  });
  expect(stdout.split('\n')).toEqual(['own', 'own', 'HTTP_UNREACHABLE', '||', '']);
  expect(server.log).toEqual(['GET http://a.invalid/']);
});

/** A proxy for TLS: it connects to whatever listens at `port`, or refuses. */
async function tunnelTo(port: number | undefined): Promise<{ server: Server; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer();
  server.on('connect', (request, socket, head) => {
    asked.push(request.url ?? '');
    if (port === undefined) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    for (const each of [onward, socket]) each.on('error', () => undefined);
  });
  await listening(server);
  return { server, asked };
}

async function listening(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('requests over TLS go through the proxy, which sees nothing of them', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = issueCertificate({
    subject: [['CN', 'a.example']],
    key: privateKey,
    notBefore: Date.now() - 60_000,
    notAfter: Date.now() + 60_000,
  });
  const secure = createSecureServer(
    {
      key: privateKey.export({ format: 'pem', type: 'pkcs8' }),
      cert: writePem('CERTIFICATE', certificate.bytes),
    },
    (request, response) => void response.end(`${request.method} ${request.url} ${request.headers.host}`),
  );
  await listening(secure);
  const { server, asked } = await tunnelTo(portOf(secure));
  try {
    const client = clientOf({ HTTPS_PROXY: `http://127.0.0.1:${portOf(server)}` });
    await expect(client.send({ url: 'https://a.example/x' })).rejects.toMatchObject({
      code: 'HTTP_UNREACHABLE',
      message: expect.stringContaining('its certificate is its own'),
    });
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    expect(await text(await client.send({ url: 'https://a.example/x' }))).toBe('GET /x a.example');
    expect(asked).toEqual(['a.example:443', 'a.example:443']);
  } finally {
    for (const each of [secure, server]) {
      each.closeAllConnections();
      each.close();
    }
  }
});

test('a proxy that refuses, or is of another kind', async () => {
  const { server } = await tunnelTo(undefined);
  try {
    const proxies = [
      [`http://127.0.0.1:${portOf(server)}`, 'the proxy does not connect to it'],
      ['http://127.0.0.1:1', 'nothing listens there'],
      ['127.0.0.1:1', 'nothing listens there'],
      ['socks5://127.0.0.1:1', 'the proxy that the environment names is none that is known'],
    ];
    for (const [url = '', reason] of proxies)
      await expect(clientOf({ HTTPS_PROXY: url }).send({ url: 'https://a.example/' })).rejects.toMatchObject({
        code: 'HTTP_UNREACHABLE',
        message: expect.stringContaining(reason ?? ''),
      });
  } finally {
    server.close();
  }
});
