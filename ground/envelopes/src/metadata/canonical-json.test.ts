import { expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

test.each([
  [{ b: 1, a: [true, null, -2] }, '{"a":[true,null,-2],"b":1}'],
  ['"\\\n\u0001ü', '"\\"\\\\\n\u0001ü"'],
  [12345678901234567890n, '12345678901234567890'],
  [-0, '0'],
  [{ '\u{1f600}': 1, '\uffee': 2, a: 3 }, '{"a":3,"\uffee":2,"\u{1f600}":1}'],
  [{}, '{}'],
])('canonical JSON, %#', (value, expected) => {
  expect(Buffer.from(canonicalJson(value) ?? []).toString()).toBe(expected);
});

test('canonical JSON has no fractions', () => {
  expect(canonicalJson([1.5])).toBeUndefined();
  expect(canonicalJson({ a: [1.5] })).toBeUndefined();
});
