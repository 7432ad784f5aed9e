import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../policy.ts';
import type { RegoValue } from '../values/index.ts';
import { type PartialOptions, PartialPolicy } from './partial.ts';

const module = `package app

default allow := false
allow if input.role == "admin"
allow if {
  some grant in data.grants
  grant.user == input.user
  not blocked
}
blocked if input.bad[_] == input.user

next(x) := y if y := x + 1
default size(_) := 3
size(x) := 4 if x > 7

big contains x if { some x in input.numbers; x > 2 }
member[key] := value if value := input.members[key]
ready if input.a
ready if { input.b; input.c > 3 }
everyone if every x in [1, 2] { input.n > x }
counted if count([x | some x in input.numbers; x > 1]) > 2
clash contains input.n if data.grants[0].user == {input.n}
listed if every x in [1, 2] { x != [input.n | true] }
first := 1 if { input.a } else := 2 if { input.b }
mocked if allow with input.role as "admin"
known if data.grants[_].user == "ann"
`;
const data: RegoValue = { grants: [{ user: 'ann' }, { user: 'bob' }] };
const policy = new PartialPolicy({ 'app.rego': module }, { data });

interface Row {
  readonly query: string;
  readonly options?: PartialOptions;
  readonly queries: readonly string[];
  readonly support?: readonly string[];
}

const rows: readonly Row[] = [
  { query: '1 = 2', queries: [] },
  { query: 'data.app.known', queries: [''] },
  { query: 'x = input.a; x > 3', queries: ['x = input.a; gt(x, 3)'] },
  { query: 'data.app.ready', queries: ['input.a', 'input.b; gt(input.c, 3)'] },
  {
    query: 'not data.app.ready',
    queries: ['not data.partial.V0'],
    support: ['package partial\n\nV0 = true if { input.a }\n\nV0 = true if { input.b; gt(input.c, 3) }'],
  },
  {
    query: 'not data.app.blocked',
    queries: ['not data.partial.V0'],
    support: ['package partial\n\nV0 = true if { input.bad[_] = input.user }'],
  },
  { query: 'not input.a', queries: ['not input.a'] },
  { query: 'data.app.next(input.a) == 4', queries: ['plus(input.a, 1, 4)'] },
  { query: 'data.app.member[k] == 3', queries: ['3 = input.members[k]'] },
  { query: 'data.app.everyone', queries: ['gt(input.n, 1); gt(input.n, 2)'] },
  {
    query: 'data.app.listed',
    queries: ['V0 = [V1 | V1 = input.n]; neq(1, V0); V2 = [V3 | V3 = input.n]; neq(2, V2)'],
  },
  { query: 'data.app.clash = x', queries: ['x = set()'] },
  { query: 'not data.app.clash', queries: ['not true'] },
  { query: 'data.app.first == 1', queries: ['data.app.first = 1'] },
  {
    query: 'data.app.allow',
    options: { input: { role: 'user', user: 'bob' }, unknowns: ['input.bad'] },
    queries: ['data.partial.app.allow'],
    support: [
      'package partial\n\nV0 = true if { "bob" = input.bad[_] }',
      'package partial.app\n\ndefault allow = false\n\nallow = true if { not data.partial.V0 }',
    ],
  },
  {
    query: 'data.app.allow',
    options: { inlineConditions: true, unknowns: ['input.role'], input: {} },
    queries: ['input.role = "admin"'],
  },
  {
    query: 'data.app.ready',
    options: { shallowInlining: true, unknowns: ['input.a'], input: { b: 1, c: 2 } },
    queries: ['data.partial.app.ready = _term_0_0; _term_0_0'],
    support: ['package partial.app\n\nready = true if { input.a = _term_1_01; _term_1_01 }'],
  },
  {
    query: 'data.app.ready == true',
    options: { disableInlining: ['data.app.ready'], unknowns: ['input.a'], input: {} },
    queries: ['data.partial.app.ready = true'],
    support: ['package partial.app\n\nready = true if { input.a }'],
  },
  {
    query: 'data.app.size(input.a) > 3',
    queries: ['V0 = input.a; data.partial.app.size(V0, V1); gt(V1, 3)'],
    support: ['package partial.app\n\ndefault size(V0) = 3\n\nsize(V1) = 4 if { gt(V1, 7) }'],
  },
  {
    query: 'data.grants[i].user == "x"',
    options: { unknowns: ['data.grants'] },
    queries: ['data.grants[i].user = "x"'],
  },
];

/** Names that the evaluation makes are of no interest. */
function plain(text: string): string {
  const names = new Map<string, string>();
  return text.replace(/__(?:local|not)\w+/g, (name) => {
    const known = names.get(name) ?? `V${names.size}`;
    names.set(name, known);
    return known;
  });
}

