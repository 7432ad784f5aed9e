import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('render-template', () => {
  testCalls([
    [
      'strings.render_template("plain", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      '"plain"',
    ],
    [
      'strings.render_template("{{.s}} {{.n}} {{.z}} {{.missing}} {{.missing.x}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      '"x<y> 1.50 <undefined> <undefined> <undefined>"',
    ],
    [
      'strings.render_template("{{.m.b.c}} {{.m}} {{.l}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      '"deep map[a:true b:map[c:deep]] [p 2 <nil>]"',
    ],
    [
      'strings.render_template("{{range .l}}[{{.}}]{{end}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      '"[p][2][<undefined>]"',
    ],
    [
      'strings.render_template("{{range $i, $e := .l}}{{$i}}={{$e}},{{end}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      '"0=p,1=2,2=<undefined>,"',
    ],
    [
      'strings.render_template("{{range $k, $v := .m}}{{$k}};{{end}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      '"a;b;"',
    ],
    [
      'strings.render_template("{{range .z}}x{{else}}none{{end}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      '"none"',
    ],
    [
      'strings.render_template("{{range 3}}{{.}}{{end}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      '"012"',
    ],
    [
      'strings.render_template("{{range .l}}{{if eq . \\"p\\"}}{{continue}}{{end}}{{break}}{{end}}.", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      '"."',
    ],
    [
      'strings.render_template("{{if .z}}a{{else if .s}}b{{else}}c{{end}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      '"b"',
    ],
    [
      'strings.render_template("{{with .m}}{{.a}}{{end}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      '"true"',
    ],
    [
      'strings.render_template("{{$x := .s}}{{$x = \\"q\\"}}{{$x}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      '"q"',
    ],
    [
      'strings.render_template("{{len .l}} {{index .l 0}} {{slice .s 1 3}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      '"3 p <y"',
    ],
    [
      'strings.render_template("{{.s | html | printf \\"%q\\"}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      '"\\"x&lt;y&gt;\\""',
    ],
    [
      'strings.render_template("{{and .s .z}} {{or .z \\"d\\"}} {{not .z}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      '"<undefined> d true"',
    ],
    [
      'strings.render_template("{{lt 1 2}} {{ge 1.5 2.5}} {{ne \\"a\\" \\"b\\"}} {{eq 1 2 1}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      '"true false true true"',
    ],
    [
      'strings.render_template("a {{- .s -}} b{{/* c */}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      '"ax<y>b"',
    ],
    [
      'strings.render_template("{{define \\"T\\"}}<{{.}}>{{end}}{{template \\"T\\" .s}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      '"<x<y>>"',
    ],
    [
      'strings.render_template("{{(index .m \\"b\\").c}} {{print 1 2}} {{\'a\'}} {{`r`}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      '"deep 1 2 97 r"',
    ],
    [
      'strings.render_template("{{eq .n 1}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      'eval_builtin_error: template: template:1:2: executing "template" at <eq .n 1>: error calling eq: incompatible types for comparison: json.Number and int',
    ],
    [
      'strings.render_template("{{.s.x}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      'eval_builtin_error: template: template:1:4: executing "template" at <.s.x>: can\'t evaluate field x in type interface {}',
    ],
    [
      'strings.render_template("{{.z.x}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      'eval_builtin_error: template: template:1:4: executing "template" at <.z.x>: nil pointer evaluating interface {}.x',
    ],
    [
      'strings.render_template("{{index .l 9}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      'eval_builtin_error: template: template:1:2: executing "template" at <index .l 9>: error calling index: index out of range: 9',
    ],
    [
      'strings.render_template("{{foo}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      'eval_builtin_error: template: template:1: function "foo" not defined',
    ],
    [
      'strings.render_template("{{$y}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      'eval_builtin_error: template: template:1: undefined variable "$y"',
    ],
    [
      'strings.render_template("{{if .s}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      'eval_builtin_error: template: template:1: unexpected EOF',
    ],
    [
      'strings.render_template("{{end}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      'eval_builtin_error: template: template:1: unexpected {{end}}',
    ],
    [
      'strings.render_template("{{.s", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      'eval_builtin_error: template: template:1: unclosed action',
    ],
    [
      'strings.render_template("{{template \\"nope\\"}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      'eval_builtin_error: template: template:1:11: executing "template" at <{{template "nope"}}>: template "nope" not defined',
    ],
    [
      'strings.render_template("{{break}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      'eval_builtin_error: template: template:1: {{break}} outside {{range}}',
    ],
    [
      'strings.render_template("{{1 | 2}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      'eval_builtin_error: template: template:1: non executable command in pipeline stage 2',
    ],
    [
      'strings.render_template("{{len 3}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      'eval_builtin_error: template: template:1:2: executing "template" at <len 3>: error calling len: len of type int',
    ],
    [
      'strings.render_template("{{printf \\"%d %v\\" .n .m.a}}", {"s": "x<y>", "n": 1.50, "z": null, "l": ["p", 2, null], "m": {"b": {"c": "deep"}, "a": true}})',
      '"%!d(json.Number=1.50) true"',
    ],
    [
      'strings.render_template("{{.x}}", {"x": {1, 2}})',
      "eval_builtin_error: invalid character '1' looking for beginning of object key string",
    ],
    ['strings.render_template(1, {})', 'eval_type_error: operand 1 must be string but got number'],
    ['strings.render_template("", [])', 'eval_type_error: operand 2 must be object but got array'],
  ]);
});
