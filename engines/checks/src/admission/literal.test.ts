import { compileCel } from '@keelson/cel';
import type { JsonValue } from '@keelson/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { admissionEnvironment } from './environment.ts';
import { celLiteral, celString } from './literal.ts';

test.each<[JsonValue, string]>([
  ['it\'s "so"', "'it\\'s \"so\"'"],
  ['a\\b\n', "'a\\\\b\\n'"],
  [['a', 'b'], "['a', 'b']"],
  [['a', 1], "[dyn('a'), dyn(1)]"],
  [{ allowed: ['a'], minimum: 3 }, "{'allowed': dyn(['a']), 'minimum': dyn(3)}"],
  [{}, '{}'],
])('%j', (value, text) => {
  expect(celLiteral(value)).toBe(text);
});

test('a literal is the text that was written', () => {
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(text, (value) => {
      expect(compileCel(celString(value), admissionEnvironment()).evaluate({})).toBe(value);
    }),
  );
});
