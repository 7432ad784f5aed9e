import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAddress, parseCidr } from '../sets/addresses.ts';
import { coverAddresses } from './cover-addresses.ts';

const cover = (texts: readonly string[], widening = 0) => coverAddresses(texts.map(parseAddress), widening);
const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => `192.0.2.${first + i}`);

test.each<[string, string[], number, string[]]>([
  ['nothing', [], 0, []],
  ['neighbours', range(4, 7), 0, ['192.0.2.4/30']],
  ['neighbours of different blocks', range(3, 4), 0, ['192.0.2.3/32', '192.0.2.4/32']],
  ['doubles', [...range(4, 5), ...range(4, 5)], 0, ['192.0.2.4/31']],
  ['a gap of one', ['192.0.2.4', '192.0.2.5', '192.0.2.7'], 0, ['192.0.2.4/31', '192.0.2.7/32']],
  ['a gap of one that may be filled', ['192.0.2.4', '192.0.2.5', '192.0.2.7'], 1, ['192.0.2.4/30']],
  [
    'gaps of which one may be filled',
    ['192.0.2.0', '192.0.2.3', '192.0.2.64', '192.0.2.65', '192.0.2.67'],
    1,
    ['192.0.2.0/32', '192.0.2.3/32', '192.0.2.64/30'],
  ],
  ['all of a block', range(0, 255), 0, ['192.0.2.0/24']],
  ['both families', ['2001:db8::', '2001:db8::1', '192.0.2.1'], 0, ['192.0.2.1/32', '2001:db8::/127']],
  [
    'metadata services, which are never widened',
    ['169.254.169.252', '169.254.169.253', '169.254.169.255'],
    8,
    ['169.254.169.252/31', '169.254.169.255/32'],
  ],
])('%s', (_, addresses, widening, expected) => {
  expect(cover(addresses, widening)).toEqual(expected);
});

/** Sets of addresses of one block of 16, as bits. */
const sets = fc.uniqueArray(fc.nat(15), { minLength: 1, maxLength: 10 });

function bitsOf(cidrs: readonly string[]): number {
  return cidrs
    .map((cidr) => parseCidr(cidr))
    .reduce((all, { low, high }) => {
      for (let value = low; value <= high; value++) all |= 1 << Number(value & 15n);
      return all;
    }, 0);
}

/** All blocks of the 16 addresses, as bits. */
const blocks = [1, 2, 4, 8, 16].flatMap((size) =>
  Array.from({ length: 16 / size }, (_, i) => ((1 << size) - 1) << (i * size)),
);

const ones = (bits: number) => bits.toString(2).replaceAll('0', '').length;

/** The least number of blocks, found by trying all choices of up to three. */
function fewest(wanted: number, widening: number): number | undefined {
  const holds = (bits: number) => (bits & wanted) === wanted && ones(bits & ~wanted) <= widening;
  if (blocks.some(holds)) return 1;
  if (blocks.some((a) => blocks.some((b) => holds(a | b)))) return 2;
  return blocks.some((a) => blocks.some((b) => blocks.some((c) => holds(a | b | c)))) ? 3 : undefined;
}

describe('for any addresses', () => {
  test('all of them are held, no more others than allowed, by the fewest blocks', () => {
    fc.assert(
      fc.property(sets, fc.nat(6), (set, widening) => {
        const cidrs = cover(
          set.map((last) => `192.0.2.${last}`),
          widening,
        );
        const wanted = set.reduce((bits, last) => bits | (1 << last), 0);
        const held = bitsOf(cidrs);
        expect(held & wanted).toBe(wanted);
        expect(ones(held & ~wanted)).toBeLessThanOrEqual(widening);
        const least = fewest(wanted, widening);
        if (least === undefined) expect(cidrs.length).toBeGreaterThan(3);
        else expect(cidrs.length).toBe(least);
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});

test('thousands of scattered addresses are no work', () => {
  const scattered = Array.from({ length: 2_000 }, (_, i) => `10.${i % 4}.${(i * 7) % 256}.${(i * 31) % 256}`);
  const start = performance.now();
  expect(cover(scattered, 4_000).length).toBeLessThan(cover(scattered).length);
  expect(performance.now() - start).toBeLessThan(5_000);
});
