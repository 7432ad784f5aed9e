import { describe, expect, it } from 'vitest';
import { compile, fromJson, type PolicyOptions, type RegoValue, stringifyJson } from './index.ts';

interface Row {
  readonly name: string;
  readonly rules: string;
  readonly wanted: string | undefined;
  readonly input?: string;
  readonly data?: string;
  readonly options?: PolicyOptions;
}

function evaluate({ rules, input, data, options }: Row): string | undefined {
  const policy = compile(
    { 'test.rego': `package test\n${rules}` },
    { ...(data === undefined ? {} : { data: fromJson(data) }), ...options },
  );
  const { result, errors } = policy.evaluate(
    'data.test.p',
    input === undefined ? undefined : fromJson(input),
  );
  const [error] = errors;
  if (result === undefined) return error?.toOpaText();
  return stringifyJson(result);
}

function check(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    it.each(rows)('$name', (row) => {
      expect(evaluate(row)).toBe(row.wanted);
    });
  });
}

check('rules', [
  { name: 'one value', rules: 'p := 1', wanted: '1' },
  { name: 'undefined', rules: 'p := 1 if input.x', wanted: undefined },
  { name: 'false is a value', rules: 'p := false', wanted: 'false' },
  { name: 'default', rules: 'default p := 0\np := 1 if input.x', wanted: '0' },
  {
    name: 'else',
    rules: 'p := 1 if input.x\nelse := 2 if input.y\nelse := 3',
    input: '{"y": 1}',
    wanted: '2',
  },
  { name: 'a set', rules: 'p contains x if some x in [3, 1, 2, 1]', wanted: '[1,2,3]' },
  { name: 'an object', rules: 'p[k] := v if some k, v in ["a", "b"]', wanted: '{"0":"a","1":"b"}' },
  {
    name: 'a deep reference',
    rules: 'p[x].y[z] := 1 if { some x in ["a", "b"]; some z in [x, "c"] }',
    wanted: '{"a":{"y":{"a":1,"c":1}},"b":{"y":{"b":1,"c":1}}}',
  },
  {
    name: 'sets in an object',
    rules: 'p[x] contains y if { some x in ["a"]; some y in [2, 1] }',
    wanted: '{"a":[1,2]}',
  },
  { name: 'the same value twice', rules: 'p := 1\np := 1 if true', wanted: '1' },
]);

check('conflicts', [
  {
    name: 'two values',
    rules: 'p := 1\np := 2 if true',
    wanted:
      'test.rego:3: eval_conflict_error: rule data.test.p produced conflicting values:\n  1 at test.rego:2\n  2 at test.rego:3',
  },
  {
    name: 'two values of one body',
    rules: 'p := x if some x in [1, 2]',
    wanted:
      'test.rego:2: eval_conflict_error: rule data.test.p produced conflicting values:\n  1 at test.rego:2\n  2 at test.rego:2',
  },
  {
    name: 'a key with two values',
    rules: 'p[k] := x if { k := "a"; some x in [1, 2] }',
    wanted: 'test.rego:2: eval_conflict_error: object keys must be unique',
  },
  {
    name: 'a value below another',
    rules: 'p[x] := {"b": 1} if x := "a"\np[x].b := 2 if x := "a"',
    wanted: 'test.rego:3: eval_conflict_error: object keys must be unique',
  },
  {
    name: 'a conflict of another key does not count',
    rules: 'q[k] := v if { some k, v in {"a": 1, "b": 2} }\nq[k] := 3 if k := "b"\np := q.a',
    wanted: '1',
  },
  {
    name: 'a function',
    rules: 'f(x) := 1\nf(x) := 2 if x\np := f(3)',
    wanted:
      'test.rego:3: eval_conflict_error: function data.test.f produced conflicting values for the same inputs:\n  1 at test.rego:2\n  2 at test.rego:3',
  },
]);

