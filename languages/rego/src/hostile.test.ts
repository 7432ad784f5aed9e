import { describe, expect, it, vi } from 'vitest';
import {
  compile,
  type EvaluationLimits,
  fromJson,
  RegoError,
  type RegoValue,
  stringifyJson,
} from './index.ts';

/** The answer as JSON, or the code and words of the error. */
function answer(rules: string, input?: RegoValue, limits: Partial<EvaluationLimits> = {}): string {
  try {
    const policy = compile({ 'm.rego': `package m\n${rules}` }, { limits });
    const { result, errors } = policy.evaluate('data.m.p', input);
    if (result !== undefined) return stringifyJson(result);
    return errors.map(({ code, message }) => `${code}: ${message}`).join('\n') || 'undefined';
  } catch (error) {
    if (error instanceof RegoError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

function lines(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join('\n');
}

const big =
  'some a in numbers.range(1, 1000); some b in numbers.range(1, 1000); some c in numbers.range(1, 1000)';

describe('limits: passing one is an error that names it', () => {
  it.each<{ name: string; rules: string; wanted: RegExp; limits?: Partial<EvaluationLimits> }>([
    {
      name: 'a loop over 10^9 items, by steps',
      rules: `p := count([1 | ${big}; a + b + c == 0])`,
      limits: { maxSteps: 200_000 },
      wanted: /^eval_limit_error: evaluation passes the limit maxSteps of 200000$/,
    },
    {
      name: 'a loop over 10^9 items, by time',
      rules: `p := count([1 | ${big}; a + b + c == 0])`,
      limits: { maxMilliseconds: 50 },
      wanted: /^eval_limit_error: evaluation passes the limit maxMilliseconds of 50$/,
    },
    {
      name: 'a list of 10^9 items',
      rules: `p := [1 | ${big}]`,
      limits: { maxItems: 100_000 },
      wanted: /^eval_limit_error: evaluation passes the limit maxItems of 100000$/,
    },
    {
      name: 'a set of 10^9 items',
      rules: `p contains [a, b, c] if { ${big} }`,
      limits: { maxItems: 100_000 },
      wanted: /^eval_limit_error: evaluation passes the limit maxItems of 100000$/,
    },
    {
      name: 'a range of 10^12 numbers',
      rules: 'p := numbers.range(0, 1e12)',
      wanted: /^eval_limit_error: .*maxCollectionSize/,
    },
    {
      name: 'a list that doubles 30 times',
      rules: `p := count(a30)\na0 := [1, 2]\n${lines(30, (i) => `a${i + 1} := array.concat(a${i}, a${i})`)}`,
      limits: { maxCollectionSize: 100_000 },
      wanted: /^eval_limit_error: .*maxCollectionSize/,
    },
    {
      name: 'a text that grows fourfold 20 times',
      rules: `p := a20\na0 := "xx"\n${lines(20, (i) => `a${i + 1} := concat("", [a${i}, a${i}, a${i}, a${i}])`)}`,
      limits: { maxStringLength: 100_000 },
      wanted: /^eval_limit_error: .*maxStringLength/,
    },
    {
      name: 'an integer of 10^11 bits',
      rules: 'p := bits.lsh(1, 100000000000)',
      wanted: /^eval_limit_error: .*maxIntegerBits/,
    },
    {
      name: 'an integer that is squared again and again',
      rules: `p := a9\na0 := ${'9'.repeat(2_000)}\n${lines(9, (i) => `a${i + 1} := a${i} * a${i}`)}`,
      wanted: /^eval_limit_error: number passes the limit/,
    },
    {
      name: 'generated code',
      rules: `p if { ${lines(200, (i) => `input.a${i}`)} }`,
      limits: { maxCodeLength: 2_000 },
      wanted: /^eval_limit_error: evaluation passes the limit maxCodeLength of 2000$/,
    },
    {
      name: 'loops nested 600 deep',
      rules: `p if { ${lines(600, (i) => `some x${i} in [1]`)} }`,
      wanted: /^(?:true|eval_limit_error: .*call stack)/,
    },
  ])('$name', ({ rules, limits, wanted }) => {
    expect(answer(rules, undefined, limits)).toMatch(wanted);
  });
});

describe('large and odd input is answered', () => {
  it.each<{ name: string; rules: string; input?: RegoValue; wanted: RegExp | string }>([
    {
      name: 'a regex that would backtrack',
      rules: 'p := regex.match("^(x+x+)+y$", input)',
      input: 'x'.repeat(20_000),
      wanted: 'false',
    },
    {
      name: 'a glob that would backtrack',
      rules: `p := glob.match("${'*a'.repeat(40)}c", [], input)`,
      input: 'a'.repeat(200),
      wanted: 'false',
    },
    {
      name: 'numbers of 10,000 digits',
      rules: `p if ${'9'.repeat(10_000)} + 1 == 1${'0'.repeat(10_000)}`,
      wanted: 'true',
    },
    {
      name: 'lone surrogates',
      rules: 'p := [count(input), count(split(input, "")), input == input]',
      input: '\ud800x\udc00',
      wanted: '[3,3,true]',
    },
    {
      name: '10,000 definitions',
      rules: lines(10_000, (i) => `p contains ${i} if input.x == ${i}`),
      input: { x: 5 },
      wanted: '[5]',
    },
    { name: '10,000 rules', rules: `p := r9999\n${lines(10_000, (i) => `r${i} := ${i}`)}`, wanted: '9999' },
    {
      name: '1,000 with modifiers',
      rules: `p := x if x := input.a999 ${lines(1_000, (i) => `with input.a${i} as ${i}`).replaceAll('\n', ' ')}`,
      wanted: '999',
    },
    {
      name: 'a body of 5,000 expressions',
      rules: `p if {\n${lines(5_000, (i) => `input.a${i}`)}\n}`,
      input: Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`a${i}`, 1])),
      wanted: 'true',
    },
    {
      name: 'a chain of 1,000 rules',
      rules: `p := r0\n${lines(1_000, (i) => `r${i} := r${i + 1}`)}\nr1000 := 7`,
      wanted: /^(?:7|eval_limit_error: .*call stack.*)$/,
    },
    {
      name: 'YAML nested 10,000 deep',
      rules: 'p := yaml.unmarshal(input)',
      input: '['.repeat(10_000),
      wanted: /_error: yaml/,
    },
    {
      name: 'JSON nested 20,000 deep',
      rules: 'p := json.unmarshal(input)',
      input: '['.repeat(20_000),
      wanted: /_error: json/,
    },
    {
      name: 'input nested 10,000 deep',
      rules: 'p := input == [input[0]]',
      input: nested(10_000),
      wanted: 'true',
    },
    {
      name: 'a result nested 50,000 deep',
      rules: 'p := input',
      input: nested(50_000),
      wanted: /^eval_limit_error: .*call stack/,
    },
    {
      name: 'a text of 20,000,000 characters',
      rules: 'p := count(split(input, ","))',
      input: 'ab,'.repeat(7_000_000),
      wanted: '7000001',
    },
  ])('$name', ({ rules, input, wanted }) => {
    expect(answer(rules, input)).toMatch(
      wanted instanceof RegExp ? wanted : new RegExp(`^${literally(wanted)}$`),
    );
  });

  it.each(['[', '{"a":', '(', 'abs(', '{', '[x | x := '])('a module with %s 10,000 times', (open) => {
    expect(answer(`p := ${open.repeat(10_000)}1`)).toMatch(
      /^rego_parse_error: .*max parsing recursion depth exceeded/s,
    );
  });
});

