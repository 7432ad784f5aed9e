import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('yaml', () => {
  testCalls([
    [
      'yaml.marshal({"a": [1, {"b": null}], "c": {}, "d": []})',
      '"a:\\n  - 1\\n  - b: null\\nc: {}\\nd: []\\n"',
    ],
    [
      'yaml.marshal(["true", "yes", "1", "", "a: b", " a", "it\'s", "a#b", "x #y", "2023-01-01", "é", "\\t", "-"])',
      '"- \\"true\\"\\n- \\"yes\\"\\n- \\"1\\"\\n- \\"\\"\\n- \'a: b\'\\n- \' a\'\\n- it\'s\\n- a#b\\n- \'x #y\'\\n- \\"2023-01-01\\"\\n- é\\n- \\"\\\\t\\"\\n- \'-\'\\n"',
    ],
    [
      'yaml.marshal({"t": "x\\ny\\n", "u": "x\\ny", "v": "\\nx", "w": "a \\nb", "x": "a\\n\\n"})',
      '"t: |\\n  x\\n  y\\nu: |-\\n  x\\n  y\\nv: |2-\\n\\n  x\\nw: \\"a \\\\nb\\"\\nx: |+\\n  a\\n\\n"',
    ],
    [
      'yaml.marshal({"a10": 1, "a2": 2, "10": 3, "9": 4, "B": 5})',
      '"\\"9\\": 4\\n\\"10\\": 3\\nB: 5\\na2: 2\\na10: 1\\n"',
    ],
    [
      'yaml.marshal([1.0, 1000000.5, 1e21, 123456789012345678901, 9007199254740993])',
      '"- 1\\n- 1.0000005e+06\\n- 1e+21\\n- 1.2345678901234568e+20\\n- 9007199254740993\\n"',
    ],
    ['yaml.marshal("a")', '"a\\n"'],
    ['yaml.marshal([[1, [2]], [[]]])', '"- - 1\\n  - - 2\\n- - []\\n"'],
    ['yaml.marshal({"x\\ny": 1})', '"? |-\\n  x\\n  y\\n: 1\\n"'],
    ['yaml.unmarshal("a: [1, 1.50, 0x1F, 0o17, 0777, 1_000]")', '{"a": [1, 1.5, 31, 15, 511, 1000]}'],
    ['yaml.unmarshal("[on, yes, true, True, null, ~]")', '["on", "yes", true, true, null, null]'],
    [
      'yaml.unmarshal("a: &x {b: 1}\\nc: *x\\nd:\\n  <<: *x\\n  e: 2")',
      '{"a": {"b": 1}, "c": {"b": 1}, "d": {"b": 1, "e": 2}}',
    ],
    ['yaml.unmarshal("a: 1\\na: 2")', '{"a": 2}'],
    ['yaml.unmarshal("1: x\\ntrue: y")', '{"1": "x", "true": "y"}'],
    ['yaml.unmarshal("---\\na\\n---\\nb")', '"a"'],
    ['yaml.unmarshal("")', 'null'],
    ['yaml.unmarshal("[1,2,3")', "eval_builtin_error: yaml: line 1: did not find expected ',' or ']'"],
    ['yaml.unmarshal("{a: 1")', "eval_builtin_error: yaml: line 1: did not find expected ',' or '}'"],
    ['yaml.unmarshal("a: b: c")', 'eval_builtin_error: yaml: mapping values are not allowed in this context'],
    [
      'yaml.unmarshal("a: b\\n  c: d")',
      'eval_builtin_error: yaml: line 2: mapping values are not allowed in this context',
    ],
    ['yaml.unmarshal("a: *x")', "eval_builtin_error: yaml: unknown anchor 'x' referenced"],
    ['yaml.unmarshal("\'abc")', 'eval_builtin_error: yaml: found unexpected end of stream'],
    ['yaml.unmarshal(".inf")', 'eval_builtin_error: json: unsupported value: +Inf'],
    ['yaml.unmarshal("@a")', 'eval_builtin_error: yaml: found character that cannot start any token'],
    ['yaml.unmarshal("12345678901234567890")', '12345678901234567890'],
    [
      'yaml.unmarshal(" - a\\n- b")',
      'eval_builtin_error: yaml: line 1: did not find expected <document start>',
    ],
    ['yaml.unmarshal(1)', 'eval_type_error: operand 1 must be string but got number'],
    ['yaml.is_valid("a: [b]")', 'true'],
    ['yaml.is_valid("a: [b")', 'false'],
    ['yaml.is_valid(1)', 'false'],
  ]);
});
