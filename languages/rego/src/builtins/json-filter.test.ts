import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('json-filter', () => {
  testCalls([
    ['json.filter({"a": {"b": 1, "c": 2}}, ["a/b"])', '{"a": {"b": 1}}'],
    ['json.filter({"a": [1, {"b": 2, "c": 3}]}, ["a/1/b"])', '{"a": [{"b": 2}]}'],
    ['json.filter({"a": 1, "b": 2}, {"/b", "z"})', '{"b": 2}'],
    ['json.filter({"a/b": 1, "~": 2}, ["a~1b", "~0"])', '{"a/b": 1, "~": 2}'],
    ['json.filter({"a": {"b": 1}}, [["a", "b"], ["a"]])', '{"a": {"b": 1}}'],
    ['json.filter({"a": 1}, [""])', '{}'],
    ['json.filter({"a": {1, 2}}, [["a", 1]])', '{"a": {1}}'],
    ['json.filter([], [])', 'eval_type_error: operand 1 must be object but got array'],
    ['json.filter({}, "a")', 'eval_type_error: operand 2 must be one of {set, array} but got string'],
    [
      'json.filter({}, [1])',
      'eval_type_error: operand 2 must be one of {set, array} containing string paths or array of path segments but got number',
    ],
    ['json.remove({"a": {"b": 1, "c": 2}}, ["a/b"])', '{"a": {"c": 2}}'],
    ['json.remove({"a": [1, 2, 3]}, ["a/0", "a/2"])', '{"a": [2]}'],
    ['json.remove({"a": 1}, ["a", "a/b"])', '{}'],
    ['json.remove({"a": {1, 2}}, [["a", 1]])', '{"a": {2}}'],
    ['json.remove({"a": 1}, [])', '{"a": 1}'],
    [
      'json.remove({"a": 1}, {"a": 1})',
      'eval_type_error: operand 2 must be one of {set, array} but got object',
    ],
  ]);
});
