import { describe, expect, it } from 'vitest';
import { RegoError } from '../errors.ts';
import { fromJson } from '../values/index.ts';
import type { BuiltinHost } from './host.ts';
import { http } from './http.ts';
import { net } from './net.ts';
import { callJson, contextFor } from './testing/outside.ts';

const get = '{"method": "get", "url": "http://a.example/"}';
const howToAllow = (name: string): string => `allow ${name}`;
const disallowed = 'eval_builtin_error: disallowed host: a.example (allow a.example)';

describe('a host that may not be reached', () => {
  it.each<readonly [what: string, host: BuiltinHost]>([
    ['no network', { howToAllow }],
    [
      'a network of other names',
      {
        howToAllow,
        httpHosts: ['b.example'],
        http: () => expect.fail(),
        lookUpAddresses: () => expect.fail(),
      },
    ],
  ])('is told with how to allow it: %s', (_, host) => {
    expect(callJson(http, 'http.send', `[${get}]`, host)).toBe(disallowed);
    expect(callJson(net, 'net.lookup_ip_addr', '["a.example"]', host)).toBe(disallowed);
  });
});

describe('look-ups that fail', () => {
  const failing = (error: Error) => () =>
    callJson(net, 'net.lookup_ip_addr', '["a.example"]', {
      lookUpAddresses() {
        throw error;
      },
    });

  it('are errors of the built-in', () => {
    expect(failing(new Error('lookup a.example: no such host'))()).toBe(
      'eval_builtin_error: lookup a.example: no such host',
    );
  });

  it('end the evaluation where they take too long', () => {
    const late = Object.assign(new Error('i/o timeout'), { name: 'TimeoutError' });
    expect(failing(late)).toThrow(new RegoError('eval_cancel_error', 'net.lookup_ip_addr: i/o timeout'));
  });
});

it('an evaluation makes so many requests, redirects included', () => {
  let count = 0;
  const host: BuiltinHost = {
    httpHosts: ['a.example'],
    http() {
      count += 1;
      const headers = [['Location', `/${count}`]] as const;
      return { status: 302, statusText: 'Found', headers, body: new Uint8Array() };
    },
    lookUpAddresses: () => [],
  };
  const context = { ...contextFor(host), limits: { ...contextFor().limits, maxRequests: 15 } };
  const ask = (path: string) =>
    http['http.send']?.(
      [fromJson(`{"method": "get", "url": "http://a.example/${path}", "enable_redirect": true}`)],
      context,
    );
  expect(() => ask('a')).toThrow('stopped after 10 redirects');
  expect(() => ask('b')).toThrow('maxRequests, 15');
  expect(count).toBe(15);
  expect(() => net['net.lookup_ip_addr']?.(['a.example'], context)).toThrow('maxRequests');
});
