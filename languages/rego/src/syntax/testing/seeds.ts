/** Modules that use every form of the language, as a start for mutations. */
export const seedModules: readonly string[] = [
  `package a.b["c d"]

import data.lib.helpers as h
import input.request

# METADATA
# title: A rule
default allow := false

allow if {
  some role in data.roles[request.user]
  role.name == "admin"
  not denied with input as {"user": request.user}
}

deny contains msg if {
  some i, container in input.containers
  container.image != \`latest\`
  msg := sprintf("%v at %d", [container.name, i])
} else := 3
`,
  `package v0

p[x] { x := input.xs[_]; x > 1 } { x := 2 }
q[k] = v { v := data.m[k] }
f(x, [y, z]) = x + y * -z % 2 { x != y }
r = {1, 2} | {3} & {4}
s.t.u[x] = 1 { x = "a" }
else_rule = 1 { false } else = 2 { true } else = 3
`,
  `package v2
import rego.v2

p if not { input.a; every x in input.b { x > 1 } }
q if (input.a or not input.b) and { input.c; input.d } with input.e as 1
t := $"a {input.x} b \\{ {count(input.y)}"
u := $\`raw {1 + 1}
second\`
`,
  `package comprehensions

a := [x | some x in input; x % 2 == 0]
b := {k: v | some k, v in input.o}
c := {x | x := input[_].y[_]; {z | z := x} == {1}}
d := {"a": [1, {"b": {2, set()}}], 1e2: null, true: .5}
e := (1 + 2) * 3 - 4 / 5
`,
];