describe('partial evaluation', () => {
  it.each(rows)('$query', ({ query, options = {}, queries, support = [] }) => {
    const { text } = policy.evaluate(query, options);
    expect(text.queries.map(plain)).toEqual(queries);
    expect(text.support.map(plain)).toEqual(support);
  });

  it('gives the trees that opa eval --partial prints', () => {
    const { json } = policy.evaluate('input.a = 1');
    const reference = {
      type: 'ref',
      value: [
        { type: 'var', value: 'input' },
        { type: 'string', value: 'a' },
      ],
    };
    const operator = { type: 'ref', value: [{ type: 'var', value: 'eq' }] };
    const terms = [operator, reference, { type: 'number', value: 1 }];
    expect(json()).toEqual({ queries: [[{ index: 0, terms }]] });
    expect(policy.evaluate('1 = 2').json()).toEqual({});
  });

  it.each(['x', 'data.app["', 'foo.bar'])('refuses the unknown %s', (unknown) => {
    expect(() => policy.evaluate('true', { unknowns: [unknown] })).toThrow();
  });

  it('stops at the step limit', () => {
    const small = new PartialPolicy({ 'app.rego': module }, { limits: { maxSteps: 1 } });
    const many = Array.from({ length: 3000 }, (_, at) => at);
    expect(() => small.evaluate('data.l[i] = data.l[j]; i > j', { data: { l: many } })).toThrow(/maxSteps/);
  });
});

describe('what is left means what the policy means', () => {
  const entrypoints = ['allow', 'ready', 'everyone', 'listed', 'counted', 'mocked', 'blocked'];
  const whole = compile({ 'app.rego': module }, { data });
  const small = fc.integer({ min: 0, max: 5 });
  const name = fc.constantFrom('ann', 'bob', 'eve');
  const inputs = fc.record(
    {
      role: fc.constantFrom('admin', 'user'),
      user: name,
      bad: fc.array(name, { maxLength: 2 }),
      numbers: fc.array(small, { maxLength: 5 }),
      a: fc.boolean(),
      b: fc.boolean(),
      c: small,
      n: small,
    },
    { requiredKeys: [] },
  );
  const variants: readonly PartialOptions[] = [
    {},
    { shallowInlining: true },
    { inlineConditions: true },
    { disableInlining: ['data.app.blocked', 'data.app.ready'] },
  ];
  const residues = entrypoints.flatMap((entrypoint) =>
    variants.map((options) => {
      const { text } = policy.evaluate(`data.app.${entrypoint}`, options);
      const support = text.support.map((module, at) => [`support${at}.rego`, module] as const);
      const rest = compile(Object.fromEntries([['app.rego', module], ...support]), { data });
      const queries = text.queries.map((query) => rest.query(query === '' ? 'true' : query));
      return { entrypoint, queries };
    }),
  );

  it('for any input', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const input: RegoValue = JSON.parse(JSON.stringify(given));
        for (const { entrypoint, queries } of residues) {
          const expected = whole.evaluate(`data.app.${entrypoint}`, input).result === true;
          const found = queries.some((query) => query.run(input).rows.length > 0);
          expect([entrypoint, found]).toEqual([entrypoint, expected]);
        }
      }),
      { numRuns: 60, seed: 9 },
    );
  });
});

// What opa 1.22.2 eval --partial --format source writes.
it('gives the text of a source file', () => {
  const policy = new PartialPolicy(
    {
      'p.rego': `package p
default allow := false
allow if input.user == data.admins[_]
allow if { input.x * 2 > 3; every c in input.cs { c != 1 } }
deny contains msg if { input.x > 3; msg := sprintf("%d", [input.x]) }
f(x) := x + input.z`,
    },
    { data: { admins: ['a'] } },
  );
  const { queries, support } = policy.evaluate('data.p.allow; y = data.p.f(1)').source();
  expect(queries.map((text) => text.replace(/__local\w+/g, 'V'))).toEqual([
    'data.partial.p.allow\ny = 1 + input.z',
  ]);
  expect(support.map((text) => text.replace(/__local\w+/g, 'V'))).toEqual([
    `package partial.p

default allow := false

allow if input.user = "a"

allow if {
	input.x * 2 > 3
	every V, V in input.cs { V != 1 }
}
`,
  ]);
});

it('takes a rule in the place of a function', () => {
  const policy = new PartialPolicy({
    'p.rego': `package p
f(_) := 2
one := 1
known := x if { x := f(3) with f as one }
counted := x if { x := count([1, 2]) with count as one }
open := x if { x := f(3) with f as input.x }`,
  });
  expect(policy.evaluate('data.p.known = x').text.queries).toEqual(['x = 1']);
  expect(policy.evaluate('data.p.counted = x').text.queries).toEqual(['x = 1']);
  expect(policy.evaluate('data.p.open == 4').text.queries).toEqual(['4 = input.x']);
});

it('takes a value in the place of a rule within a package that is asked for as a whole', () => {
  const policy = new PartialPolicy({
    'p.rego': 'package p\nall := data.q\np := x if { x := data.p.all with data.q.a as {"d": input.x} }',
    'q.rego': 'package q\na := {"b": 1}\nc := 2',
  });
  expect(policy.evaluate('data.p.p = x', { input: { x: 3 }, unknowns: ['input.y'] }).text.queries).toEqual([
    'x = {"a": {"d": 3}, "c": 2}',
  ]);
});
