import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../policy.ts';
import { type RegoValue, stringifyJson } from '../values/index.ts';

const value = fc.constantFrom<RegoValue>('a', 'b', 1, 2, true, null, ['a'], { k: 'a' });
const row = fc.record(
  { role: value, n: value, tags: fc.array(value, { maxLength: 3 }) },
  { requiredKeys: [] },
);

/** Loops over rows, each with a comparison that an index can answer. */
const loops: readonly (readonly [name: string, rule: string])[] = [
  ['a member of the row', 'p contains i if { some i, r in data.rows; r.role == input.role }'],
  [
    'rows named by their key',
    'p contains i if { some i; data.rows[i].role == input.role; data.rows[i].n == input.n }',
  ],
  ['the key after the row', 'p contains i if { r := data.rows[i].role; r == input.role }'],
  ['a set of values', 'p contains i if { some i, r in data.rows; r.role in {input.role, input.n} }'],
  ['a list of values', 'p contains i if { some i, r in data.rows; r.role in [input.role, input.role] }'],
  [
    'several members',
    'p contains i if { some i, r in data.rows; {"x": r.role, "y": r.n} in {{"x": input.role, "y": 1}} }',
  ],
  ['a constant', 'p contains i if { some i; data.rows[i].role == "a" }'],
  ['an order that shows', 'p := [i | some i, r in data.rows; r.role == input.role]'],
  ['objects by name', 'p := [k | some k, v in data.map; v.n == input.n]'],
  ['rows of rows', 'p contains [i, j] if { some i, r in data.rows; some j, s in data.rows; r.role == s.n }'],
  [
    'rows that rules make',
    'q contains r if some r in data.rows\np contains r.n if { some x in [1, 2]; some r in q; r.role == input.role }',
  ],
  [
    'a comparison with what is undefined',
    'p contains i if { some i, r in data.rows; r.role == input.missing }',
  ],
];

describe('an index of rows gives what going through all of them gives', () => {
  it.each(loops)('%s', (_, rule) => {
    const modules = { 'p.rego': `package test\n${rule}` };
    const indexed = compile(modules);
    const plain = compile(modules, { indexes: false });
    const property = fc.property(
      fc.array(row, { minLength: 16, maxLength: 40 }),
      fc.record({ role: value, n: value }),
      (rows, input) => {
        const map = Object.fromEntries(rows.map((item, i) => [`k${(i * 7) % 41}`, item]));
        const data: RegoValue = { rows, map };
        const wanted = plain.evaluate('data.test.p', input, { data });
        for (let round = 0; round < 3; round++) {
          expect(indexed.evaluate('data.test.p', input, { data })).toEqual(wanted);
        }
      },
    );
    fc.assert(property, { numRuns: 20, seed: 5 });
  });
});

describe('an index of rows of the input', () => {
  it('does not outlive the evaluation, so that an input may be changed and given again', () => {
    const rule = 'p contains i if { some want in input.wanted; some i, r in input.rows; r.role == want }';
    const policy = compile({ 'p.rego': `package test\n${rule}` });
    const rows = Array.from({ length: 20 }, (_, i) => ({ role: `r${i % 5}` }));
    const input = { wanted: ['r0', 'r9', 'r8'], rows };
    expect(policy.evaluate('data.test.p', input).result).toEqual([0, 5, 10, 15]);
    for (const row of rows) row.role = 'r9';
    rows[3] = { role: 'r0' };
    expect(policy.evaluate('data.test.p', input).result).toEqual(rows.map((_, i) => i));
  });
});

