import { describe, expect, it } from 'vitest';
import {
  encodeUtf8,
  fromJson,
  getKey,
  isObjectValue,
  type RegoValue,
  stringifyJson,
} from '../values/index.ts';
import { BuiltinError } from './builtin.ts';
import type { BuiltinHost, CachedHttpResponse, HttpRequest, HttpResponse } from './host.ts';
import { http } from './http.ts';
import { callJson, contextFor } from './testing/outside.ts';

const second = 1_000_000_000n;

type Answer = Partial<Omit<HttpResponse, 'body'>> & { readonly body?: string };

/** A host whose network gives the same answers again and again and writes down what it was asked. */
function network(answers: Record<string, Answer | Error>, more: BuiltinHost = {}) {
  const asked: HttpRequest[] = [];
  const host: BuiltinHost = {
    httpHosts: ['a.example', 'b.example'],
    http(request) {
      asked.push(request);
      const answer = answers[request.url] ?? {};
      if (answer instanceof Error) throw answer;
      const { status = 200, statusText = 'OK', headers = [], body = '' } = answer;
      return { status, statusText, headers, body: encodeUtf8(body) };
    },
    ...more,
  };
  return { host, asked };
}

function send(request: string, host: BuiltinHost): string {
  return callJson(http, 'http.send', `[${request}]`, host);
}

/** What the requests of one evaluation give. */
function sendAll(requests: readonly string[], host: BuiltinHost): RegoValue[] {
  const context = contextFor(host);
  return requests.map((request) => {
    try {
      const value = http['http.send']?.([fromJson(request)], context) ?? null;
      return isObjectValue(value) ? (getKey(value, 'raw_body') ?? null) : null;
    } catch (error) {
      if (error instanceof BuiltinError) return error.message;
      throw error;
    }
  });
}

const json: Answer['headers'] = [['Content-Type', 'application/json; charset=utf-8']];

