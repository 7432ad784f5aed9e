import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  add,
  BigNumber,
  compare,
  countCodePoints,
  decodeUtf8,
  divide,
  encodeUtf8,
  equals,
  fromJson,
  getKey,
  isJson,
  isObjectValue,
  JsonSyntaxError,
  keyOf,
  multiply,
  numberFromBigInt,
  numberFromText,
  numberText,
  objectOf,
  parseNumber,
  type RegoValue,
  setOf,
  sliceCodePoints,
  stringifyJson,
  stringifyRego,
  subtract,
  toJson,
  utf8Length,
} from './index.ts';

const runs = { seed: 5, numRuns: 1000 };

const numberTexts = fc.oneof(
  fc.integer().map(String),
  fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom(
    '0',
    '-0',
    '1',
    '1.0',
    '1e0',
    '10e-1',
    '100',
    '1e2',
    '1e400',
    '9007199254740993',
    '0.1',
    '1e-1',
  ),
);

const { value } = fc.letrec<{ value: RegoValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false),
    numberTexts.map(numberFromText),
    fc.string({ unit: 'grapheme', maxLength: 3 }),
    fc.constantFrom('\u0000', '\u0000sa', '__proto__', 'constructor', '\uffff', '😀', '10', '9'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(tie('value'), { maxLength: 3 }).map(setOf),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map(objectOf),
    fc.dictionary(fc.string({ maxLength: 2 }), tie('value'), { maxKeys: 3 }),
  ),
}));

describe('order and equality', () => {
  test('keys are equal where values are, and the order is total', () => {
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        const isEqual = equals(a, b);
        expect(compare(a, b) === 0).toBe(isEqual);
        expect(keyOf(a) === keyOf(b)).toBe(isEqual);
        expect(compare(b, a) + compare(a, b)).toBe(0);
        if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
        expect(equals(a, a)).toBe(true);
      }),
      runs,
    );
  });

  test('types in order', () => {
    const values = [setOf([]), {}, [], '', 0, true, false, null];
    expect(values.sort(compare).map(stringifyRego)).toEqual([
      'null',
      'false',
      'true',
      '0',
      '""',
      '[]',
      '{}',
      'set()',
    ]);
  });

  test.each([
    ['1', '1.0'],
    ['100', '1e2'],
    ['0', '-0'],
    ['0.1', '1e-1'],
    ['1e400', '10e399'],
    ['9007199254740993', '9007199254740993.0'],
  ])('%s and %s are one member of a set', (a, b) => {
    expect(setOf([numberFromText(a), numberFromText(b)]).size).toBe(1);
  });
});

describe('numbers', () => {
  test.each<[string, string]>([
    [numberText(add(numberFromText('0.1'), numberFromText('0.2'))), '0.3'],
    [numberText(divide(1, 3) ?? 0), '0.33333333333333333334'],
    [numberText(multiply(0, -5)), '0'],
    [numberText(divide(0, -5) ?? 1), '-0'],
    [numberText(add(Number.MAX_SAFE_INTEGER, 1)), '9007199254740992'],
    [numberText(subtract(numberFromText('1.0'), 1)), '0'],
  ])('%s', (got, wanted) => {
    expect(got).toBe(wanted);
  });

  test('integers are exact at any size', () => {
    const integers = fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n });
    fc.assert(
      fc.property(integers, integers, (a, b) => {
        const [x, y] = [numberFromBigInt(a), numberFromBigInt(b)];
        expect(numberText(add(x, y))).toBe(String(a + b));
        expect(numberText(subtract(x, y))).toBe(String(a - b));
        expect(numberText(multiply(x, y))).toBe(String(a * b));
      }),
      runs,
    );
  });

  test('the text of a literal is kept', () => {
    fc.assert(
      fc.property(numberTexts, (text) => {
        expect(numberText(numberFromText(text))).toBe(text);
      }),
      runs,
    );
  });

  test.each(['1e30104', '1e-40000', '1e999999999', 'x', '', '.', '1e', '9'.repeat(100_001)])(
    '%.20s is none',
    (text) => {
      expect(parseNumber(text)).toBeUndefined();
    },
  );

  test('ten thousand digits are a number', () => {
    const number = numberFromText('7'.repeat(10_000));
    expect(number).toBeInstanceOf(BigNumber);
    expect(numberText(add(number, 1)).endsWith('78')).toBe(true);
  });
});

describe('JSON', () => {
  test('what JSON.parse reads is read, and what it refuses is refused', () => {
    const text = fc.oneof(
      fc.json(),
      fc.string({ unit: fc.constantFrom(...'{}[]:,"\\ue1.0-tfn a'), maxLength: 12 }),
    );
    fc.assert(
      fc.property(text, (source) => {
        if (isJson(source))
          expect(stringifyJson(fromJson(stringifyJson(fromJson(source))))).toBe(
            stringifyJson(fromJson(source)),
          );
        else expect(() => fromJson(source)).toThrow(JsonSyntaxError);
      }),
      runs,
    );
  });

  test('numbers keep their text, members their names', () => {
    const text = '{"__proto__":1.0,"a":[1e2,12345678901234567890],"constructor":null}';
    const read = fromJson(text);
    expect(stringifyJson(read)).toBe(text);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });

  test('nesting past the bound is an error, and no stack overflows below it', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => fromJson(nested(2002))).toThrow('exceeded max depth');
    const deep = fromJson(nested(2000));
    expect(stringifyJson(deep)).toBe(nested(2000));
    expect(stringifyRego(deep)).toBe(nested(2000));
    expect(compare(deep, fromJson(nested(2000)))).toBe(0);
    expect(setOf([deep]).has(fromJson(nested(2000)))).toBe(true);
  });

  test('results have sets as arrays and keys as text', () => {
    const result = toJson(
      objectOf([
        [1, setOf(['b', 'a'])],
        [[1], null],
        ['__proto__', true],
      ]),
    );
    expect(JSON.stringify(result)).toBe('{"1":["a","b"],"__proto__":true,"[1]":null}');
  });
});

describe('inherited names', () => {
  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('%s is no key', (name) => {
    expect(getKey({}, name)).toBeUndefined();
    expect(getKey(objectOf([]), name)).toBeUndefined();
    const read = fromJson(`{${JSON.stringify(name)}: 1}`);
    expect(isObjectValue(read) && getKey(read, name)).toBe(1);
  });
});

describe('text', () => {
  test.each([
    ['a"\\\n\u0007\u0001\u007f', '"a\\"\\\\\\n\\a\\x01\\x7f"'],
    ['é😀\u00a0\u2028', '"é😀\\u00a0\\u2028"'],
    [decodeUtf8(Uint8Array.of(0x61, 0xff)), '"a\\xff"'],
  ])('%j is quoted as Go quotes', (text, quoted) => {
    expect(stringifyRego(text)).toBe(quoted);
  });

  test('bytes survive, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        expect(encodeUtf8(decodeUtf8(bytes))).toEqual(bytes);
        expect(utf8Length(decodeUtf8(bytes))).toBe(bytes.length);
      }),
      runs,
    );
  });

  test('code points are counted and cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(8), fc.nat(8), (text, start, length) => {
        expect(countCodePoints(text)).toBe([...text].length);
        expect(sliceCodePoints(text, start, start + length)).toBe(
          [...text].slice(start, start + length).join(''),
        );
      }),
      runs,
    );
  });
});
