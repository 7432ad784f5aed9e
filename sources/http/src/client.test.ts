import { type Handler, TestServer } from '@keelson/registry-testing';
import { expect, test } from 'vitest';
import { HttpClient, type HttpOptions } from './index.ts';

const fast = { headMilliseconds: 200, idleMilliseconds: 200, totalMilliseconds: 1_500 };

/** A client whose waits take no time and are kept. */
function clientWith(options: HttpOptions = {}) {
  const waits: number[] = [];
  const timing = {
    now: () => Date.parse('2026-01-01T00:00:00Z'),
    sleep: async (milliseconds: number) => void waits.push(milliseconds),
    random: () => 1,
  };
  return { client: new HttpClient({ timing, ...options, limits: { ...fast, ...options.limits } }), waits };
}

const text = async (answer: { bytes(max: number): Promise<Uint8Array> }, max = 1_000) =>
  new TextDecoder().decode(await answer.bytes(max));

test('an answer of any status is given with its body', async () => {
  await using server = await TestServer.start((_, response) => void response.writeHead(404).end('none'));
  const { client } = clientWith();
  const answer = await client.send({ url: `${server.url}/a`, authorization: 'Bearer x' });
  expect([answer.status, await text(answer), answer.leftOrigin]).toEqual([404, 'none', false]);
  expect(server.authorizations).toEqual(['Bearer x']);
});

test.each([
  ['http://registry.example/v2/', 'plain http is not allowed'],
  ['ftp://127.0.0.1/', 'is not https'],
  ['file:///etc/passwd', 'is not https'],
  ['nonsense', 'is no URL'],
  ['https://ann:secret@registry.example/v2/', 'https://registry.example/v2/ has credentials in it'],
])('%s is refused', async (url, reason) => {
  await expect(clientWith().client.send({ url })).rejects.toMatchObject({
    code: 'HTTP_URL_REFUSED',
    message: expect.stringContaining(reason),
  });
});

test('credentials and cookies do not follow a redirect to another origin, nor come back with it', async () => {
  await using other = await TestServer.start((request, response) => {
    if (request.headers['x-own'] !== undefined || request.headers.cookie !== undefined)
      response.writeHead(500);
    response.end(request.headers.accept);
  });
  await using server = await TestServer.start((request, response) => {
    const target = request.url === '/same' ? '/elsewhere' : `${other.url}/blob?signature=secret`;
    response.writeHead(307, { location: target }).end();
  });
  const answer = await clientWith().client.send({
    url: `${server.url}/same`,
    authorization: 'Basic eA==',
    headers: { accept: 'a/b', 'x-own': '1', cookie: 'c' },
  });
  expect([answer.status, await text(answer), answer.leftOrigin]).toEqual([200, 'a/b', true]);
  expect(server.authorizations).toEqual(['Basic eA==', 'Basic eA==']);
  expect(other.authorizations).toEqual([undefined]);
});

test.each<[string, (url: string | undefined) => string | undefined, string]>([
  ['itself', () => '/a', 'in a circle'],
  ['two places in turn', (url) => (url === '/a' ? '/b' : '/a'), 'in a circle'],
  ['ever new places', (url) => `${url}x`, 'more than maxRedirects (5)'],
  ['nowhere', () => undefined, 'does not say where'],
  ['a file', () => 'file:///etc/passwd', 'which is not https'],
  ['a host without TLS', () => 'http://registry.example/a', 'plain http is not allowed'],
  ['a URL with a password', () => 'https://a:b@registry.example/', 'credentials in it'],
  ['no URL', () => 'http://[', 'is no URL'],
])('a redirect to %s is refused', async (_, locate, reason) => {
  await using server = await TestServer.start((request, response) => {
    const location = locate(request.url);
    response.writeHead(302, location === undefined ? {} : { location }).end();
  });
  await expect(clientWith().client.send({ url: `${server.url}/a` })).rejects.toMatchObject({
    code: 'HTTP_REDIRECT_REFUSED',
    message: expect.stringContaining(reason),
  });
  expect(server.log.length).toBeLessThanOrEqual(6);
});

test.each([
  ['https://registry.example/a', 'http://registry.example/a', 'from https'],
  ['https://registry.example/a', 'https://127.0.0.1/a', 'within this machine'],
  ['https://registry.example/a', 'https://169.254.169.254/latest', 'within this machine'],
  ['https://registry.example/a', 'https://[::1]/a', 'within this machine'],
  ['https://registry.example/a', 'https://[::ffff:127.0.0.1]/a', 'within this machine'],
  ['https://registry.example/a', 'https://[fd00:ec2::254]/latest', 'within this machine'],
  ['https://registry.example/a', 'https://168.63.129.16/', 'within this machine'],
  ['https://registry.example/a', 'https://a.localhost/', 'within this machine'],
  ['https://registry.example/a', 'https://metadata.google.internal/', 'within this machine'],
])('%s may not send on to %s', async (url, location, reason) => {
  const fetch = async () => new Response(null, { status: 302, headers: { location } });
  await expect(clientWith({ fetch }).client.send({ url })).rejects.toMatchObject({
    code: 'HTTP_REDIRECT_REFUSED',
    message: expect.stringContaining(reason),
  });
});

