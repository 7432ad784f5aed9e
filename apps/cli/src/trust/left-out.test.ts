import { expect, test } from 'vitest';
import { leftOutLine } from './left-out.ts';

test.each<[string, string[], string]>([
  ['each type once', ['signature', 'b', 'a', 'b'], '4 of other kinds, not asked for: a, b, signature'],
  ['a few of many', [...'abcdefg'], '7 of other kinds, not asked for: a, b, c, d, e and 2 more'],
  ['nothing for a terminal', ['\u001b[31m'], '1 of other kinds, not asked for: \\x1b[31m'],
])('%s', (_, claims, line) => {
  expect(leftOutLine(claims)).toBe(line);
});

test('a type has so much', () => {
  expect(leftOutLine(['x'.repeat(1_000_000)]).length).toBeLessThan(300);
});
