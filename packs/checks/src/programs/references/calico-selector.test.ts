import { objectOf } from '@keelson/core';
import { expect, test } from 'vitest';
import { calicoSelector } from './calico-selector.ts';

const labels = objectOf([
  ['app', 'web'],
  ['tier', 'front'],
]);

test.each([
  ['', true],
  ['all()', true],
  ["app == 'web'", true],
  ['app == "db"', false],
  ["app != 'db'", true],
  ["owner != 'x'", true],
  ['has(app)', true],
  ['has(owner)', false],
  ['!has(owner)', true],
  ["tier in {'front', 'back'}", true],
  ["tier not in {'front'}", false],
  ["app == 'web' && has(tier)", true],
  ["app == 'web' && has(owner)", false],
  // Wider forms are taken to match, so that no Pod is wrongly said to be without a policy.
  ["app == 'db' || app == 'cache'", true],
] as const)('%s', (selector, expected) => {
  expect(calicoSelector(selector)(labels)).toBe(expected);
});
