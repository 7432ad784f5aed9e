import { describe, expect, test } from 'vitest';
import { compile } from '../policy.ts';
import { stringifyJson } from '../values/index.ts';

const policy = compile(
  { 'p.rego': 'package app\nnames contains n if some n in data.roles\nf(x) := x + 1' },
  { data: { roles: ['x', 'y'] } },
);

describe('values of a query’s expressions', () => {
  test.each<[query: string, values: string[]]>([
    ['1 == 2', ['[false]']],
    ['1 == 2; true', []],
    ['true; 1 < 2', ['[true,true]']],
    ['data.roles[i]', ['["x"]', '["y"]']],
    ['data.app.f(2)', ['[3]']],
    ['data.app.names', ['[["x","y"]]']],
    ['x := 1; some i; data.roles[i]', ['[true,"x"]', '[true,"y"]']],
    ['not false', ['[true]']],
    ['[false, true][_]', ['[true]']],
    ['some x in [1, 2]', ['[true]', '[true]']],
    ['data.nothing', []],
  ])('%s', (query, expected) => {
    const { values } = policy.query(query, { values: true }).run();
    expect(values.map((row) => stringifyJson(row))).toEqual(expected);
  });

  test('words and places are those of the text, and what is made for them is no binding', () => {
    const query = policy.query('x := 1; some i; data.roles[i]', { values: true });
    expect(query.expressions.map(({ text, row, col }) => [text, row, col])).toEqual([
      ['x := 1', 1, 1],
      ['data.roles[i]', 1, 17],
    ]);
    expect(query.run().rows.map((row) => [...row.keys()].sort())).toEqual([
      ['i', 'x'],
      ['i', 'x'],
    ]);
  });

  test('a query sees a package and imports', () => {
    expect(policy.query('f(3)', { values: true, package: 'app' }).run().values).toEqual([[4]]);
    expect(policy.query('r[0]', { values: true, imports: ['data.roles as r'] }).run().values).toEqual([
      ['x'],
    ]);
  });
});
