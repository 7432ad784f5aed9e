import { expect, test } from 'vitest';
import { errorsOf } from './testing/errors.ts';

/** The rules of package `a`, other modules whole, and what is told of them. */
const cases: readonly [modules: readonly string[], errors: readonly string[]][] = [
  [
    [
      `p if { x := f; count(x) }
f(y) := y`,
    ],
    [
      `2:13 rego_type_error: function data.a.f used as reference, not called
  data.a.f
  ^^^^^^^^
  have: (any) => any`,
      `2:16 rego_type_error: count: invalid argument(s)
  have: ((any) => any)
  want: (collection: any<...>, n: number)`,
    ],
  ],
  [
    ['p if { count(1) }'],
    [
      `2:8 rego_type_error: count: invalid argument(s)
  have: (number)
  want: (collection: any<...>, n: number)`,
    ],
  ],
  [
    ['p if { x := 1; x.y == 2 }'],
    [
      `2:16 rego_type_error: undefined ref: x.y
  x.y
  ^
  have: number`,
    ],
  ],
  [
    [
      `p := {"a": {"b": 1}}
q if { p.a.c }
r if { p.b }`,
    ],
    [
      `4:8 rego_type_error: undefined ref: data.a.p.a.c
  data.a.p.a.c
             ^
             have: "c"
             want (one of): ["b"]`,
      `4:8 rego_type_error: undefined ref: data.a.p.b
  data.a.p.b
           ^
           have: "b"
           want (one of): ["a"]`,
    ],
  ],
  [
    ['p if { {"a": 1} == {"b": 2} }'],
    [
      `2:8 rego_type_error: match error
  left  : object<a: number>
  right : object<b: number>
  hint  : both sides are objects but their types differ, so they can never be equal (see https://www.openpolicyagent.org/docs/errors/rego-type-error/match-error)`,
    ],
  ],
  [
    ['p if { [1, 2] == {1, 2} }'],
    [
      `2:8 rego_type_error: match error
  left  : array<number, number>
  right : set[number]`,
    ],
  ],
  [
    ['p if { x := "a"; [1, 2][x] }'],
    [
      `2:18 rego_type_error: undefined ref: [1, 2][x]
  [1, 2][x]
         ^
         have (type): string
         want (type): number`,
    ],
  ],
  [
    ['p if { opa.runtime()[0].foo.bar; time.clock(1)[3] }'],
    [
      `2:8 rego_type_error: undefined ref: opa.runtime()[0].foo.bar
  opa.runtime()[0].foo.bar
                ^
                have: 0
                want (type): string`,
      `2:34 rego_type_error: undefined ref: time.clock(1)[3]
  time.clock(1)[3]
                ^
                have: 3
                want (type): number`,
    ],
  ],
  [
    ['p if { "a" in [1, 2]; 1, "x" in {"a": "b"} }'],
    [
      `2:8 rego_type_error: match error
  left  : string
  right : number`,
      `2:23 rego_type_error: match error
  left  : number
  right : string`,
    ],
  ],
  [
    [
      'p if { concat({"a": "a very long key indeed", "b": [1, 2, 3]}, {"a", "b", 1, true, null, [1], {"x": 1}}) }',
    ],
    [
      `2:8 rego_type_error: concat: invalid argument(s)
  have: (object<...>, set[...])
  want: (delimiter: string, collection: any<...>, output: string)`,
    ],
  ],
  [
    [
      `p[x].y if { x := input.x }
p.foo.z := 1
q if { p.foo.z > "a"; p.bar.y == 1; p[_].y == "x" }`,
    ],
    [
      `4:37 rego_type_error: match error
  left  : any<boolean, number>
  right : string`,
    ],
  ],
];

test.each(cases)('never has a value: %j', (modules, errors) => {
  expect(errorsOf(modules)).toEqual(errors);
});
