import { expect, test } from 'vitest';
import { compileGlob } from './glob.ts';

test.each<[pattern: string, name: string, expected: boolean]>([
  ['*', '', true],
  ['*', 'a/b', true],
  ['a*c', 'a/b/c', true],
  ['a*c', 'a/b/cd', false],
  ['?', '/', true],
  ['?', '\u{1f600}', true],
  ['?', 'ab', false],
  ['', '', true],
  ['', 'a', false],
  ['[ab]', 'b', true],
  ['[!ab]', 'b', false],
  ['[!ab]', 'c', true],
  ['[a-c]x', 'bx', true],
  ['[c-a]', 'b', false],
  ['[a-]', '-', true],
  ['[-a]', '-', true],
  ['[]]', ']', true],
  ['[]a]', 'a', true],
  ['[!]]', ']', false],
  ['[!]]', 'a', true],
  ['[', '[', true],
  ['a[b', 'a[b', true],
  ['[]', '[]', true],
  ['[!]', '[!]', true],
  ['a[[]b]c', 'a[b]c', true],
  ['[a^]', '^', true],
  ['**', 'a', true],
  ['.h*', '.hidden', true],
  ['*.py', '.py', true],
  ['FOO', 'foo', false],
])('%j and %j: %j', (pattern, name, expected) => {
  expect(compileGlob(pattern)(name)).toBe(expected);
});

test('what Python and Go read differently is refused', () => {
  expect(() => compileGlob('a[^b]')).toThrow(/Python and Go/);
});

test('a pattern has a bound', () => {
  expect(() => compileGlob('a'.repeat(5_000))).toThrow(/maxPatternLength/);
});

test('stars do not multiply', () => {
  const started = process.cpuUsage();
  expect(compileGlob(`${'*a'.repeat(500)}b`)('a'.repeat(2_000))).toBe(false);
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(1_000);
});
