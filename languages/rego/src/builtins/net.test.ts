import { describe, expect, it } from 'vitest';
import { net } from './net.ts';
import { callJson, contextFor } from './testing/outside.ts';

describe('net', () => {
  it.each([
    ['net.cidr_contains', '["10.0.0.0/8", "10.1.2.3"]', 'true'],
    ['net.cidr_contains', '["10.0.0.0/8", "::ffff:10.1.2.3"]', 'true'],
    ['net.cidr_contains', '["::ffff:10.0.0.0/104", "10.1.0.0/16"]', 'true'],
    ['net.cidr_contains', '["10.0.0.0/16", "10.0.0.0/8"]', 'false'],
    ['net.cidr_contains', '["::/80", "::/80"]', 'true'],
    ['net.cidr_contains', '["0.0.0.0/0", "::1"]', 'false'],
    ['net.cidr_contains', '["10.0.0.0", "x"]', 'eval_builtin_error: invalid CIDR address: 10.0.0.0'],
    [
      'net.cidr_contains',
      '["10.0.0.0/8", "x"]',
      'eval_builtin_error: not a valid textual representation of an IP address or CIDR: x',
    ],
    ['net.cidr_intersects', '["10.0.0.0/8", "10.1.0.0/16"]', 'true'],
    ['net.cidr_intersects', '["10.0.0.0/9", "10.128.0.0/9"]', 'false'],
    ['net.cidr_is_valid', '["2001:db8::/129"]', 'false'],
    ['net.cidr_is_valid', '[1]', 'false'],
    ['net.cidr_expand', '["10.0.0.2/30"]', '["10.0.0.0","10.0.0.1","10.0.0.2","10.0.0.3"]'],
    ['net.cidr_expand', '["2001:db8::2/127"]', '["2001:db8::2","2001:db8::3"]'],
    ['net.cidr_merge', '[["192.0.2.112/30", "192.0.2.116/31", "192.0.2.118/31"]]', '["192.0.2.112/29"]'],
    [
      'net.cidr_merge',
      '[["10.1.2.3", "2001:db8::/33", "2001:db8:8000::/33"]]',
      '["10.1.2.3/8","2001:db8::/32"]',
    ],
    ['net.cidr_merge', '[["::1"]]', 'eval_builtin_error: IPv6 invalid: needs prefix length'],
    ['net.cidr_contains_matches', '[{"x": ["1.1.0.0/16", "a"]}, ["1.1.1.128", "1.2.2.1"]]', '[["x",0]]'],
    ['net.lookup_ip_addr', '["a.example"]', 'eval_builtin_error: disallowed host: a.example'],
  ])('%s(%s) is %s', (name, args, wanted) => {
    expect(callJson(net, name, args)).toBe(wanted);
  });

  it('refuses to make too many addresses', () => {
    expect(() => callJson(net, 'net.cidr_expand', '["10.0.0.0/8"]')).toThrow('maxCollectionSize');
    expect(() => callJson(net, 'net.cidr_expand', '["::/0"]')).toThrow('maxCollectionSize');
  });

  it('asks the host once for a name', () => {
    const asked: string[] = [];
    const context = contextFor({
      lookUpAddresses(name) {
        asked.push(name);
        return ['10.0.0.1', '::1'];
      },
    });
    for (const _ of [1, 2])
      expect(net['net.lookup_ip_addr']?.(['a.example'], context)).toHaveProperty('size', 2);
    expect(asked).toEqual(['a.example']);
  });
});
