import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('types', () => {
  testCalls([
    ['to_number("1.50")', '1.50'],
    ['to_number("1e5")', '1e5'],
    ['to_number(" 1")', 'eval_builtin_error: strconv.ParseFloat: parsing " 1": invalid syntax'],
    ['to_number("1e400")', 'eval_builtin_error: strconv.ParseFloat: parsing "1e400": value out of range'],
    ['to_number("Inf")', 'eval_type_error: operand 1 must be valid number string but got string'],
    ['to_number("a")', 'eval_builtin_error: strconv.ParseFloat: parsing "a": invalid syntax'],
    ['to_number(null)', '0'],
    ['to_number(true)', '1'],
    ['to_number(3)', '3'],
    [
      'to_number([])',
      'eval_type_error: operand 1 must be one of {null, boolean, number, string} but got array',
    ],
    ['cast_array({2, 1})', '[1, 2]'],
    ['cast_array("a")', 'eval_type_error: operand 1 must be one of {array, set} but got string'],
    ['cast_set([1, 1])', '{1}'],
    ['cast_string(1)', 'eval_type_error: operand 1 must be string but got number'],
    ['cast_boolean(true)', 'true'],
    ['cast_null(0)', 'eval_type_error: operand 1 must be null but got number'],
    ['cast_object({})', '{}'],
    ['is_array([])', 'true'],
    ['is_set({1})', 'true'],
    ['is_object(set())', 'false'],
    ['is_number(1.0)', 'true'],
    ['is_string("a")', 'true'],
    ['is_boolean(null)', 'false'],
    ['is_null(null)', 'true'],
    ['type_name({1})', '"set"'],
    ['type_name({})', '"object"'],
    ['type_name(1e400)', '"number"'],
  ]);
});
