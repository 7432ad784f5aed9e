import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('bits', () => {
  testCalls([
    ['bits.and(7, 3)', '3'],
    ['bits.or(5, -2)', '-1'],
    ['bits.xor(7, 1.0)', '6'],
    ['bits.negate(5)', '-6'],
    ['bits.negate(18446744073709551615)', '-18446744073709551616'],
    ['bits.lsh(1, 70)', '1180591620717411303424'],
    ['bits.lsh(-1, 3)', '-8'],
    [
      'bits.lsh(1, -1)',
      'eval_type_error: operand 2 must be an unsigned integer number but got a negative integer',
    ],
    ['bits.rsh(-5, 1)', '-3'],
    ['bits.rsh(1, 1e30)', '0'],
    ['bits.and(1.5, 1)', 'eval_type_error: operand 1 must be integer number but got floating-point number'],
    ['bits.and("a", 1)', 'eval_type_error: operand 1 must be integer but got string'],
  ]);
});
