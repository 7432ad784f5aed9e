import { spawnSync } from 'node:child_process';
import { type BuiltinHost, compile, type JsonResult } from '@keelson/rego';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { defaultNetworkLimits, Network, type NetworkOptions } from './index.ts';
import { authority, clientCertificate, clientKey } from './testing/certificates.ts';
import { type Ports, startServers } from './testing/servers.ts';

let ports: Ports;
let stop: () => Promise<unknown>;
let base: string;
let secure: string;
const open: Network[] = [];

beforeAll(async () => {
  ({ ports, stop } = await startServers());
  base = `http://localhost:${ports.plain}`;
  secure = `https://localhost:${ports.secure}`;
});
afterAll(() => stop());
afterEach(() => {
  for (const network of open.splice(0)) network.close();
});

function networkOf(options: Partial<NetworkOptions> = {}): Network {
  const network = new Network({ allowNet: ['localhost'], ...options });
  open.push(network);
  return network;
}

const policy = compile({
  'p.rego': `package p
    answer := http.send(input)
    answers := [object.get(http.send(one), "raw_body", "") | some one in input]
    addresses := net.lookup_ip_addr(input)`,
});

/** What the document is, or the first error. */
function ask(document: string, input: JsonResult, network: Network, more: BuiltinHost = {}) {
  const { http, httpHosts, httpCache, lookUpAddresses } = network;
  const host: BuiltinHost = {
    now: () => BigInt(Date.now()) * 1_000_000n,
    ...{ http, httpHosts, httpCache, lookUpAddresses },
    ...more,
  };
  const { result, errors } = policy.evaluate(`data.p.${document}`, input, { host });
  return result ?? errors[0]?.message;
}

interface Asked {
  readonly [name: string]: JsonResult;
}

function send(path: string, asked: Asked = {}, options: Partial<NetworkOptions> = {}) {
  const url = /^https?:/.test(path) ? path : `${base}${path}`;
  return ask('answer', { method: 'get', url, ...asked }, networkOf(options));
}

