import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('numbers', () => {
  testCalls([
    ['numbers.range(1, 3)', '[1, 2, 3]'],
    ['numbers.range(3, 1)', '[3, 2, 1]'],
    ['numbers.range(2, 2)', '[2]'],
    ['numbers.range(1.0, 2)', '[1, 2]'],
    [
      'numbers.range(1.5, 2)',
      'eval_type_error: operand 1 must be integer number but got floating-point number',
    ],
    ['numbers.range("a", 2)', 'eval_type_error: operand 1 must be integer but got string'],
    [
      'numbers.range(9007199254740992, 9007199254740994)',
      '[9007199254740992, 9007199254740993, 9007199254740994]',
    ],
    ['numbers.range_step(0, 10, 4)', '[0, 4, 8]'],
    ['numbers.range_step(10, 0, 4)', '[10, 6, 2]'],
    [
      'numbers.range_step(0, 1, 0)',
      'eval_builtin_error: numbers.range_step: step must be a positive integer',
    ],
    [
      'numbers.range_step(0, 1, -1)',
      'eval_builtin_error: numbers.range_step: step must be a positive integer',
    ],
    [
      'numbers.range_step(0, 1, 0.5)',
      'eval_type_error: operand 3 must be integer number but got floating-point number',
    ],
  ]);
});
