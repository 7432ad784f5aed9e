import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressPartition, allAddresses, formatAddress, parseAddress, parseCidr } from './addresses.ts';

test.each([
  ['10.0.0.0/8', 4, '10.0.0.0', '10.255.255.255', false],
  ['10.1.2.3/8', 4, '10.0.0.0', '10.255.255.255', true],
  ['0.0.0.0/0', 4, '0.0.0.0', '255.255.255.255', false],
  ['192.0.2.7/32', 4, '192.0.2.7', '192.0.2.7', false],
  ['2001:db8::/32', 6, '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', false],
  ['::ffff:192.0.2.1/128', 6, '::ffff:c000:201', '::ffff:c000:201', false],
  ['::/0', 6, '::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', false],
])('%s', (text, family, low, high, hasHostBits) => {
  const cidr = parseCidr(text);
  expect(cidr).toMatchObject({ family, hasHostBits });
  expect([formatAddress(cidr.family, cidr.low), formatAddress(cidr.family, cidr.high)]).toEqual([low, high]);
});

test.each([
  '10.0.0.0',
  '10.0.0/8',
  '010.0.0.1/8',
  '10.0.0.0/33',
  '10.0.0.0/08',
  '10.0.0.256/8',
  '::1::/64',
  '1:2:3:4:5:6:7:8:9/64',
  '::/129',
  'fe80::1%eth0/64',
  '',
  '/8',
  '10.0.0.0/-1',
  ' 10.0.0.0/8',
  '1:2:3:4:5:6:7/64',
  '12345::/16',
])('%j is refused', (text) => {
  expect(() => parseCidr(text)).toThrow(expect.objectContaining({ code: 'NETPOL_ADDRESS' }));
});

test('addresses are read as they are written', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<4 | 6>(4, 6),
      fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
      (family, any) => {
        const value = any & allAddresses(family).high;
        expect(parseAddress(formatAddress(family, value))).toEqual({ family, value });
      },
    ),
    { numRuns: 500, seed: 3 },
  );
});

test('a partition covers each family once, and each range with whole parts', () => {
  const cidrs = ['10.0.0.0/8', '10.1.0.0/16', '192.0.2.0/24', '2001:db8::/32', '0.0.0.0/0'].map((text) =>
    parseCidr(text),
  );
  const partition = new AddressPartition(cidrs);
  for (const cidr of cidrs) {
    const span = partition.span(cidr);
    expect(partition.parts[span?.[0] ?? -1]?.low).toBe(cidr.low);
    expect(partition.parts[span?.[1] ?? -1]?.high).toBe(cidr.high);
  }
  for (const family of [4, 6] as const) {
    const parts = partition.parts.filter((part) => part.family === family);
    expect(parts[0]?.low).toBe(0n);
    parts.slice(1).forEach((part, i) => {
      expect(part.low).toBe((parts[i]?.high ?? 0n) + 1n);
    });
    expect(parts.at(-1)?.high).toBe(allAddresses(family).high);
  }
  expect(new AddressPartition(cidrs, [4]).span(parseCidr('::/0'))).toBeUndefined();
});
