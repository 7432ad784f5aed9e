import { expect, test } from 'vitest';
import { KeelsonError } from './index.ts';

test('a message quotes only so much of an input', () => {
  const { message } = new KeelsonError('A', `the type is ${'x'.repeat(1_000_000)}, which is not known`);
  expect(message).toMatch(/^the type is x+ … x+, which is not known$/);
  expect(message).toHaveLength(10_000);
  expect(new KeelsonError('A', 'x'.repeat(10_000)).message).toHaveLength(10_000);
});
