import { expect, test } from 'vitest';
import { parseBody, parseModule } from '../syntax/parse.ts';
import { printBody, printRule } from '../syntax/print.ts';
import { compileModules } from './compile.ts';
import { compileQuery } from './query.ts';
import { errorsOf, modulesOf } from './testing/errors.ts';

function rewritten(text: string): string[] {
  const module = compileModules(modulesOf([text])).modules.get('m0.rego');
  return (module?.rules ?? []).map((rule) => printRule(rule));
}

/** A rule and what is evaluated for it. */
const rules: readonly [what: string, rule: string, evaluated: string][] = [
  ['names of rules', 'p := q.r\nq := {"r": 1}', 'p := __local0__ if { __local0__ = data.a.q.r }'],
  ['imports', 'import data.x as y\np := y.z', 'p := __local0__ if { __local0__ = data.x.z }'],
  [
    'calls in terms',
    'p := f(g(1))\nf(x) := x\ng(x) := x',
    'p := __local3__ if { data.a.g(1, __local2__); data.a.f(__local2__, __local3__) }',
  ],
  [
    'some in',
    'p if { some x in input.xs; x > 1 }',
    'p = true if { __local2__ = input.xs[__local1__]; gt(__local2__, 1) }',
  ],
  ['order', 'p if { x > 1; x = input.x }', 'p = true if { x = input.x; gt(x, 1) }'],
  ['equality', 'p if { input.x == 1 }', 'p = true if { input.x = 1 }'],
  [
    'references as operands',
    'p if { count(input.x) > 1 }',
    'p = true if { __local1__ = input.x; count(__local1__, __local0__); gt(__local0__, 1) }',
  ],
  [
    'comprehensions',
    'p := [x.y | some x in input]',
    'p := __local4__ if { __local4__ = [__local3__ | __local2__ = input[__local1__]; __local3__ = __local2__.y] }',
  ],
  [
    'heads',
    'p[input.x] := y if { y := input.y }',
    'p[__local0__] := __local1__ if { __local1__ = input.y; __local0__ = input.x }',
  ],
  [
    'values of with',
    'p if { q with input as data.x }\nq := 1',
    'p = true if { __local0__ = data.x; data.a.q with input as __local0__ }',
  ],
  [
    'template strings',
    'p := $"{input.x}"',
    'p := __local1__ if { __local2__ = {__local0__ | __local0__ = input.x}; internal.template_string([__local2__], __local1__) }',
  ],
  ['print', 'p if { print(1); input.x }', 'p = true if { input.x }'],
  [
    'every',
    'p if { every x in input { x > 1 } }',
    'p = true if { __local2__ = input; every __local0__, __local1__ in __local2__ { gt(__local1__, 1) } }',
  ],
];

test.each(rules)('%s', (_, rule, evaluated) => {
  expect(rewritten(rule)[0]).toBe(evaluated);
});

test('the modules that are given do not change', () => {
  const module = parseModule('m.rego', 'package a\np := [x | some x in input.xs; f(x) == 1]\nf(x) := x');
  const before = module.rules.map((rule) => printRule(rule));
  compileModules(new Map([['m.rego', module]]));
  expect(module.rules.map((rule) => printRule(rule))).toEqual(before);
});

test('names of local variables lead back to those of the text', () => {
  const { originalNames } = compileModules(modulesOf(['f(x) := y if { y := x }']));
  expect([...originalNames]).toEqual([
    ['__local0__', 'x'],
    ['__local1__', 'y'],
  ]);
});

test('the rule tree holds rules at the ground part of their paths', () => {
  const { ruleTree } = compileModules(modulesOf(['p.q[x].r := 1 if { x := input }\np.q.s := 2']));
  const below = ruleTree.children.get('"data')?.children.get('"a')?.children.get('"p')?.children.get('"q');
  expect(below?.rules.map(({ path }) => path.length)).toEqual([6]);
  expect([...(below?.children.keys() ?? [])]).toEqual(['"s']);
});

test('comprehensions that can be kept by outer values', () => {
  const text = 'p contains y if { x := input.xs[_]; y := [z | data.m[z] = x] }';
  const { comprehensionIndexes } = compileModules(modulesOf([text]));
  const keys = [...comprehensionIndexes.values()].map((index) =>
    index.keys.map((key) => key.type === 'var' && key.name),
  );
  expect(keys).toEqual([['__local0__']]);
});

const queries: readonly [query: string, evaluated: string][] = [
  ['data.a.p = x', 'data.a.p = x'],
  ['x := 1; x == 1', '__localq0__ = 1; equal(__localq0__, 1)'],
  ['count(data.a.p) > 1', '__localq1__ = data.a.p; count(__localq1__, __localq0__); gt(__localq0__, 1)'],
];

test.each(queries)('query %s', (query, evaluated) => {
  const modules = compileModules(modulesOf(['p := [1]']));
  expect(printBody(compileQuery(modules, parseBody(query)).body)).toBe(evaluated);
});

test('a query of a package names its rules', () => {
  const modules = compileModules(modulesOf(['p := 1']));
  const home = modules.modules.get('m0.rego')?.package;
  const options = home === undefined ? {} : { package: home };
  expect(printBody(compileQuery(modules, parseBody('p'), options).body)).toBe('data.a.p');
});

test('no more errors than wanted, with a mark that there are more', () => {
  const text = Array.from({ length: 20 }, (_, index) => `p${index} := x${index}`).join('\n');
  expect(errorsOf([text])).toHaveLength(11);
  expect(errorsOf([text]).at(-1)).toBe('0:0 rego_compile_error: error limit reached');
  expect(errorsOf([text], { errorLimit: 0 })).toHaveLength(20);
});

const strict: readonly [text: string, error: string][] = [
  ['import data.x\np := 1', '2:1 rego_compile_error: import data.x unused'],
  ['p if { x := 1 }', '2:8 rego_compile_error: assigned var x unused'],
  ['f(x) := 1', '2:1 rego_compile_error: unused argument x. (hint: use _ (wildcard variable) instead)'],
];

test.each(strict)('strict: %j', (text, error) => {
  expect(errorsOf([text])).toEqual([]);
  expect(errorsOf([text], { strict: true })).toEqual([error]);
});

test('built-ins that are forbidden', () => {
  const unsafeBuiltins = new Set(['http.send']);
  expect(errorsOf(['p := http.send({})'], { unsafeBuiltins })).toEqual([
    '2:6 rego_type_error: unsafe built-in function calls in expression: http.send',
  ]);
});
