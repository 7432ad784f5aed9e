import { expect, it } from 'vitest';
import { objectPattern } from './object-pattern.ts';

it.each([
  ['Pod', 'Pod', true],
  ['Pod', 'Pods', false],
  ['*', 'Pod', true],
  ['*', 'Pod/web', false],
  ['Pod/*', 'Pod/web', true],
  ['Pod/w*b', 'Pod/wb', true],
  ['Pod/wb*b', 'Pod/wb', false],
  ['Pod/*-*-*', 'Pod/a-b', false],
  ['Pod/*-*-z', 'Pod/a-b-z', true],
  ['*/shop/*', 'Deployment/shop/web.1', true],
  ['Pod/web.1', 'Pod/webx1', false],
])('%s and %s: %s', (pattern, name, expected) => {
  expect(objectPattern(pattern)(name)).toBe(expected);
});

it('takes little time for names that are made to take much', () => {
  const test = objectPattern(`${'*a'.repeat(30)}*b`);
  const started = performance.now();
  expect(test('a'.repeat(200_000))).toBe(false);
  expect(performance.now() - started).toBeLessThan(1_000);
});
