import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonSyntaxError, parseJson, parseJsonBytes, stringifyJson } from './index.ts';

test('what JSON.stringify writes is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 1), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      // Long whole numbers are kept exactly or refused, which JSON.parse does not do.
      fc.pre(!/\d{16}/.test(text));
      expect(JSON.stringify(parseJson(text))).toBe(JSON.stringify(JSON.parse(text)));
    }),
    { numRuns: 500, seed: 1 },
  );
});

test.each([
  ['18446744073709551615', '18446744073709551615'],
  ['-9223372036854775808', '-9223372036854775808'],
  ['[1e3, -0.5]', '[1000,-0.5]'],
  [' {"__proto__": {"a": 1}, "constructor": 2} ', '{"__proto__":{"a":1},"constructor":2}'],
])('%s', (text, written) => {
  expect(stringifyJson(parseJson(text))).toBe(written);
});

test.each([
  ['', 'an empty text at offset 0'],
  [' \n', 'an empty text at offset 2'],
  ['{"a":1,"a":2}', 'the key "a" stands twice at offset 7'],
  ['{"a":1,"\\u0061":2}', 'the key "a" stands twice'],
  ['{"a":1,}', 'no text in double quotes'],
  ['[1,]', 'no JSON value'],
  ['[1 2]', 'no ]'],
  ['01', 'something behind the value'],
  ['1e999', 'a number beyond a double'],
  ['99999999999999999999', 'a whole number beyond 64 bits'],
  ['"\\ud800"', 'a lone surrogate'],
  ['"a\nb"', 'no text in double quotes'],
  ['"a\nb\\n"', 'no text in double quotes'],
  ['"a\\', 'no text in double quotes'],
  ['"a\\"', 'no text in double quotes'],
  ['"\\x"', 'no text in double quotes'],
  ['nul', 'no JSON value'],
  ['NaN', 'no JSON value'],
  ['{} {}', 'something behind the value'],
  ['\ufeff{}', 'no JSON value'],
  ['[[[[]]]]', 'deeper than maxDepth (3)'],
  ['[1,2,3,4,5,6]', 'more than maxValues (6) values'],
])('%j is refused', (text, reason) => {
  const limits = { maxDepth: 3, maxValues: 6 };
  expect(() => parseJson(text, limits)).toThrow(JsonSyntaxError);
  expect(() => parseJson(text, limits)).toThrow(reason);
});

test('texts of any length', () => {
  for (const text of ['x'.repeat(2 ** 24), '"\\'.repeat(2 ** 20), `${'\\'.repeat(2 ** 20)}"`])
    expect(parseJson(JSON.stringify([text, 1]))).toEqual([text, 1]);
});

test('bytes must be UTF-8', () => {
  expect(() => parseJsonBytes(Uint8Array.of(0x22, 0xff, 0x22))).toThrow('not UTF-8');
  expect(parseJsonBytes(new TextEncoder().encode('"é"'))).toBe('é');
});

test('whatever is read is JSON', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0e-1.nulltrue ') }), (text) => {
      let value: unknown;
      try {
        value = parseJson(text);
      } catch (error) {
        expect(error).toBeInstanceOf(JsonSyntaxError);
        return;
      }
      expect(value).toEqual(JSON.parse(text));
    }),
    { numRuns: 2000, seed: 2 },
  );
});
