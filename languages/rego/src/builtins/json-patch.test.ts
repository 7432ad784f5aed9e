import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('json-patch', () => {
  testCalls([
    ['json.patch({"a": 1}, [{"op": "add", "path": "b", "value": 2}])', '{"a": 1, "b": 2}'],
    ['json.patch({"a": [1, 3]}, [{"op": "add", "path": "/a/1", "value": 2}])', '{"a": [1, 2, 3]}'],
    ['json.patch({"a": [1]}, [{"op": "add", "path": "/a/-", "value": 2}])', '{"a": [1, 2]}'],
    [
      'json.patch({"a": [1]}, [{"op": "add", "path": "/a/5", "value": 2}])',
      'eval_builtin_error: index for array insertion out of bounds',
    ],
    [
      'json.patch({"a": [1]}, [{"op": "add", "path": "/a/01", "value": 2}])',
      'eval_builtin_error: leading zeros are not allowed in JSON paths',
    ],
    [
      'json.patch({"a": [1]}, [{"op": "add", "path": "/a/x", "value": 2}])',
      'eval_builtin_error: invalid string for indexing',
    ],
    ['json.patch({"a": 1}, [{"op": "remove", "path": ["a"]}])', '{}'],
    [
      'json.patch({"a": 1}, [{"op": "remove", "path": "z"}])',
      'eval_builtin_error: cannot delete child key "z" that does not exist',
    ],
    ['json.patch([1, 2], [{"op": "remove", "path": "0"}])', '[2]'],
    [
      'json.patch([1, 2], [{"op": "remove", "path": "2"}])',
      'eval_builtin_error: index for array delete out of bounds',
    ],
    ['json.patch({"a": 1}, [{"op": "replace", "path": "a", "value": [1]}])', '{"a": [1]}'],
    ['json.patch({"a": 1}, [{"op": "replace", "path": "", "value": 5}])', '5'],
    ['json.patch({"a": {"b": 1}}, [{"op": "move", "from": "a/b", "path": "c"}])', '{"a": {}, "c": 1}'],
    ['json.patch({"a": 1}, [{"op": "copy", "from": "a", "path": "b"}])', '{"a": 1, "b": 1}'],
    ['json.patch({"a": 1}, [{"op": "test", "path": "a", "value": 1.0}])', '{"a": 1}'],
    [
      'json.patch({"a": 1}, [{"op": "test", "path": "a", "value": 2}])',
      'eval_builtin_error: value from EditTree != patch value.\n\nExpected: 2\n\nFound: 1',
    ],
    ['json.patch({"a": {1}}, [{"op": "add", "path": "a/2", "value": "2"}])', '{"a": {1, "2"}}'],
    [
      'json.patch({"a": {1}}, [{"op": "add", "path": "a/2", "value": "3"}])',
      'eval_builtin_error: set key "2" does not equal value to be inserted "3"',
    ],
    ['json.patch({"a": {[1]}}, [{"op": "remove", "path": ["a", [1]]}])', '{"a": set()}'],
    [
      'json.patch("x", [{"op": "add", "path": "a", "value": 1}])',
      'eval_builtin_error: expected composite type, found value: "x" (type: ast.String)',
    ],
    [
      'json.patch({}, [{"op": "add", "path": "a/b", "value": 1}])',
      'eval_builtin_error: path "a" does not exist in object term {}',
    ],
    [
      'json.patch({}, [{"op": "add", "path": "a"}])',
      "eval_builtin_error: missing required attribute 'value'",
    ],
    ['json.patch({}, [{"op": "zz", "path": "a"}])', "eval_builtin_error: unrecognized op: 'zz'"],
    ['json.patch({}, [{"path": "a"}])', "eval_builtin_error: missing required attribute 'op'"],
    ['json.patch({}, [{"op": "add"}])', "eval_builtin_error: missing required attribute 'path'"],
    [
      'json.patch({}, [{"op": 1, "path": "a"}])',
      "eval_builtin_error: attribute 'op' must be a string but found: number",
    ],
    [
      'json.patch({}, [1])',
      'eval_builtin_error: must be an array of JSON-Patch objects, but at least one element is not an object',
    ],
    ['json.patch({}, {})', 'eval_type_error: operand 2 must be array but got object'],
    [
      'json.patch({}, [{"op": "copy", "path": "a"}])',
      "eval_builtin_error: missing required attribute 'from'",
    ],
    [
      'json.patch({}, [{"op": "remove", "path": {}}])',
      'eval_type_error: operand 2 must be one of {set, array} containing string paths or array of path segments but got object',
    ],
    ['json.patch({}, [{"op": "remove", "path": ""}, {"op": "add", "path": "", "value": 1}])', '1'],
    [
      'json.patch({}, [{"op": "remove", "path": ""}, {"op": "add", "path": "a", "value": 1}])',
      'eval_builtin_error: deleted node encountered during insert operation',
    ],
    ['json.patch({}, [])', '{}'],
  ]);
});