function literally(text: string): string {
  return text.replaceAll(/[[\]]/g, '\\$&');
}

function nested(depth: number): RegoValue {
  let value: RegoValue = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

const names = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  'valueOf',
  'then',
  '"];process.exit()//',
  "'];process.exit()//",
  '`${process.exit()}`',
  '*/process.exit();/*',
  '\\";process.exit();//',
  '\u2028process.exit()//',
  '\u2029',
  '\n}process.exit();{',
  '</script>',
  's',
  'r.fuel',
  'k0',
];

describe('names are never code', () => {
  it.each(names)('%j as a package, a rule, a key, an item, a text and a part of the input', (name) => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => {
      throw new Error('code of a policy ran');
    });
    const before = Object.getOwnPropertyNames(Object.prototype).join();
    const key = JSON.stringify(name);
    const text = [
      `package a[${key}]`,
      `p[${key}] := {${key}: [input[${key}], input.in[${key}]]}`,
      `q contains ${key}`,
      `f(x) := {x: ${key}}`,
      `r := [data.a[${key}].p[${key}][${key}], q[${key}], f(${key}), data.base[${key}]]`,
      `s := x if x := input[${key}] with input[${key}] as ${key}`,
      `t[x] := y if some x, y in {${key}: ${key}}`,
      `u := {k | some k, _ in input.in}`,
      `v := object.union({${key}: 1}, {${key}: {${key}: 2}})`,
      `w := [x | x := t[k]; k == ${key}]`,
    ].join('\n');
    const own = Object.defineProperty({}, name, { value: name, enumerable: true });
    const input = fromJson(`{${key}: 1, "in": {${key}: 2}}`);
    const data = fromJson(`{"base": {${key}: 3}}`);
    const expected = {
      r: [[1, 2], name, { ...own }, 3],
      s: name,
      u: [name],
      w: [name],
    };
    for (const listeners of [[], [{ event: () => undefined }]]) {
      const policy = compile({ 'm.rego': text }, { data });
      for (const [rule, wanted] of Object.entries(expected)) {
        const { result, errors } = policy.evaluate(`data.a[${key}].${rule}`, input, { listeners });
        expect(errors).toEqual([]);
        expect(result).toEqual(wanted);
      }
      const { result, errors } = policy.evaluate(`data.a[${key}]`, input, { listeners });
      expect(errors).toEqual([]);
      expect(fromJson(stringifyJson(result ?? null))).toMatchObject({ q: [name] });
    }
    expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before);
    expect(exit).not.toHaveBeenCalled();
    exit.mockRestore();
  });

  it('inherited names are no members', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'length'])
      expect(answer(`p := object.get(input, "${name}", "none") if not input["${name}"]`, {})).toBe('"none"');
  });
});
