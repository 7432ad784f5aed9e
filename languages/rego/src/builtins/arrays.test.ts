import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('arrays', () => {
  testCalls([
    ['array.concat([1], [2, 3])', '[1, 2, 3]'],
    ['array.concat([], [])', '[]'],
    ['array.concat([1], "a")', 'eval_type_error: operand 2 must be array but got string'],
    ['array.concat({1}, [])', 'eval_type_error: operand 1 must be array but got set'],
    ['array.flatten([1, [2, [3]], []])', '[1, 2, [3]]'],
    ['array.flatten([])', '[]'],
    ['array.reverse([1, 2, 3])', '[3, 2, 1]'],
    ['array.reverse({1})', 'eval_type_error: operand 1 must be array but got set'],
    ['array.slice([1, 2, 3], 1, 2)', '[2]'],
    ['array.slice([1, 2, 3], -5, 99)', '[1, 2, 3]'],
    ['array.slice([1, 2, 3], 2, 1)', '[]'],
    [
      'array.slice([1], 0, 1.5)',
      'eval_type_error: operand 3 must be integer number but got floating-point number',
    ],
    ['array.slice([1, 2], 1.0, 2)', '[2]'],
    ['array.slice([1], "a", 1)', 'eval_type_error: operand 2 must be number but got string'],
  ]);
});
