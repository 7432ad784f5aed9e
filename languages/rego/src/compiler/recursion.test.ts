import { expect, test } from 'vitest';
import { errorsOf } from './testing/errors.ts';

/** The rules of package `a`, other modules whole, and what is told of circles. */
const cases: readonly [modules: readonly string[], errors: readonly string[]][] = [
  [
    ['p := q\nq := p'],
    [
      '2:1 rego_recursion_error: rule data.a.p is recursive: data.a.p -> data.a.q -> data.a.p',
      '3:1 rego_recursion_error: rule data.a.q is recursive: data.a.q -> data.a.p -> data.a.q',
    ],
  ],
  [
    ['p := data[input.x]'],
    [
      '2:1 rego_recursion_error: rule data.a.p may be recursive: data.a.p -> data.a.p (data[input.x] refers to data.a.p if input.x is "a")',
    ],
  ],
  [['p if { some root in ["foo", "bar"]; data[root].p }'], []],
  [
    ['p if { some root in ["foo", "a"]; data[root].p }'],
    [
      '2:1 rego_recursion_error: rule data.a.p may be recursive: data.a.p -> data.a.p (data[root].p refers to data.a.p if root is "a" (root is one of ["foo", "a"]))',
    ],
  ],
  [
    ['p if { x := lower(input.foo); data[x].p }'],
    [
      '2:1 rego_recursion_error: rule data.a.p may be recursive: data.a.p -> data.a.p (data[x].p refers to data.a.p if x is "a" (x is computed by lower))',
    ],
  ],
  [
    ['p if { data[x][y]; x == "b" }'],
    ['2:1 rego_recursion_error: rule data.a.p is recursive: data.a.p -> data.a.p'],
  ],
  [
    ['p if { x := data.b.c; data[x].p }', 'package b\nc := "a"'],
    [
      `2:1 rego_recursion_error: rule data.a.p may be recursive: data.a.p -> data.a.p (data[x].p refers to data.a.p if x is "a" (x comes from rule data.b.c, whose value isn't known at compile time))`,
    ],
  ],
  [['p := f(1)\nf(x) := y if { y := g(x) }\ng(x) := x'], []],
];

test.each(cases)('%j', (modules, errors) => {
  expect(errorsOf(modules)).toEqual(errors);
});
