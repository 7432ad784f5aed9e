import { expect, test } from 'vitest';
import { durationOf } from './duration.ts';

test.each<[string, number]>([
  ['1s', 1_000],
  ['1h30m', 5_400_000],
  ['90m', 5_400_000],
  ['1.5h', 5_400_000],
  ['500ms500ms', 1_000],
  ['30d', 30 * 86_400_000],
  ['1d1h1m1s', 90_061_000],
])('%s', (text, expected) => {
  expect(durationOf('expiry', text)).toBe(expected);
});

test.each<[string, string]>([
  ['-1h', 'expired already'],
  ['-', 'expired already'],
  ['', 'has the form'],
  ['1', 'has the form'],
  ['h', 'has the form'],
  ['1h 30m', 'has the form'],
  ['1h-30m', 'has the form'],
  ['1w', 'has the form'],
  ['1e3s', 'has the form'],
  ['0s', 'whole seconds'],
  ['999ms', 'whole seconds'],
  ['1.0005s', 'whole seconds'],
  ['999999999d', 'hundred years'],
])('refused: %s', (text, expected) => {
  expect(() => durationOf('expiry', text)).toThrow(expected);
});
