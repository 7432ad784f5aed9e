import { expect, test } from 'vitest';
import { generatePolicy } from '../../scripts/generate-policies.ts';
import { fuzzEvaluation } from './fuzz.ts';

test('5,000 mutated modules: each is refused, or evaluated within its limits', { timeout: 120_000 }, () => {
  const before = Object.getOwnPropertyNames(Object.prototype).join();
  const seeds = Array.from({ length: 100 }, (_, i) => generatePolicy(i + 1));
  const { compiled, refused, slowest } = fuzzEvaluation(5_000, 20261123, seeds);
  expect(compiled).toBeGreaterThan(500);
  expect(refused).toBeGreaterThan(500);
  expect(slowest).toBeLessThan(10_000);
  expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before);
});
