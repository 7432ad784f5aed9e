import { readName, writeName } from '@keelson/pki';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distinguishedNameOf, isSubset, parseDistinguishedName } from './distinguished-name.ts';

const C = '2.5.4.6';
const ST = '2.5.4.8';
const O = '2.5.4.10';
const CN = '2.5.4.3';

describe('names of trusted identities', () => {
  test.each([
    ['C=US, ST=WA, O=acme', { [C]: 'US', [ST]: 'WA', [O]: 'acme' }],
    ['O=acme,S=WA,C=US', { [C]: 'US', [ST]: 'WA', [O]: 'acme' }],
    ['C=US;ST=WA;O=acme', { [C]: 'US', [ST]: 'WA', [O]: 'acme' }],
    [' C = US , ST = W A , O = acme ', { [C]: 'US', [ST]: 'W A', [O]: 'acme' }],
    ['C=US,ST=WA,O=acme\\, Inc\\; \\\\', { [C]: 'US', [ST]: 'WA', [O]: 'acme, Inc; \\' }],
    ['C=US,ST=WA,O=\\ acme\\ ', { [C]: 'US', [ST]: 'WA', [O]: ' acme ' }],
    ['C=US,ST=WA,O=K\\C3\\B6ln', { [C]: 'US', [ST]: 'WA', [O]: 'Köln' }],
    ['C=US,ST=WA,O=Köln,CN=a=b', { [C]: 'US', [ST]: 'WA', [O]: 'Köln', [CN]: 'a=b' }],
  ])('%s', (text, expected) => {
    expect(parseDistinguishedName(text)).toEqual(new Map(Object.entries(expected)));
  });

  test.each([
    ['', 'no attribute'],
    ['C=US,ST=WA', 'no O'],
    ['C=US,O=acme', 'no ST'],
    ['ST=WA,O=acme', 'no C'],
    ['C=US,ST=WA,O=', 'without a value'],
    ['C=US,ST=WA,O=acme,', 'no attribute'],
    ['C=US,C=DE,ST=WA,O=acme', 'C twice'],
    ['C=US,ST=WA,S=WA,O=acme', 'S twice'],
    ['C=US,ST=WA,O=acme+OU=b', 'several values'],
    ['C=US,ST=WA,O=acme,CN=bad=#CN', '=#'],
    ['C=US,ST=WA,O=#0401', 'hexadecimal'],
    ['C=US,ST=WA,O=a"b', 'escaped'],
    ['C=US,ST=WA,O=a\\q', 'escape'],
    ['C=US,ST=WA,O=acme,XY=1', 'unknown type'],
    ['C=US,ST=WA,O=acme,c=DE', 'unknown type'],
    ['C', 'no attribute'],
    [`C=US,ST=WA,O=${'a'.repeat(5_000)}`, 'too long'],
  ])('refused: %s', (text, reason) => {
    expect(parseDistinguishedName(text)).toContain(reason);
  });

  test('never crashes', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseDistinguishedName(`C=US,ST=WA,O=${text}`);
      }),
      { seed: 6, numRuns: 500 },
    );
  });

  test('a text that is escaped is read as it was', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ a-zA-Z0-9ä,;\\+"<>=.#-]+$/), (value) => {
        const text = value.replaceAll(/[ ,;\\+"<>=#]/g, '\\$&');
        const name = parseDistinguishedName(`C=US,ST=WA,O=${text}`);
        expect(name).toEqual(
          new Map([
            [C, 'US'],
            [ST, 'WA'],
            [O, value],
          ]),
        );
      }),
      { seed: 6, numRuns: 300 },
    );
  });
});

test.each([
  ['C=DE,ST=HE,O=a', true],
  ['O=a,ST=HE,C=DE,CN=x', true],
  ['C=DE,ST=HE,O=a,OU=y', false],
  ['C=DE,ST=HE,O=A', false],
])('%s is a subset: %s', (identity, expected) => {
  const subject = distinguishedNameOf(
    readName(
      writeName([
        ['C', 'DE'],
        ['ST', 'HE'],
        ['O', 'a'],
        ['CN', 'x'],
      ]),
    ),
  );
  const name = parseDistinguishedName(identity);
  if (typeof name === 'string' || typeof subject === 'string') throw new Error('names');
  expect(isSubset(name, subject)).toBe(expected);
});

test.each([
  [
    [
      ['C', 'DE'],
      ['O', 'a'],
      ['O', 'b'],
    ],
    'twice',
  ],
  [
    [
      ['C', 'DE'],
      ['CN', 'bad=#CN'],
    ],
    '=#',
  ],
] as const)('a subject that cannot be told apart: %j', (parts, reason) => {
  expect(distinguishedNameOf(readName(writeName(parts)))).toContain(reason);
});
