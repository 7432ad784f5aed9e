import { describe, expect, test } from 'vitest';
import { RegoError } from '../errors.ts';
import { parseModule } from '../syntax/parse.ts';
import { dependenciesOf } from './dependencies.ts';

const policy = `package p
import data.roles
default allow := false
allow if { some r in roles; r.name == input.user.name; x := data.conf; x.y[r.z] == f(input.q) }
else := 2 if input.w
f(x) := data.k[x] if data.cfg.on
s contains y if { y := data.arr[_].v; not input.no[y] }
g if count([z | z := data.rows[_]; z.ok == input.oks[z.u]]) > 0
g if every e in input.list { e.u == data.users[e] }
loop if { x = data.start; x = x.next }
`;
const modules = new Map([['p.rego', parseModule('p.rego', policy)]]);

// What opa 1.22.2 deps tells.
describe('dependencies of a query', () => {
  test.each<[query: string, base: string, virtual: string]>([
    ['1 == 1', '', ''],
    ['input', 'input', ''],
    [
      'data.p.allow',
      'data.cfg.on data.conf.y data.k data.roles input.q input.user.name input.w',
      'data.p.allow data.p.f',
    ],
    ['data.p.f(1)', 'data.cfg.on data.k', 'data.p.f'],
    ['data.p.s[x]', 'data.arr input.no', 'data.p.s'],
    ['x := data.p.s; input.foo[x]', 'data.arr input.foo input.no', 'data.p.s'],
    ['x = data.a; y = x[input.z]; y > 1', 'data.a input.z', ''],
    ['not data.p.g', 'data.rows data.users input.list input.oks', 'data.p.g'],
    ['data.p.nothing', 'data.p.nothing', ''],
  ])('%s', (query, base, virtual) => {
    const found = dependenciesOf(modules, query);
    expect([found.base.join(' '), found.virtual.join(' ')]).toEqual([base, virtual]);
  });

  test('a variable that stands for a part of itself ends the search all the same', () => {
    expect(dependenciesOf(modules, 'data.p.loop').base).toEqual(['data.start']);
  });

  test('a variable that stands for very many references is refused', () => {
    const steps = Array.from({ length: 40 }, (_, at) => `x${at + 1} = x${at}.a; x${at + 1} = x${at}.b`);
    expect(() => dependenciesOf(new Map(), `x0 = data.r; ${steps.join('; ')}; x40 > 1`)).toThrow(RegoError);
  });

  test('modules that nest too deep are refused', () => {
    const text = `package ${'a.'.repeat(20_000)}a\np := 1`;
    const deep = new Map([['deep.rego', parseModule('deep.rego', text)]]);
    expect(() => dependenciesOf(deep, 'data')).toThrow(/nested deeper than the call stack allows/);
  });
});
