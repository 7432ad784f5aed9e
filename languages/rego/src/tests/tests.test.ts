import { describe, expect, test } from 'vitest';
import { Policy } from '../policy.ts';
import { parseModule } from '../syntax/parse.ts';
import { CaseListener, findTests, runTest, type TestOutcome } from './index.ts';

function outcomes(text: string): [name: string, outcome: unknown][] {
  const { modules, tests } = findTests(new Map([['a_test.rego', parseModule('a_test.rego', text)]]));
  const listener = new CaseListener();
  const policy = new Policy(modules, { builtins: listener.builtins, data: { two: 2 } });
  return tests.map((each) => {
    if (each.skipped) return [each.name, 'skipped'];
    const { cases, failed, error } = runTest(policy, each, listener, {});
    if (error !== undefined) return [each.name, error.code];
    return [each.name, cases.length === 0 ? !failed : holdsOf(cases)];
  });
}

function holdsOf(cases: readonly TestOutcome[]): unknown {
  return Object.fromEntries(
    cases.map(({ name, failed, cases: below }) => [name, below.length === 0 ? !failed : holdsOf(below)]),
  );
}

describe('tests of policies', () => {
  test.each<[text: string, expected: [string, unknown][]]>([
    ['test_a if data.two == 2', [['test_a', true]]],
    ['test_a if data.two == 3', [['test_a', false]]],
    ['test_a := false', [['test_a', false]]],
    ['test_a := "text"', [['test_a', false]]],
    ['test_a if data.two == 2 with data.two as 3', [['test_a', false]]],
    ['todo_test_a if false', [['todo_test_a', 'skipped']]],
    ['other if true', []],
    ['a.test_b if true', [['a.test_b', true]]],
    ['p := 1 if true\np := 2 if true\ntest_a if p == 1', [['test_a', 'eval_conflict_error']]],
    [
      'test_a if true\ntest_a if false',
      [
        ['test_a', true],
        ['test_a#01', false],
      ],
    ],
    [
      'test_a[name] if {\n some name, n in {"one": 1, "two": 2}\n n == data.two\n}',
      [['test_a', { one: false, two: true }]],
    ],
    [
      'test_a[c.note] if {\n some c in [{"note": "x", "n": 2}, {"note": "y", "n": 3}]\n n := c.n + 0\n n == data.two\n}',
      [['test_a', { x: true, y: false }]],
    ],
    [
      'test_a[p][q] if {\n some p in ["x", "y"]\n some q in ["1", "2"]\n concat("", [p, q]) != "y2"\n}',
      [['test_a', { x: { 1: true, 2: true }, y: { 1: true, 2: false } }]],
    ],
  ])('%s', (text, expected) => {
    expect(outcomes(`package a_test\n${text}\n`)).toEqual(expected);
  });
});