check('expressions', [
  { name: 'patterns', rules: 'p := [a, b] if [a, {"k": b}] = [1, {"k": 2}]', wanted: '[1,2]' },
  { name: 'patterns of both sides', rules: 'p := [a, b] if { a = 1; [a, 2] = [1, b] }', wanted: '[1,2]' },
  {
    name: 'an object with one more key',
    rules: 'p := b if { {"k": b} = input }',
    input: '{"k": 2, "l": 3}',
    wanted: undefined,
  },
  { name: 'not', rules: 'p if not input.x', input: '{}', wanted: 'true' },
  { name: 'every', rules: 'p if every x in [1, 2] { x > 0 }', wanted: 'true' },
  { name: 'every that fails', rules: 'p if every i, x in [1, 2] { x > i; x < 2 }', wanted: undefined },
  { name: 'every over nothing to go over', rules: 'p if every x in 1 { x > 0 }', wanted: undefined },
  {
    name: 'an array comprehension in order',
    rules: 'p := [k | some k, _ in {"b": 1, "a": 1, "10": 1, "9": 1}]',
    wanted: '["10","9","a","b"]',
  },
  {
    name: 'with input',
    rules: 'q := input.a\np := [q, x] if { x := q with input as {"a": 2} }',
    input: '{"a": 1}',
    wanted: '[1,2]',
  },
  {
    name: 'with data below',
    rules: 'p := x if { x := data.d with data.d.b as 3 }',
    data: '{"d": {"a": 1, "b": 2}}',
    wanted: '{"a":1,"b":3}',
  },
  {
    name: 'with a function',
    rules: 'f(x) := 1\ng(x) := x\np := x if { x := f(5) with f as g }',
    wanted: '5',
  },
  { name: 'with a built-in', rules: 'p := x if { x := count([]) with count as 7 }', wanted: '7' },
  {
    name: 'an error of a built-in is undefined',
    rules: 'p := x if { x := 1 / 0 }',
    wanted: 'test.rego:2: eval_builtin_error: div: divide by zero',
  },
]);

check('documents', [
  {
    name: 'base and rules in one',
    rules: 'p := data.test.q\nq.a := 1',
    data: '{"test": {"q": {"b": 2}}}',
    wanted: '{"a":1,"b":2}',
  },
  {
    name: 'a key known at run time',
    rules: 'q.a := 1\nq.b := 2\np := [x | some k in ["b", "a"]; x := data.test.q[k]]',
    wanted: '[2,1]',
  },
  {
    name: 'all keys',
    rules: 'q.a := 1\nq.b := 2\np := [[k, x] | x := data.test.q[k]]',
    data: '{"test": {"q": {"c": 3}}}',
    wanted: '[["c",3],["a",1],["b",2]]',
  },
]);

const hostile = [
  '__proto__',
  'constructor',
  'toString',
  '"];process.exit()//',
  '\u2028',
  '${1}',
  '`',
  'a\\',
  'length',
  '0',
];

describe('names that JavaScript knows', () => {
  it.each(hostile)('%j', (name) => {
    const key = JSON.stringify(name);
    const rules = `p := [input[${key}], o[${key}], q, r] if { o := {${key}: 1}; q := {x | x := {${key}, "z"}[${key}]}; r := {k: 1 | some k, _ in o} }`;
    const input = `{${key}: 5}`;
    expect(evaluate({ name, rules, input, wanted: '' })).toBe(
      `[5,1,[${stringifyJson(name)}],{${stringifyJson(name)}:1}]`,
    );
    expect(evaluate({ name, rules, input: '{}', wanted: '' })).toBe(undefined);
  });
});

describe('limits', () => {
  it('end an evaluation that goes on and on', () => {
    const rules =
      'p if { some i in input.x; some j in input.x; some k in input.x; some l in input.x; i + j + k + l == -1 }';
    const policy = compile({ 'test.rego': `package test\n${rules}` }, { limits: { maxSteps: 1_000_000 } });
    const { result, errors } = policy.evaluate('data.test.p', {
      x: Array.from({ length: 1000 }, (_, i) => i),
    });
    expect(result).toBe(undefined);
    expect(errors[0]?.message).toBe('evaluation passes the limit maxSteps of 1000000');
    expect(errors[0]?.code).toBe('eval_limit_error');
  });
});

describe('data', () => {
  it('is changed without compiling anew, and indexes follow', () => {
    const rules = 'p contains r.id if { some r in data.rows; r.key == input.key }';
    const rows: RegoValue[] = Array.from({ length: 50 }, (_, id) => ({ id, key: id % 5 }));
    const policy = compile({ 'test.rego': `package test\n${rules}` }, { data: { rows } });
    const answer = () => policy.evaluate('data.test.p', { key: 3 }).result;
    const wanted = [3, 8, 13, 18, 23, 28, 33, 38, 43, 48];
    for (let round = 0; round < 3; round++) expect(answer()).toEqual(wanted);
    policy.setData(['rows'], rows.slice(0, 10));
    for (let round = 0; round < 3; round++) expect(answer()).toEqual([3, 8]);
    policy.removeData(['rows']);
    expect(answer()).toEqual([]);
  });
});
