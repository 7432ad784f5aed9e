import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EnvelopeError } from '../errors.ts';
import { defaultCborLimits, readCbor } from './read.ts';
import { CborFloat, CborTag, type CborValue } from './value.ts';
import { writeCbor } from './write.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

// RFC 8949, appendix A, as far as COSE needs it.
test.each<[hex: string, value: CborValue]>([
  ['00', 0],
  ['17', 23],
  ['1818', 24],
  ['1903e8', 1000],
  ['1a000f4240', 1_000_000],
  ['1b000000e8d4a51000', 1_000_000_000_000],
  ['1bffffffffffffffff', 18446744073709551615n],
  ['3903e7', -1000],
  ['3b7fffffffffffffff', -9223372036854775808n],
  ['f97bff', new CborFloat(65504)],
  ['fa47c35000', new CborFloat(100_000)],
  ['fb3ff199999999999a', new CborFloat(1.1)],
  ['f98000', new CborFloat(-0)],
  ['f4', false],
  ['f5', true],
  ['f6', null],
  ['f7', undefined],
  ['c11a514b67b0', new CborTag(1, 1363896240)],
  ['4401020304', Uint8Array.of(1, 2, 3, 4)],
  ['62c3bc', 'ü'],
  ['8301820203820405', [1, [2, 3], [4, 5]]],
  [
    'a201020304',
    new Map([
      [1, 2],
      [3, 4],
    ]),
  ],
  [
    'a26161016162820203',
    new Map<string, CborValue>([
      ['a', 1],
      ['b', [2, 3]],
    ]),
  ],
])('%s', (hex, value) => {
  expect(readCbor(bytes(hex), { isMinimal: true })).toEqual(value);
  expect(Buffer.from(writeCbor(value)).toString('hex')).toBe(hex);
});

test.each<[why: string, hex: string]>([
  ['nothing', ''],
  ['something behind', '0000'],
  ['a cut argument', '18'],
  ['a cut byte string', '4401'],
  ['a reserved form', '1c'],
  ['an indefinite byte string', '5f4101ff'],
  ['an indefinite array', '9f01ff'],
  ['an indefinite map', 'bf0102ff'],
  ['a lone break', 'ff'],
  ['a length of more than is left', '9affffffff'],
  ['a length of 64 bits', '5bffffffffffffffff'],
  ['a key twice', 'a201020103'],
  ['a key twice, written longer', 'a20102180103'],
  ['a text key twice', 'a2616101616102'],
  ['a key that is an array', 'a1800'],
  ['a key that is a float', 'a1f93c0001'],
  ['a text that is not UTF-8', '61ff'],
  ['an unassigned simple value', 'e0'],
  ['a simple value of two bytes', 'f8ff'],
  ['an integer beyond 64 bits', '3b8000000000000000'],
])('refused: %s', (_, hex) => {
  expect(() => readCbor(bytes(hex))).toThrow(expect.objectContaining({ code: 'CBOR_INVALID' }));
});

test.each(['1817', '190018', '1a00000001', '1b0000000000000001', '5801aa', '980101', 'd81201', 'fa3f800000'])(
  'refused where it must be as short as can be: %s',
  (hex) => {
    expect(() => readCbor(bytes(hex))).not.toThrow();
    expect(() => readCbor(bytes(hex), { isMinimal: true })).toThrow(/longer/);
  },
);

test('bounds are named', () => {
  const nested = bytes(`${'81'.repeat(40)}00`);
  expect(() => readCbor(nested)).toThrow(/maxDepth/);
  expect(() => readCbor(nested, { limits: { ...defaultCborLimits, maxBytes: 10 } })).toThrow(/maxBytes/);
  expect(() => readCbor(bytes('8400000000'), { limits: { ...defaultCborLimits, maxValues: 3 } })).toThrow(
    /maxValues/,
  );
});

const scalar = fc.oneof(
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 60n) }),
  fc.bigInt({ min: 2n ** 60n, max: 2n ** 64n - 1n }),
  fc.string({ unit: 'grapheme' }),
  fc.uint8Array({ maxLength: 40 }),
  fc.boolean(),
  fc.constantFrom(null, undefined),
  fc.double({ noNaN: true }).map((value) => new CborFloat(value)),
);
const { value } = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 5 }),
    fc
      .array(fc.tuple(fc.oneof(fc.integer(), fc.string()), tie('value')), { maxLength: 5 })
      .map((entries) => new Map(entries)),
    fc.tuple(fc.maxSafeNat(), tie('value')).map(([tag, item]) => new CborTag(tag, item)),
  ),
}));

test('what is written is read again, and is as short as can be', () => {
  fc.assert(
    fc.property(value, (item) => {
      expect(plain(readCbor(writeCbor(item), { isMinimal: true }))).toEqual(plain(item));
    }),
    { seed: 6, numRuns: 500 },
  );
});

// Views of bytes are Buffers where they were written by Node.
function plain(item: CborValue): unknown {
  if (item instanceof Uint8Array) return [...item];
  if (item instanceof CborTag) return { tag: item.tag, value: plain(item.value) };
  if (item instanceof Map) return [...item].map(([key, inner]) => [key, plain(inner)]);
  return Array.isArray(item) ? item.map(plain) : item;
}

test('no bytes make the reader crash', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (item) => {
      try {
        readCbor(item);
      } catch (error) {
        expect(error).toBeInstanceOf(EnvelopeError);
      }
    }),
    { seed: 6, numRuns: 5_000 },
  );
});
