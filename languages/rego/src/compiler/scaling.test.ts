import { expect, test } from 'vitest';
import { parseModule } from '../syntax/parse.ts';
import { compileModules } from './compile.ts';

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

/** Modules whose cost is their length; where it grew with its square, they took many times as long. */
const modules: readonly (readonly [what: string, text: string])[] = [
  ['assignments', `p if {\nx0 := input.x\n${lines(2000, (i) => `x${i + 1} := x${i} + 1`)}\n}`],
  ['assignments the wrong way round', `p if {\n${lines(1000, (i) => `y${i} = y${i + 1} + 1`)}\ny1000 = 1\n}`],
  ['references with variables', `p if {\n${lines(2000, (i) => `data.b[input.k][x${i}]`)}\n}`],
  ['comprehensions', `p if {\n${lines(1000, (i) => `c${i} := [y | some y in input.a; y == ${i}]`)}\n}`],
  ['a chain of rules', `p0 := 1\n${lines(8000, (i) => `p${i + 1} := p${i}`)}`],
];

test.each(modules)('%s', (_what, text) => {
  const module = parseModule('a.rego', `package a\n${text}`);
  const start = performance.now();
  compileModules(new Map([['a.rego', module]]));
  expect(performance.now() - start).toBeLessThan(12_000);
});
