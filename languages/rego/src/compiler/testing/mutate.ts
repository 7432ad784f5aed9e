import { randomOf } from '../../syntax/testing/mutate.ts';

const parts = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|[A-Za-z_][A-Za-z0-9_]*|[0-9]+|:=|==|!=|<=|>=|#[^\n]*|\s+|./gs;

/** Expressions and words that change the meaning of a module more than its form. */
const pieces = [
  ...'x y _ input data count true 1 "a" [x] {x} input.x data.a data.a.p f(x) q p set() {} [] not ='.split(
    ' ',
  ),
  ...'{"a":x} sum([1,"a"]) upper(1) concat(",",[1]) walk(input) [][0] {"a":1}.b $"{x}" [1,2] data.a[x]'.split(
    ' ',
  ),
  'x in [1, 2]',
  'some x in y;',
  'x := 1;',
  'x == y;',
  'every x in y { x };',
  'with input as 1',
  'with data.a.p as 1',
  'with count as f',
  '[x | x := y]',
  '{x: y | some x, y in input}',
  'rego.metadata.chain()',
];

/** A text in which one or two words were left out, exchanged, or replaced by such a piece. */
export function mutateMeaning(text: string, random: () => number): string {
  const words = text.match(parts) ?? [];
  const places = [...words.keys()].filter((index) => /^[^\s#]/.test(words[index] ?? ''));
  const place = (): number => places[Math.floor(random() * places.length)] ?? 0;
  const piece = (): string => pieces[Math.floor(random() * pieces.length)] ?? '';
  const steps = 1 + Math.floor(random() * 2);
  for (let step = 0; step < steps; step += 1) {
    const at = place();
    const other = place();
    const word = words[at] ?? '';
    switch (Math.floor(random() * 5)) {
      case 0:
        words[at] = '';
        break;
      case 1:
        words[at] = words[other] ?? '';
        break;
      case 2:
        words[at] = words[other] ?? '';
        words[other] = word;
        break;
      case 3:
        words[at] = `${word} ${piece()}`;
        break;
      default:
        words[at] = piece();
    }
  }
  return words.join('');
}

/** Modules to begin with: rules of every kind, with variables in many places. */
export const seedRules: readonly string[] = [
  `package a

import data.lib as l

default allow := false

allow if {
	some role in data.roles[input.user]
	role.name == "admin"
	not denied with input as {"user": input.user}
}

denied if input.user in {"eve", "mallory"}

deny contains msg if {
	some i, c in input.containers
	not startswith(c.image, l.registry)
	msg := sprintf("%v at %d", [c.name, i])
}

p[x].y := z if {
	x := input.keys[_]
	z := count([1 | q[x]])
}

q contains x if x := input.keys[_]
`,
  `package a

f(x, [y, z]) := r if {
	x > 1
	r := x + y * z
} else := 0

g(x) := {"n": n, "s": s} if {
	n := to_number(x)
	s := $"value {x} of {input.kind}"
}

h := {k: v | some k, v in g("1")}

names := {n | some n in input.names; every c in split(n, "") { c != "x" }}

total := sum([f(x, [1, 2]) | x := input.xs[_]])

r := data.a[input.rule]

s.t.u := 1

s.v[k] := count(k) if some k in ["a", "b"]
`,
  `package a
import rego.v2

p if not { input.a; every x in input.b { x > 1 } }
q if (input.a or not input.b) and { input.c; x := input.d; x == 1 } with input.e as 1
t := object.get(input, ["a", "b"], null)
u if { [x, y] = input.pair; x < y; {"k": z} = input.o; z == x }
`,
];

export { randomOf };