describe('http.send over a network', () => {
  it('gives the response', () => {
    expect(send('/json')).toEqual({
      status: '200 OK',
      status_code: 200,
      body: { a: [1] },
      raw_body: '{"a": [1]}',
      headers: { 'content-type': ['application/json'], date: [expect.any(String)], 'content-length': ['10'] },
    });
    expect(send('/none')).toMatchObject({ status_code: 404, raw_body: 'not found' });
  });

  it('sends method, headers and body; how the message is framed is not the policy’s to say', () => {
    const headers = { 'x-one': '1', 'x-two': 'ü', 'content-length': '1', 'Transfer-Encoding': 'chunked' };
    const asked = { method: 'put', headers, body: { b: 'ä' } };
    expect(send('/echo', asked)).toMatchObject({
      body: {
        method: 'PUT',
        body: '{"b":"ä"}',
        headers: {
          'x-one': '1',
          'x-two': Buffer.from('ü').toString('latin1'),
          'content-length': '10',
          'user-agent': 'keelson',
        },
      },
    });
  });

  it('reaches only hosts that are named', () => {
    const refused = 'http.send: disallowed host: localhost';
    expect(send('/json', {}, { allowNet: [] })).toBe(refused);
    expect(send('/json', {}, { allowNet: ['other.example', '127.0.0.1'] })).toBe(refused);
    const howToAllow = (name: string): string => `allow ${name} by name`;
    const input = { method: 'get', url: `${base}/json` };
    expect(ask('answer', input, networkOf({ allowNet: [] }), { howToAllow })).toBe(
      `${refused} (allow localhost by name)`,
    );
  });

  it.each([
    ['an address', '127.0.0.1', ['127.0.0.1'], true],
    ['in other letters', 'LOCALHOST', ['localhost'], true],
    ['an address in another form', '2130706433', ['2130706433'], true],
    ['an address in another form, not named', '2130706433', ['127.0.0.1'], false],
  ])('takes %s', (_, name, allowNet, isReached) => {
    const answer = send(`http://${name}:${ports.plain}/json`, {}, { allowNet });
    if (isReached) expect(answer).toMatchObject({ status_code: 200 });
    else expect(answer).toMatch(/disallowed host/);
  });

  it.each([
    ['http://127.0.0.1:PORT/json', '127.0.0.1'],
    ['http://[::1]:PORT/json', '::1'],
    ['http://169.254.169.254/latest/meta-data', '169.254.169.254'],
    ['//127.0.0.1:PORT/json', '127.0.0.1'],
  ])('follows no redirect to %s unless it is allowed by name', (to, name) => {
    const url = `/to?url=${encodeURIComponent(to.replace('PORT', String(ports.plain)))}`;
    expect(send(url, { enable_redirect: true })).toMatch(`disallowed host: ${name}`);
    expect(send(url)).toMatchObject({ status_code: 302 });
  });

  it('follows a redirect to a host that is allowed', () => {
    const url = `/to?url=${encodeURIComponent(`http://127.0.0.1:${ports.plain}/json`)}`;
    const options = { allowNet: ['localhost', '127.0.0.1'] };
    expect(send(url, { enable_redirect: true }, options)).toMatchObject({ status_code: 200 });
  });

  it('tells what goes wrong on the way', () => {
    const url = 'http://localhost:1/';
    expect(send(url)).toMatch(
      /^http\.send: Get "http:\/\/localhost:1\/": dial tcp .*:1: connect: connection refused$/,
    );
    expect(send(url, { raise_error: false })).toMatchObject({
      status_code: 0,
      error: { code: 'eval_http_send_network_error' },
    });
  });

  it.each(['/silent', '/drip'])('ends %s when its time is over', (path) => {
    const timedOut = `http.send: Get ${base}${path}: request timed out`;
    expect(send(path, { timeout: '50ms' })).toBe(timedOut);
    expect(send(path, { timeout: '1h' }, { limits: { maxExchangeMilliseconds: 50 } })).toBe(timedOut);
    expect(send(path, { timeout: 0 }, { limits: { maxExchangeMilliseconds: 50 } })).toBe(timedOut);
  });

  it('names the limit that a response passes', () => {
    expect(send('/bytes?n=1000', {}, { limits: { maxResponseBytes: 1_000 } })).toMatchObject({
      status_code: 200,
    });
    expect(send('/bytes?n=1001', {}, { limits: { maxResponseBytes: 1_000 } })).toMatch(
      /maxResponseBytes, 1000$/,
    );
    expect(send('/headers?n=20000', {}, { limits: { maxHeaderBytes: 10_000 } })).toMatch(
      /maxHeaderBytes, 10000$/,
    );
    expect(send('/bytes?n=3000000')).toMatchObject({ raw_body: 'x'.repeat(3_000_000) });
  });

  it('tries again where it is told to', () => {
    expect(send('/fails-twice')).toMatch(/Get ".*\/fails-twice": /);
    expect(send('/fails-twice', { max_retry_attempts: 1 })).toMatchObject({ raw_body: 'at last' });
  });

  it('keeps responses that may be kept, beyond an evaluation', () => {
    const network = networkOf();
    const asked = { method: 'get', url: `${base}/count` };
    const bodies = (cache: boolean) => ask('answers', [{ ...asked, cache }], network);
    const kept = bodies(true);
    expect(bodies(true)).toEqual(kept);
    expect(bodies(false)).not.toEqual(kept);
  });

  it('goes through a proxy', () => {
    const proxies = { HTTP_PROXY: `http://localhost:${ports.proxy}`, NO_PROXY: 'localhost' };
    const options = { allowNet: ['localhost', 'far.example'], proxies };
    expect(send('http://far.example/x', {}, options)).toMatchObject({ raw_body: 'for http://far.example/x' });
    expect(send('/json', {}, options)).toMatchObject({ status_code: 200 });
  });
});

