import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keelson, withFolder } from '../testing/run.ts';

// A server on the loopback interface, in a thread of its own: running the command holds the one of the test.
const server = new Worker(
  `const { parentPort } = require('node:worker_threads');
   const server = require('node:http').createServer((request, response) => response.end('here'));
   server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`,
  { eval: true },
);
let url: string;
beforeAll(async () => {
  const [port]: number[] = await once(server, 'message');
  url = `http://localhost:${port}/`;
});
afterAll(() => server.terminate());

const policy = `package p
answer := http.send({"method": "get", "url": input.url})
test_answer if http.send({"method": "get", "url": "URL"}).raw_body == "here"
test_addresses if "127.0.0.1" in net.lookup_ip_addr("localhost")`;

function run(...args: readonly string[]) {
  const files = { 'p.rego': policy.replace('URL', url), 'input.json': JSON.stringify({ url }) };
  return withFolder(files, (folder) => keelson(folder, ['rego', ...args]));
}

const question = ['-d', 'p.rego', '-i', 'input.json', 'data.p.answer.raw_body'];
const verbs = [
  ['eval', question, '"value": "here"'],
  ['exec', ['-d', 'p.rego', '--decision', 'p/answer', 'input.json'], '"raw_body": "here"'],
  ['test', ['p.rego'], 'PASS: 2/2'],
] as const;

describe.each(verbs)('keelson rego %s', (verb, args, wanted) => {
  it('reaches hosts that --allow-net names', () => {
    const { out, err } = run(verb, '--allow-net', 'other.example', '--allow-net', 'localhost', ...args);
    expect(err).toBe('');
    expect(out).toContain(wanted);
  });

  it('reaches nothing without', () => {
    expect(run(verb, ...args).out).not.toContain(wanted);
    expect(run(verb, '--allow-net', 'other.example', ...args).out).not.toContain(wanted);
  });

  it.each(['localhost:80', '127.0.0.1:80', '[::1]:80', '::1::80'])('refuses %s, which is no host', (host) => {
    const { code, err } = run(verb, '--allow-net', host, ...args);
    expect(code).toBe(2);
    expect(err).toContain(`--allow-net ${host}: a host is a name or an address, without a port`);
  });

  it.each(['::1', '127.0.0.1', '::ffff:127.0.0.1'])('takes the address %s', (host) => {
    expect(run(verb, '--allow-net', host, ...args).code).not.toBe(2);
  });
});

it('tells how a host could be allowed', () => {
  const { code, err } = run('eval', ...question, '--strict-builtin-errors', '-f', 'pretty');
  expect(code).toBe(3);
  expect(err).toContain('disallowed host: localhost (--allow-net localhost allows it)');
});
