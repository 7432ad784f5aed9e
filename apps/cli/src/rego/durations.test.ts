import { expect, test } from 'vitest';
import { durationOf, goDuration } from './durations.ts';

test.each<[nanoseconds: number, text: string]>([
  [0, '0s'],
  [999, '999ns'],
  [1500, '1.5µs'],
  [405_044, '405.044µs'],
  [1_000_000, '1ms'],
  [2_000_000_001, '2.000000001s'],
  [60_500_000_000, '1m0.5s'],
  [3_600_000_000_000, '1h0m0s'],
])('%d ns is %s as Go prints it', (nanoseconds, text) => {
  expect(goDuration(nanoseconds)).toBe(text);
});

test.each<[text: string, milliseconds: number]>([
  ['500ms', 500],
  ['1m30s', 90_000],
  ['1.5h', 5_400_000],
])('%s is %d ms', (text, milliseconds) => {
  expect(durationOf('timeout', text)).toBe(milliseconds);
});

test('what is no duration is a wrong call', () => {
  expect(() => durationOf('timeout', '5')).toThrow('a duration is like 500ms');
});
