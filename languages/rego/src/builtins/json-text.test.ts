import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('json-text', () => {
  testCalls([
    [
      'json.marshal({"b": [1.0, 1e2], "a": {2, 1}, "<é&>": "\\u2028"})',
      '"{\\"\\\\u003cé\\\\u0026\\\\u003e\\":\\"\\\\u2028\\",\\"a\\":[1,2],\\"b\\":[1.0,1e2]}"',
    ],
    ['json.marshal({1: 2, [1]: 3})', '"{\\"1\\":2,\\"[1]\\":3}"'],
    ['json.marshal("\\u0001\\b\\u007f")', '"\\"\\\\u0001\\\\b\\x7f\\""'],
    ['json.marshal(9007199254740993)', '"9007199254740993"'],
    [
      'json.marshal_with_options({"a": [1, {}], "b": []}, {"pretty": true})',
      '"{\\n\\t\\"a\\": [\\n\\t\\t1,\\n\\t\\t{}\\n\\t],\\n\\t\\"b\\": []\\n}"',
    ],
    ['json.marshal_with_options([1], {"indent": "  ", "prefix": ">"})', '">[\\n>  1\\n>]"'],
    ['json.marshal_with_options([1], {"indent": "  ", "pretty": false})', '"[1]"'],
    [
      'json.marshal_with_options([1], {"x": 1})',
      'eval_type_error: operand 2 object contained unknown key "x"',
    ],
    [
      'json.marshal_with_options([1], {"indent": 1})',
      'eval_type_error: operand 2 key "indent" failed cast to string: operand 0 must be string but got number',
    ],
    [
      'json.marshal_with_options([1], {"pretty": 1})',
      'eval_type_error: operand 2 key "pretty" failed cast to bool',
    ],
    [
      'json.marshal_with_options([1], {1: 1})',
      'eval_type_error: operand 2 failed to stringify key 1 at index 0: operand 0 must be string but got number',
    ],
    [
      'json.unmarshal("{\\"a\\": [1.0, 12345678901234567890], \\"__proto__\\": 1}")',
      '{"__proto__": 1, "a": [1.0, 12345678901234567890]}',
    ],
    ['json.unmarshal("\\"\\\\ud800x\\"")', '"�x"'],
    ['json.unmarshal("")', 'eval_builtin_error: EOF'],
    ['json.unmarshal("{")', 'eval_builtin_error: unexpected EOF'],
    [
      'json.unmarshal("{\\"a\\":1,}")',
      "eval_builtin_error: invalid character '}' looking for beginning of object key string",
    ],
    ['json.unmarshal("[1,]")', "eval_builtin_error: invalid character ']' looking for beginning of value"],
    ['json.unmarshal("1 2")', "eval_builtin_error: error: invalid character '2' after top-level value"],
    ['json.unmarshal("1 x")', "eval_builtin_error: invalid character 'x' looking for beginning of value"],
    ['json.unmarshal("01")', "eval_builtin_error: error: invalid character '1' after top-level value"],
    ['json.unmarshal("1.")', 'eval_builtin_error: unexpected EOF'],
    ['json.unmarshal("trux")', "eval_builtin_error: invalid character 'x' in literal true (expecting 'e')"],
    ['json.unmarshal("\\u00e9")', "eval_builtin_error: invalid character 'Ã' looking for beginning of value"],
    ['json.unmarshal("1e400000")', 'eval_builtin_error: invalid number: number too big'],
    ['json.unmarshal(1)', 'eval_type_error: operand 1 must be string but got number'],
    ['json.is_valid("{}")', 'true'],
    ['json.is_valid("{} 1")', 'false'],
    ['json.is_valid(1)', 'false'],
  ]);
});
