import { expect, test } from 'vitest';
import { parseModule } from './parse.ts';
import { moduleTreeText } from './tree-text.ts';

// What opa 1.22.2 parse prints.
test('the tree of a module, a line for each node', () => {
  const text = `package p
import data.a as b
# a comment
f(x) := {x, 1} if { not x.y with input as 1; every e in [x] { e > 1 } } else := "%d"
`;
  expect(moduleTreeText(parseModule('p.rego', text), { comments: true })).toBe(`module
 package
  ref
   data
   "p"
 import
  ref
   data
   "a"
  b
 rule
  head
   ref
    f
   args
    x
   set
    1
    x
  body
   expr negated index=0
    ref
     x
     "y"
    with
     ref
      input
     1
   expr index=1
    every
     e
     array
      x
     body
      expr index=0
       ref
        gt
       e
       1
  rule
   head
    ref
     f
    args
     x
    "%d"
   body
    expr index=0
     true
 comment
`);
});
