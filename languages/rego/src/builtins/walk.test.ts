import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('walk', () => {
  testCalls([
    [
      'walk({"b": [1, {"c": 2}], "a": {3}})',
      '[[], {"a": {3}, "b": [1, {"c": 2}]}] | [["a"], {3}] | [["a", 3], 3] | [["b"], [1, {"c": 2}]] | [["b", 0], 1] | [["b", 1], {"c": 2}] | [["b", 1, "c"], 2]',
    ],
    ['walk(1)', '[[], 1]'],
    ['walk([])', '[[], []]'],
  ]);
});
