import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('objects', () => {
  testCalls([
    ['object.get({"a": {"b": 1}}, "a", 0)', '{"b": 1}'],
    ['object.get({"a": {"b": 1}}, ["a", "b"], 0)', '1'],
    ['object.get({"a": [5]}, ["a", 0], 0)', '5'],
    ['object.get({"a": {5}}, ["a", 5], 0)', '5'],
    ['object.get({"a": 1}, ["a", "b"], 0)', '0'],
    ['object.get({"a": 1}, [], 0)', '{"a": 1}'],
    ['object.get({[1]: 2}, [1], 0)', '0'],
    ['object.get({1: 2}, 1.0, 0)', '2'],
    ['object.get([1], 0, 0)', 'eval_type_error: operand 1 must be object but got array'],
    ['object.get({"constructor": 1}, "toString", 0)', '0'],
    ['object.get({}, "__proto__", 0)', '0'],
    ['object.union({"a": 1, "b": {"c": 1}}, {"b": {"d": 2}})', '{"a": 1, "b": {"c": 1, "d": 2}}'],
    ['object.union({"a": {"b": 1}}, {"a": 2})', '{"a": 2}'],
    ['object.union({}, [])', 'eval_type_error: operand 2 must be object but got array'],
    ['object.union_n([{"a": {"b": 2}}, {"a": 4}, {"a": {"c": 3}}])', '{"a": {"c": 3}}'],
    ['object.union_n([{"a": 1}, {"a": {"c": 3}}, {"a": {"d": 3}}])', '{"a": {"c": 3, "d": 3}}'],
    ['object.union_n([])', '{}'],
    [
      'object.union_n([{}, 1])',
      'eval_type_error: operand 1 must be array of objects but got array containing number',
    ],
    ['object.union_n({})', 'eval_type_error: operand 1 must be array but got object'],
    ['object.remove({"a": 1, "b": 2}, ["a"])', '{"b": 2}'],
    ['object.remove({"a": 1, "b": 2}, {"b": null})', '{"a": 1}'],
    [
      'object.remove({"a": 1}, "a")',
      'eval_type_error: operand 2 must be one of {object, set, array} but got string',
    ],
    ['object.remove([], [])', 'eval_type_error: operand 1 must be object but got array'],
    ['object.filter({"a": 1, "b": 2}, {"a", "z"})', '{"a": 1}'],
    ['object.filter({1: 1}, [1.0])', '{1: 1}'],
    ['object.keys({"b": 1, "a": 2})', '{"a", "b"}'],
    ['object.keys({})', 'set()'],
    ['object.keys([])', 'eval_type_error: operand 1 must be object but got array'],
    ['object.subset({"a": 1, "b": {"c": [1, 2, 3]}}, {"b": {"c": [2, 3]}})', 'true'],
    ['object.subset({"a": 1}, {"a": 2})', 'false'],
    ['object.subset({1, 2}, {1})', 'true'],
    ['object.subset([1, 2, 3], [2, 3])', 'true'],
    ['object.subset([1, 2, 3], [1, 3])', 'false'],
    ['object.subset([1, 2], {2, 1})', 'true'],
    ['object.subset([], set())', 'false'],
    [
      'object.subset({1}, [1])',
      'eval_type_error: both arguments object.subset must be of the same type or array and set',
    ],
  ]);
});
