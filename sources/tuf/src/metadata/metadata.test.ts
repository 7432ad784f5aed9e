import { SimulatedRepository } from '@keelson/sigstore-testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TufError } from '../errors.ts';
import { readSnapshot, readTimestamp } from './meta-files.ts';
import { matchesPattern, parsePattern } from './path-pattern.ts';
import { readRoot } from './root.ts';
import { readTargets } from './targets.ts';

test.each<[pattern: string, path: string, expected: boolean]>([
  ['*', 'a', true],
  ['*', '', true],
  ['*', 'a/b', false],
  ['a/*', 'a/b', true],
  ['a/*', 'a/', true],
  ['*.tgz', '.tgz', true],
  ['foo-?.tgz', 'foo-1.tgz', true],
  ['foo-?.tgz', 'foo-.tgz', false],
  ['?', '/', false],
  ['?', '😀', true],
  ['a*b*c', 'axxbyybzc', true],
  ['a*b*c', 'axxbyybz', false],
  ['A', 'a', false],
  ['[a-c]x', 'bx', true],
  ['[!a-c]x', 'bx', false],
  ['[!a-c]x', 'dx', true],
  ['[]]', ']', true],
  ['[a', '[a', true],
  ['[-a]', '-', true],
  ['a.b', 'axb', false],
  ['\\*', '\\x', true],
])('%s matches %s: %s', (text, path, expected) => {
  const pattern = parsePattern(text);
  expect(pattern !== undefined && matchesPattern(pattern, path)).toBe(expected);
});

test('patterns cost no more than their length times that of the path', () => {
  const pattern = parsePattern(`${'*a'.repeat(500)}*b`) ?? [];
  const start = process.cpuUsage().user;
  expect(matchesPattern(pattern, 'a'.repeat(20_000))).toBe(false);
  expect(process.cpuUsage().user - start).toBeLessThan(5_000_000);
});

test.each([
  ['2028-02-29T23:59:59Z', true],
  ['2027-02-29T00:00:00Z', false],
  ['2027-04-31T00:00:00Z', false],
  ['2027-01-01T24:00:00Z', false],
  ['2027-01-01T00:00:00.000Z', false],
  ['2027-01-01T00:00:00+00:00', false],
  ['2027-01-01', false],
  ['+002027-01-01T00:00:00Z', false],
])('a date %s: %s', (expires, isOne) => {
  const repository = new SimulatedRepository(Date.now());
  const bytes = Buffer.from(repository.files.get('timestamp.json') ?? '').toString();
  const read = () =>
    readTimestamp(Buffer.from(bytes.replace(/"expires":\s*"[^"]*"/, `"expires":"${expires}"`)));
  if (isOne) expect(read().signed.expires).toBe(Date.parse(expires));
  else expect(read).toThrow(expect.objectContaining({ code: 'TUF_METADATA_INVALID' }));
});

test('no bytes make the readers crash', () => {
  const { files } = new SimulatedRepository(Date.now());
  const readers = {
    root: readRoot,
    timestamp: readTimestamp,
    snapshot: readSnapshot,
    targets: (bytes: Uint8Array) => readTargets(bytes, 'targets'),
  };
  for (const [role, read] of Object.entries(readers)) {
    const text = Buffer.from(
      files.get(role === 'timestamp' ? 'timestamp.json' : `1.${role}.json`) ?? '',
    ).toString();
    const values = fc.constantFrom(
      'null',
      '1',
      '-1',
      '0',
      '1.5',
      '1e400',
      '{}',
      '[]',
      '""',
      '[[]]',
      '{"a":{}}',
    );
    const parts = text.split(/(?<=[:,[{])/);
    fc.assert(
      fc.property(fc.nat(parts.length - 1), values, (at, value) => {
        try {
          read(
            Buffer.from(
              parts
                .map((part, index) =>
                  index === at ? part.replace(/^("[^"]*"|\d+)(?=[,}\]]|$)/, value) : part,
                )
                .join(''),
            ),
          );
        } catch (error) {
          expect(error).toBeInstanceOf(TufError);
        }
      }),
      { seed: 6, numRuns: 300 },
    );
  }
});
