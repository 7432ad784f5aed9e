import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('graph', () => {
  testCalls([
    ['graph.reachable({"a": ["b", "z"], "b": {"c"}, "c": [], "d": ["d"]}, ["a"])', '{"a", "b", "c"}'],
    ['graph.reachable({"a": ["b", "z"], "b": {"c"}, "c": [], "d": ["d"]}, {"c", "z"})', '{"c"}'],
    ['graph.reachable({"a": ["b", "z"], "b": {"c"}, "c": [], "d": ["d"]}, [])', 'set()'],
    [
      'graph.reachable({"a": ["b", "z"], "b": {"c"}, "c": [], "d": ["d"]}, "a")',
      'eval_type_error: operand 2 must be {array, set} but got string',
    ],
    ['graph.reachable([], [])', 'eval_type_error: operand 1 must be object but got array'],
    ['graph.reachable({"a": null}, {"a"})', '{"a"}'],
    [
      'graph.reachable_paths({"a": ["b", "z"], "b": {"c"}, "c": [], "d": ["d"]}, ["a"])',
      '{["a"], ["a", "b", "c"]}',
    ],
    [
      'graph.reachable_paths({"a": ["b", "z"], "b": {"c"}, "c": [], "d": ["d"]}, {"c", "d"})',
      '{["c"], ["d", "d"]}',
    ],
    ['graph.reachable_paths({"a": ["b"], "b": ["a"]}, ["a"])', '{["a", "b"]}'],
    [
      'graph.reachable_paths({"a": ["b", "z"], "b": {"c"}, "c": [], "d": ["d"]}, "a")',
      'eval_type_error: operand 2 must be {array, set} but got string',
    ],
  ]);
});