describe('http.send', () => {
  it.each<readonly [asked: string, answer: Answer, wanted: string]>([
    [
      '"method": "get"',
      { headers: [...json, ['X-A', '1'], ['x-a', '2']], body: '{"a": 1}' },
      '{"body":{"a":1},"headers":{"content-type":["application/json; charset=utf-8"],"x-a":["1","2"]},"raw_body":"{\\"a\\": 1}","status":"200 OK","status_code":200}',
    ],
    [
      '"method": "get"',
      { headers: json, body: '{' },
      '{"body":null,"headers":{"content-type":["application/json; charset=utf-8"]},"raw_body":"{","status":"200 OK","status_code":200}',
    ],
    [
      '"method": "get", "force_json_decode": true',
      { status: 404, statusText: 'Not Found', body: '[1]' },
      '{"body":[1],"headers":{},"raw_body":"[1]","status":"404 Not Found","status_code":404}',
    ],
    [
      '"method": "get", "force_yaml_decode": true',
      { body: 'a: [b]', statusText: '' },
      '{"body":{"a":["b"]},"headers":{},"raw_body":"a: [b]","status":"200","status_code":200}',
    ],
    [
      '"method": "get"',
      { body: 'a: b', headers: [['content-type', 'application/yaml']] },
      '{"body":{"a":"b"},"headers":{"content-type":["application/yaml"]},"raw_body":"a: b","status":"200 OK","status_code":200}',
    ],
    [
      '"method": "get"',
      { status: 302, statusText: 'Found', headers: [['Location', 'http://b.example/']] },
      '{"body":null,"headers":{"location":["http://b.example/"]},"raw_body":"","status":"302 Found","status_code":302}',
    ],
  ])('shows the response to {%s}', (asked, answer, wanted) => {
    const { host } = network({ 'http://a.example/': answer });
    expect(send(`{"url": "http://a.example/", ${asked}}`, host)).toBe(wanted);
  });

  it('sends what is asked for', () => {
    const { host, asked } = network({});
    send(
      `{"method": "post", "url": "http://a.example/x#y", "headers": {"content-TYPE": "t"}, "body": {"a": "<"},
        "timeout": "1500us", "tls_ca_cert_file": "f", "tls_insecure_skip_verify": true}`,
      host,
    );
    send('{"method": "put", "url": "http://a.example/", "body": 1, "raw_body": "r", "timeout": 0}', host);
    expect(asked).toEqual([
      {
        method: 'POST',
        url: 'http://a.example/x',
        headers: [['Content-Type', 't']],
        body: encodeUtf8('{"a":"\\u003c"}'),
        timeout: 2,
        attempt: 0,
        options: { tls_ca_cert_file: 'f', tls_insecure_skip_verify: true },
      },
      {
        method: 'PUT',
        url: 'http://a.example/',
        headers: [],
        body: encodeUtf8('r'),
        attempt: 0,
        options: {},
      },
    ]);
  });

  const internal = 'eval_builtin_error: ';
  it.each<readonly [request: string, wanted: string]>([
    [
      '{"url": "http://a.example"}',
      'eval_type_error: operand 1 missing required request parameters(s): {"method"}',
    ],
    [
      '{"method": "get", "url": "http://a.example", "x": 1, "y": 1}',
      'eval_type_error: operand 1 invalid request parameters(s): {"x", "y"}',
    ],
    ['{"method": 1, "url": "http://a.example"}', `${internal}"method" must be a string`],
    ['{"method": "g et", "url": "http://a.example"}', `${internal}net/http: invalid method "G ET"`],
    ['{"method": "get", "url": "http://evil.example"}', `${internal}disallowed host: evil.example`],
    [
      '{"method": "get", "url": "http://a.example@evil.example/"}',
      `${internal}disallowed host: evil.example`,
    ],
    [
      '{"method": "get", "url": "http://evil.example#@a.example"}',
      `${internal}disallowed host: evil.example`,
    ],
    [
      '{"method": "get", "url": "http://evil.example\\\\@a.example"}',
      `${internal}parse "http://evil.example\\\\@a.example": net/url: invalid userinfo`,
    ],
    [
      '{"method": "get", "url": "unix://a.example/?socket=%2Frun%2Fs"}',
      `${internal}Get "unix://a.example/?socket=%2Frun%2Fs": unsupported protocol scheme "unix"`,
    ],
    [
      '{"method": "get", "url": "http://u:p@a.example/down"}',
      `${internal}Get "http://u:***@a.example/down": connection refused`,
    ],
    [
      '{"method": "head", "url": "http://a.example/slow"}',
      `${internal}Head http://a.example/slow: request timed out`,
    ],
    [
      '{"method": "get", "url": "http://a.example", "headers": {"a": "b\\nc"}}',
      `${internal}Get "http://a.example": net/http: invalid header field value for "A"`,
    ],
    [
      '{"method": "get", "url": "http://a.example", "timeout": []}',
      "eval_type_error: operand 1 'timeout' must be one of {string, number} but got array",
    ],
    [
      '{"method": "get", "url": "http://a.example", "force_cache": true}',
      `${internal}'force_cache' set but 'force_cache_duration_seconds' parameter is missing`,
    ],
    [
      '{"method": "get", "url": "http://a.example/slow", "raise_error": false}',
      '{"error":{"code":"eval_http_send_network_error","message":"Get \\"http://a.example/slow\\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"},"status_code":0}',
    ],
    [
      '{"method": "get", "url": 1, "raise_error": false}',
      '{"error":{"code":"eval_http_send_internal_error","message":"eval_builtin_error: http.send: \\"url\\" must be a string"},"status_code":0}',
    ],
    [
      '{"method": "get", "url": "http://a.example", "max_retry_attempts": -1, "raise_error": false}',
      '{"error":{"code":"eval_http_send_internal_error","message":"invalid value -1 for field \\"max_retry_attempts\\""},"status_code":0}',
    ],
    [
      '{"method": "get", "url": "http://a.example", "raise_error": 1}',
      `${internal}invalid value for raise_error field`,
    ],
  ])('refuses %s', (request, wanted) => {
    const slow = new Error('slow');
    slow.name = 'TimeoutError';
    const { host } = network({
      'http://u:p@a.example/down': new Error('connection refused'),
      'http://a.example/slow': slow,
    });
    expect(send(request, host)).toBe(wanted);
  });

  it.each<readonly [host: BuiltinHost]>([[{}], [network({}, { httpHosts: [] }).host]])(
    'reaches nothing unless allowed',
    (host) => {
      expect(send('{"method": "get", "url": "http://a.example"}', host)).toBe(
        'eval_builtin_error: disallowed host: a.example',
      );
    },
  );

  it('tries again as often as it shall', () => {
    const { host, asked } = network({ 'http://a.example/': new Error('down') });
    send('{"method": "get", "url": "http://a.example/", "max_retry_attempts": 2}', host);
    expect(asked.map(({ attempt }) => attempt)).toEqual([0, 1, 2]);
  });

  describe('redirects', () => {
    const answers = {
      'http://a.example/moved': { status: 301, headers: [['location', '/there']] },
      'http://a.example/kept': { status: 307, headers: [['location', 'http://b.example/']] },
      'http://a.example/out': { status: 302, headers: [['location', 'http://evil.example/']] },
      'http://a.example/round': { status: 302, headers: [['location', '/round']] },
    } satisfies Record<string, Answer>;
    const ask = (
      path: string,
    ) => `{"method": "post", "url": "http://a.example/${path}", "enable_redirect": true,
      "raw_body": "b", "headers": {"authorization": "secret", "content-type": "t", "x": "y"}}`;

    it.each<readonly [path: string, next: Partial<HttpRequest>]>([
      [
        'moved',
        {
          method: 'GET',
          url: 'http://a.example/there',
          headers: [
            ['Authorization', 'secret'],
            ['X', 'y'],
          ],
        },
      ],
      [
        'kept',
        {
          method: 'POST',
          url: 'http://b.example/',
          headers: [
            ['Content-Type', 't'],
            ['X', 'y'],
          ],
          body: encodeUtf8('b'),
        },
      ],
    ])('are followed where asked for: %s', (path, next) => {
      const { host, asked } = network(answers);
      send(ask(path), host);
      expect(asked).toHaveLength(2);
      expect(asked[1]).toMatchObject(next);
      expect('body' in (asked[1] ?? {})).toBe('body' in next);
    });

    it.each<readonly [path: string, count: number, fault: string]>([
      ['out', 1, 'Get "http://evil.example/": disallowed host: evil.example'],
      ['round', 11, 'Get "http://a.example/round": stopped after 10 redirects'],
    ])('end: %s', (path, count, fault) => {
      const { host, asked } = network(answers);
      expect(send(ask(path), host)).toBe(`eval_builtin_error: ${fault}`);
      expect(asked).toHaveLength(count);
    });
  });

  describe('remembers', () => {
    const get = (more = '') => `{"method": "get", "url": "http://a.example/"${more}}`;

    it.each<readonly [requests: readonly string[], answer: Answer | Error, count: number]>([
      [[get(), get()], { body: 'x' }, 1],
      [[get(), get(', "timeout": 1000000000')], { body: 'x' }, 2],
      [[get(), get()], { status: 500 }, 2],
      [[get(), get()], new Error('down'), 1],
      [[get(', "headers": {"a": "1"}'), get(', "headers": {"a": "2"}')], {}, 2],
      [
        [
          get(', "headers": {"a": "1"}, "cache_ignored_headers": ["a"]'),
          get(', "headers": {"a": "2"}, "cache_ignored_headers": ["a", "b"]'),
        ],
        {},
        1,
      ],
    ])('within an evaluation: %j', (requests, answer, count) => {
      const { host, asked } = network({ 'http://a.example/': answer });
      const [first, next] = sendAll(requests, host);
      expect(next).toEqual(first);
      expect(asked).toHaveLength(count);
    });

    const date: readonly [string, string] = ['Date', 'Thu, 01 Jan 1970 00:01:40 GMT'];
    const aged = (...headers: [string, string][]): Answer => ({ headers: [date, ...headers], body: 'x' });
    const forced = ', "force_cache": true, "force_cache_duration_seconds": 10';
    it.each<readonly [more: string, answer: Answer, seconds: bigint, count: number]>([
      [', "cache": true', aged(['cache-control', 'max-age=10']), 9n, 1],
      [', "cache": true', aged(['cache-control', 'max-age=10']), 10n, 2],
      [', "cache": true', aged(['cache-control', 'no-store, max-age=10']), 1n, 2],
      [', "cache": true', aged(['expires', 'Thu, 01 Jan 1970 00:01:50 GMT']), 9n, 1],
      [', "cache": true', aged(['expires', 'Thu, 01 Jan 1970 00:01:50 GMT']), 10n, 2],
      [', "cache": true', { headers: [['cache-control', 'max-age=10']] }, 1n, 2],
      ['', aged(['cache-control', 'max-age=10']), 1n, 2],
      [forced, aged(['cache-control', 'no-store']), 9n, 1],
      [forced, aged(), 10n, 2],
      [forced, { status: 500 }, 1n, 2],
    ])('beyond it with {%s} %j for %d s', (more, answer, seconds, count) => {
      const cache = new Map<string, CachedHttpResponse>();
      const { host, asked } = network({ 'http://a.example/': answer }, { httpCache: cache });
      for (const now of [100n * second, (100n + seconds) * second]) {
        sendAll([get(more)], { ...host, now: () => now });
      }
      expect(asked).toHaveLength(count);
    });

    it('what the server still stands by', () => {
      const cache = new Map<string, CachedHttpResponse>();
      const stale = [date, ['ETag', '"1"'], ['Cache-Control', 'max-age=1']] as const;
      const fresh = [['Date', 'Thu, 01 Jan 1970 00:03:20 GMT']] as const;
      const asked: HttpRequest[] = [];
      const host: BuiltinHost = {
        httpHosts: ['a.example'],
        httpCache: cache,
        http(request) {
          const isKnown = request.headers.some(
            ([name, value]) => name === 'If-None-Match' && value === '"1"',
          );
          asked.push(request);
          return isKnown
            ? { status: 304, statusText: 'Not Modified', headers: fresh, body: encodeUtf8('') }
            : { status: 200, statusText: 'OK', headers: stale, body: encodeUtf8('x') };
        },
      };
      const bodies = [100n, 200n, 200n].map((now) =>
        sendAll([get(', "cache": true')], { ...host, now: () => now * second }),
      );
      expect(stringifyJson(bodies)).toBe('[["x"],["x"],["x"]]');
      expect(asked).toHaveLength(2);
    });

    it('nothing for those who may not ask', () => {
      const cache = new Map<string, CachedHttpResponse>();
      const { host } = network({}, { httpCache: cache, now: () => second });
      sendAll([get(forced)], host);
      expect(cache.size).toBe(1);
      expect(sendAll([get(forced)], { ...host, httpHosts: ['b.example'] })).toEqual([
        'disallowed host: a.example',
      ]);
    });
  });
});
