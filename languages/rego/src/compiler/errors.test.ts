import { expect, test } from 'vitest';
import { errorsOf } from './testing/errors.ts';

/** The rules of package `a`, other modules whole, and what is told of them. */
const cases: readonly [modules: readonly string[], errors: readonly string[]][] = [
  [['p if { x > 1 }'], ['2:8 rego_unsafe_var_error: var x is unsafe']],
  [['p contains y if { input.x }'], ['2:12 rego_unsafe_var_error: var y is unsafe']],
  [['p := [x | y := 1]'], ['2:6 rego_unsafe_var_error: var x is unsafe']],
  [['p if { x := x + 1 }'], ['2:8 rego_compile_error: var x referenced above']],
  [['p if { not y; z := 1; z == 1 }'], ['2:8 rego_unsafe_var_error: var y is unsafe']],
  [['p if { x := 1; x := 2; x == 1 }'], ['2:16 rego_compile_error: var x assigned above']],
  [['p if { y == 1; some y; y == 2 }'], ['2:16 rego_compile_error: var y referenced above']],
  [['p(x) if { x := 1 }'], ['2:11 rego_compile_error: arg x redeclared']],
  [['p if { some x in x }'], ['2:8 rego_compile_error: var x assigned before']],
  [
    [
      `p if { [f(1)] := [1] }
f(x) := x`,
    ],
    ['2:9 rego_compile_error: cannot assign to call'],
  ],
  [['p if { some x, y; input[x] }'], ['2:8 rego_compile_error: declared var y unused']],
  [
    ['p if { every x in [1] { y } }'],
    ['2:25 rego_compile_error: declared var x unused', '2:25 rego_unsafe_var_error: var y is unsafe'],
  ],
  [['p if { foo(1) }'], ['2:8 rego_type_error: undefined function foo']],
  [
    [
      `f(x) := x
p if { f(1, 2, 3) }`,
    ],
    ['3:8 rego_type_error: function data.a.f has arity 1, got 3 arguments'],
  ],
  [
    [
      `p := 1
p contains 2`,
    ],
    ['2:1 rego_type_error: conflicting rules data.a.p found'],
  ],
  [
    [
      `p.q := 1
p.q.r := 2`,
    ],
    [
      `2:1 rego_type_error: rule data.a.p.q conflicts with:
  rule data.a.p.q.r at m0.rego:3`,
    ],
  ],
  [
    [
      `default p := 1
default p := 2`,
    ],
    ['1:1 rego_type_error: multiple default rules data.a.p found at m0.rego:2, m0.rego:3'],
  ],
  [
    [
      'p := 1',
      `package a.p
q := 1`,
    ],
    [
      '1:1 rego_type_error: package a.p conflicts with rule p defined at m0.rego:2',
      `2:1 rego_type_error: rule data.a.p conflicts with:
  rule data.a.p.q at m1.rego:2`,
    ],
  ],
  [
    [
      `p := q
q := p`,
    ],
    [
      '2:1 rego_recursion_error: rule data.a.p is recursive: data.a.p -> data.a.q -> data.a.p',
      '3:1 rego_recursion_error: rule data.a.q is recursive: data.a.q -> data.a.p -> data.a.q',
    ],
  ],
  [
    [
      `p if { q with data.b as 1 with foo as 2 }
q := 1`,
    ],
    ['2:32 rego_type_error: with keyword target must reference existing input, data, or a function'],
  ],
  [
    ['p if { count([1]) with count as 3 with walk as 1 }'],
    ['2:40 rego_compile_error: with keyword replacing built-in function: target must not be a relation'],
  ],
  [
    [
      `p if { true with data.a.q.r as 1 }
q := 1`,
    ],
    ['2:18 rego_compile_error: with keyword cannot partially replace virtual document(s)'],
  ],
  [['p if { x := $"{y}"; x == "" }'], ['2:13 rego_unsafe_var_error: var y is unsafe']],
  [
    ['p if { x := $"{walk(input)}"; x }'],
    [`0:0 rego_compile_error: illegal call to relation built-in 'walk' that may cause multiple outputs`],
  ],
  [
    [
      `import data.x
import data.y.x
p := x`,
    ],
    ['3:1 rego_compile_error: import must not shadow import data.x'],
  ],
  [
    [
      `input := 1
p(data) := 1
q if { data := 1; data == 1 }`,
    ],
    ['3:1 rego_compile_error: args must not shadow data (use a different variable name)'],
  ],
  [['p contains x if { x := print(1) }'], ['2:24 rego_type_error: print(1) used as value']],
];

test.each(cases)('refused: %j', (modules, errors) => {
  expect(errorsOf(modules)).toEqual(errors);
});