describe('transport security', () => {
  const named = { tls_ca_cert: authority };

  it('trusts those that the request names', () => {
    expect(send(`${secure}/json`)).toMatch(
      /: tls: failed to verify certificate: x509: certificate signed by unknown authority$/,
    );
    expect(send(`${secure}/json`, named)).toMatchObject({ status_code: 200 });
    const oneLine = authority.replaceAll('\n', '\\n');
    expect(send(`${secure}/json`, { tls_ca_cert: oneLine })).toMatchObject({ status_code: 200 });
    expect(send(`${secure}/json`, { tls_insecure_skip_verify: true })).toMatchObject({ status_code: 200 });
    expect(send(`${secure}/json`, { tls_use_system_certs: true })).toMatch(/unknown authority/);
    expect(send(`${secure}/json`, { ...named, tls_use_system_certs: true })).toMatchObject({
      status_code: 200,
    });
    expect(send(`${secure}/json`, { tls_ca_cert: 'none' })).toMatch(/: could not append certificates$/);
  });

  it('takes the name of the server from the request', () => {
    const url = `https://127.0.0.1:${ports.secure}/json`;
    const options = { allowNet: ['127.0.0.1'] };
    expect(send(url, named, options)).toMatch(/does not match certificate/);
    expect(send(url, { ...named, tls_server_name: 'server.example' }, options)).toMatchObject({
      status_code: 200,
    });
    expect(send(url, { ...named, tls_server_name: 'other.example' }, options)).toMatch(/other\.example/);
  });

  it('shows a certificate of its own', () => {
    const own = { tls_client_cert: clientCertificate, tls_client_key: clientKey };
    expect(send(`${secure}/client`, named)).toMatchObject({ raw_body: 'nobody' });
    expect(send(`${secure}/client`, { ...named, ...own })).toMatchObject({ raw_body: 'client.example' });
  });

  it.each(['tls_ca_cert_file', 'tls_client_key_env_variable'])('reads nothing for %s', (name) => {
    expect(send(`${secure}/json`, { [name]: '/etc/hostname' })).toMatch(
      `${name}: policies read no files and no environment, give the text in tls_c`,
    );
  });
});

describe('net.lookup_ip_addr', () => {
  it('gives the addresses of hosts that are named', () => {
    expect(ask('addresses', 'localhost', networkOf())).toContain('127.0.0.1');
    expect(ask('addresses', '127.0.0.1', networkOf({ allowNet: ['127.0.0.1'] }))).toEqual(['127.0.0.1']);
    expect(ask('addresses', 'other.example', networkOf())).toBe(
      'net.lookup_ip_addr: disallowed host: other.example',
    );
  });

  it('tells that a name is not there', () => {
    const name = 'no such name';
    expect(ask('addresses', name, networkOf({ allowNet: [name] }))).toMatch(/^net\.lookup_ip_addr: /);
  });
});

describe('the thread', () => {
  it('stops when it is asked for nothing, and another takes its place', async () => {
    const network = networkOf({ limits: { maxIdleMilliseconds: 20 } });
    const input = { method: 'get', url: `${base}/json` };
    for (let round = 0; round < 3; round++) {
      expect(ask('answer', input, network)).toMatchObject({ status_code: 200 });
      await new Promise((resolve) => setTimeout(resolve, 80));
    }
  });

  it('goes on after an exchange that took too long, and after it was ended', () => {
    const network = networkOf();
    const url = `${base}/json`;
    expect(ask('answer', { method: 'get', url: `${base}/silent`, timeout: '20ms' }, network)).toMatch(
      /timed out/,
    );
    expect(ask('answer', { method: 'get', url }, network)).toMatchObject({ status_code: 200 });
    network.close();
    expect(ask('answer', { method: 'get', url }, network)).toMatchObject({ status_code: 200 });
  });

  it('keeps no program from ending', () => {
    const { idle, ...limits } = { ...defaultNetworkLimits, idle: 0 };
    const code = `
      import { Network } from '@keelson/rego-network';
      const network = new Network({ allowNet: ['localhost'], limits: ${JSON.stringify(limits)} });
      const { status } = network.http({ method: 'GET', url: '${base}/json', headers: [], attempt: ${idle}, options: {} });
      console.log(status);`;
    const start = performance.now();
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    });
    expect(stdout).toBe('200\n');
    expect(performance.now() - start).toBeLessThan(defaultNetworkLimits.maxIdleMilliseconds);
  });
});