describe('many definitions', () => {
  const names = Array.from({ length: 20 }, (_, i) => `n${i}`);
  const cases: readonly (readonly [name: string, rules: string, wanted: string | undefined])[] = [
    ['a set', names.map((name) => `p contains "${name}" if input.x == "${name}"`).join('\n'), '["n7"]'],
    [
      'a value',
      names.map((name) => `p := "${name}" if { input.x == "${name}"; input.y }`).join('\n'),
      '"n7"',
    ],
    ['an object', names.map((name) => `p["${name}"] := 1 if input.x == "${name}"`).join('\n'), '{"n7":1}'],
    [
      'members of sets',
      names.map((name) => `p contains "${name}" if input.x in {"n7", "${name}"}`).join('\n'),
      stringifyJson([...names].sort()),
    ],
    [
      'one for all values',
      `p contains "all"\n${names.map((name) => `p contains "${name}" if input.x == "${name}"`).join('\n')}`,
      '["all","n7"]',
    ],
    ['a function', `${names.map((name) => `f("${name}") := "${name}"`).join('\n')}\np := f(input.x)`, '"n7"'],
    ['a default', `default p := 0\n${names.map((name) => `p := 1 if input.z == "${name}"`).join('\n')}`, '0'],
    [
      'else',
      names.map((name, i) => `p := 1 if input.z == "${name}"\nelse := 2 if input.x == "n${i}"`).join('\n'),
      '2',
    ],
    [
      'a conflict',
      `p := 1 if input.y\n${names.map((name) => `p := "${name}" if input.x == "${name}"`).join('\n')}`,
      undefined,
    ],
  ];
  it.each(cases)('%s', (_, rules, wanted) => {
    const policy = compile({ 'p.rego': `package test\n${rules}` });
    const { result, errors } = policy.evaluate('data.test.p', { x: 'n7', y: true });
    expect(result === undefined ? undefined : stringifyJson(result)).toBe(wanted);
    expect(errors.map(({ code }) => code)).toEqual(wanted === undefined ? ['eval_conflict_error'] : []);
  });
});

describe('definitions that want a beginning', () => {
  const conditions = [
    'startswith(input.x, "/api/")',
    'startswith(input.x, "/api/v1/")',
    'startswith(input.x, "")',
    'startswith(input.x, "😀")',
    'glob.match("/api/*/items", ["/"], input.x)',
    'glob.match("/st?tic/**", ["/"], input.x)',
    'glob.match("{/a,/b}pi/**", null, input.x)',
    'glob.match("/api/\\\\*", [], input.x)',
    'glob.match("/api/[", [], input.x)',
    'glob.match("/api/", ["long"], input.x)',
    'strings.any_prefix_match(input.x, ["/api/v2/", "/health"])',
    'strings.any_prefix_match(input.x, {"/api/", ""})',
    'input.x == "/health"',
    'input.x in ["/health", "/static/a"]',
    'input.x in {"/health", 7}',
    'not startswith(input.x, "/api/")',
    'true',
  ];
  const kinds: readonly (readonly [kind: string, rules: readonly string[]])[] = [
    ['of a set', conditions.map((condition, i) => `p contains ${i} if ${condition}`)],
    ['of an object', conditions.map((condition, i) => `p["${i}"] := true if ${condition}`)],
    ['of a value', conditions.map((condition) => `p := 1 if { ${condition}; input.y }`)],
    [
      'of a function',
      [
        'p := f(input.x)',
        ...conditions.map((c) => `f(x) if ${c.replace('input.x', 'x')}`),
        'f(_) := true if input.y',
      ],
    ],
    [
      'whose built-in is replaced',
      [
        'p := x if x := q with startswith as often',
        'often(_, prefix) := prefix != "/api/"',
        ...conditions.map((condition, i) => `q contains ${i} if ${condition}`),
      ],
    ],
  ];
  const inputs = [
    '/api/v1/items',
    '/api/',
    '/api/*',
    '/health',
    '/static/a',
    '😀',
    '\ud83d',
    '',
    7,
    null,
    ['/health'],
    {},
    undefined,
  ];

  describe.each(kinds)('%s', (_, rules) => {
    const policy = compile({ 'p.rego': `package test\n${rules.join('\n')}` });
    it.each(inputs)('%j', (x) => {
      const input = x === undefined ? { y: true } : { x, y: true };
      for (const strictBuiltinErrors of [false, true]) {
        const indexed = policy.evaluate('data.test.p', input, { strictBuiltinErrors });
        // Evaluations that are explained try all definitions.
        const { result, errors } = policy.evaluate('data.test.p', input, {
          strictBuiltinErrors,
          explain: true,
        });
        if (errors.length === 0 || !strictBuiltinErrors) expect(indexed.result).toEqual(result);
        expect(indexed.errors.length > 0).toBe(errors.length > 0);
      }
    });
  });
});

describe('functions', () => {
  it('are not run again and again where each calls the next twice', () => {
    const levels = Array.from(
      { length: 40 },
      (_, i) => `f${i}(x) := a + b if { a := f${i + 1}([x]); b := f${i + 1}([x]) }`,
    );
    const policy = compile({ 'p.rego': `package test\np := f0(1)\n${levels.join('\n')}\nf40(_) := 1` });
    expect(policy.evaluate('data.test.p').result).toBe(2 ** 40);
  });
});
