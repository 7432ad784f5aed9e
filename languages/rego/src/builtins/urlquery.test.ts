import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('urlquery', () => {
  testCalls([
    ['urlquery.encode("a b&é~*")', '"a+b%26%C3%A9~%2A"'],
    ['urlquery.decode("a+b%26%C3%A9")', '"a b&é"'],
    ['urlquery.decode("%zz")', 'eval_builtin_error: invalid URL escape "%zz"'],
    ['urlquery.decode("%4")', 'eval_builtin_error: invalid URL escape "%4"'],
    ['urlquery.decode_object("a=1&b=2&a=3&c")', '{"a": ["1", "3"], "b": ["2"], "c": [""]}'],
    ['urlquery.decode_object("a=%zz&b=1")', 'eval_builtin_error: invalid URL escape "%zz"'],
    ['urlquery.decode_object("a;b=1")', 'eval_builtin_error: invalid semicolon separator in query'],
    ['urlquery.decode_object("")', '{}'],
    ['urlquery.encode_object({"b": "2 3", "a": ["x", "y"], "c": {"z"}})', '"a=x&a=y&b=2+3&c=z"'],
    [
      'urlquery.encode_object({"a": 1})',
      'eval_type_error: operand 1 values must be string, array[string], or set[string]',
    ],
    [
      'urlquery.encode_object({"a": [1]})',
      'eval_type_error: operand 1 values must be string, array[string], or set[string]',
    ],
    ['urlquery.encode_object({})', '""'],
    ['urlquery.encode_object([])', 'eval_type_error: operand 1 must be object but got array'],
  ]);
});