test('what is written is sent on to the same origin only', async () => {
  await using server = await TestServer.start(async (request, response) => {
    if (request.url === '/first') response.writeHead(307, { location: '/second' }).end();
    else if (request.url === '/away') response.writeHead(307, { location: 'http://localhost:1/x' }).end();
    else if (request.url === '/lost') response.writeHead(302, { location: '/second' }).end();
    else response.end(Buffer.concat(await request.toArray()));
  });
  const { client } = clientWith();
  const put = (path: string) => client.send({ url: `${server.url}${path}`, method: 'PUT', body: 'content' });
  expect(await text(await put('/first'))).toBe('content');
  await expect(put('/away')).rejects.toMatchObject({ code: 'HTTP_REDIRECT_REFUSED' });
  await expect(put('/lost')).rejects.toMatchObject({ code: 'HTTP_REDIRECT_REFUSED' });
});

test.each<[string, { status: number; after?: string; method?: 'POST' }, number[], number]>([
  ['twice as long each time', { status: 503 }, [200, 400, 800], 4],
  ['as long as the server asks', { status: 429, after: '7' }, [7_000, 7_000, 7_000], 4],
  [
    'until the date that the server names',
    { status: 429, after: 'Thu, 01 Jan 2026 00:00:09 GMT' },
    [9_000, 9_000, 9_000],
    4,
  ],
  ['not for longer than the bound', { status: 429, after: '31' }, [], 1],
  ['not for a fault that stays', { status: 404 }, [], 1],
  [
    'for a method that writes twice where nothing was begun',
    { status: 429, method: 'POST' },
    [200, 400, 800],
    4,
  ],
  ['not for a method that writes twice', { status: 503, method: 'POST' }, [], 1],
])('waits %s: %j', async (_, { status, after, method }, expected, requests) => {
  await using server = await TestServer.start((_request, response) => {
    response.writeHead(status, after === undefined ? {} : { 'retry-after': after }).end('busy');
  });
  const { client, waits } = clientWith({ limits: { totalMilliseconds: 60_000 } });
  const answer = await client.send({ url: server.url, ...(method === undefined ? {} : { method }) });
  expect([answer.status, await text(answer)]).toEqual([status, 'busy']);
  expect([waits, server.log.length]).toEqual([expected, requests]);
});

test('a wait beyond the whole time is not begun', async () => {
  await using server = await TestServer.start(
    (_, response) => void response.writeHead(429, { 'retry-after': '30' }).end(),
  );
  const { client, waits } = clientWith();
  await expect(client.send({ url: server.url })).rejects.toMatchObject({ code: 'HTTP_TIMEOUT' });
  expect(waits).toEqual([]);
});

test('a broken connection is tried again', async () => {
  let count = 0;
  await using server = await TestServer.start((request, response) => {
    if (++count < 3) request.socket.destroy();
    else response.end('third');
  });
  expect(await text(await clientWith().client.send({ url: server.url }))).toBe('third');
});

test.each<[string, Handler, string, string]>([
  ['no head', () => undefined, 'HTTP_TIMEOUT', 'headMilliseconds'],
  ['no body', (_, response) => void response.writeHead(200).write('a'), 'HTTP_TIMEOUT', 'idleMilliseconds'],
  [
    'a body that drips',
    (_, response) => {
      const drip = setInterval(() => response.write('.'), 50);
      response.on('close', () => clearInterval(drip));
    },
    'HTTP_TIMEOUT',
    'totalMilliseconds',
  ],
  [
    'a body without end',
    (_, response) => {
      const pour = setInterval(() => response.write('x'.repeat(1_000)), 1);
      response.on('close', () => clearInterval(pour));
    },
    'HTTP_TOO_LARGE',
    'more than 10000 bytes',
  ],
  [
    'a length beyond the bound',
    (_, response) => void response.writeHead(200, { 'content-length': '99999' }).write('a'),
    'HTTP_TOO_LARGE',
    '10000',
  ],
  [
    'less than its length',
    (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('part', () => response.destroy());
    },
    'HTTP_INTERRUPTED',
    'broke off',
  ],
])('a server that gives %s', async (_, handler, code, reason) => {
  await using server = await TestServer.start(handler);
  const { client } = clientWith({
    limits: { headMilliseconds: 150, idleMilliseconds: 150, totalMilliseconds: 600 },
  });
  const reading = client.send({ url: server.url }).then((answer) => answer.bytes(10_000));
  await expect(reading).rejects.toMatchObject({ code, message: expect.stringContaining(reason) });
});

test('a reader may take its time', async () => {
  await using server = await TestServer.start((_, response) => void response.end('x'.repeat(200_000)));
  const { client } = clientWith({ limits: { idleMilliseconds: 50 } });
  let size = 0;
  for await (const piece of (await client.send({ url: server.url })).stream()) {
    if (size === 0) await new Promise((resolve) => setTimeout(resolve, 120));
    size += piece.length;
  }
  expect(size).toBe(200_000);
});

test('a server that is not there is told without its query', async () => {
  const { client } = clientWith();
  const request = client.send({ url: 'http://127.0.0.1:9/path?token=secret' });
  await expect(request).rejects.toMatchObject({
    code: 'HTTP_UNREACHABLE',
    message: 'GET http://127.0.0.1:9/path: its port is kept for another protocol, and Fetch asks none there',
  });
});

test('a port that nothing listens on', async () => {
  const gone = await TestServer.start(() => undefined);
  const { url } = gone;
  await gone[Symbol.asyncDispose]();
  await expect(clientWith().client.send({ url })).rejects.toMatchObject({
    code: 'HTTP_UNREACHABLE',
    message: expect.stringContaining('nothing listens there'),
  });
});
