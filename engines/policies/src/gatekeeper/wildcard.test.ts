import { expect, test } from 'vitest';
import { matchesGenerateName, matchesWildcard } from './wildcard.ts';

test.each([
  ['kube-system', 'kube-system', true],
  ['kube-system', 'kube-system-2', false],
  ['kube-*', 'kube-public', true],
  ['*-system', 'kube-system', true],
  ['*system*', 'a-system-b', true],
  ['*', 'anything', true],
  ['a*b', 'axb', false],
  ['a*b', 'a*b', true],
])('%s and %s', (pattern, name, expected) => {
  expect(matchesWildcard(pattern, name)).toBe(expected);
});

test('a generated name is known by its beginning', () => {
  expect(matchesGenerateName('web-*', 'web-')).toBe(true);
  expect(matchesGenerateName('web-1', 'web-')).toBe(false);
});
