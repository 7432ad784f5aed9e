import { expect, test } from 'vitest';
import { RegoSyntaxError } from '../syntax/diagnostic.ts';
import { parseBody, parseModule } from '../syntax/parse.ts';
import { compileModules } from './compile.ts';
import { compileQuery } from './query.ts';
import { errorsOf, modulesOf } from './testing/errors.ts';
import { mutateMeaning, randomOf, seedRules } from './testing/mutate.ts';

test('2,000 mutated modules: each is compiled or refused', () => {
  const random = randomOf(20261123);
  const seen = { compiled: 0, refused: 0 };
  for (let round = 0; round < 2_000; round += 1) {
    const text = mutateMeaning(seedRules[round % seedRules.length] ?? '', random);
    try {
      const module = parseModule('m.rego', text);
      compileModules(new Map([['m.rego', module]]), { strict: round % 5 === 0, print: true });
      seen.compiled += 1;
    } catch (error) {
      if (!(error instanceof RegoSyntaxError)) throw new Error(`crash on ${text}`, { cause: error });
      expect(error.diagnostics.length).toBeGreaterThan(0);
      if (error.diagnostics.every(({ code }) => code !== 'rego_parse_error')) seen.refused += 1;
    }
  }
  expect(seen.compiled).toBeGreaterThan(40);
  expect(seen.refused).toBeGreaterThan(100);
});

const names = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '"];process.exit()//',
  '\u2028',
  '__local0__',
];

test.each(names)('a package, a rule and a key named %j', (name) => {
  const key = JSON.stringify(name);
  const text = `package a[${key}]\np[${key}] := {${key}: 1}\nq := data.a[${key}].p[${key}][${key}]`;
  const compiled = compileModules(modulesOf([text]));
  const [rule] = compiled.modules.get('m0.rego')?.rules ?? [];
  expect(rule?.head.reference.at(-1)).toMatchObject({ type: 'string', value: name });
  expect(compileQuery(compiled, parseBody(`data.a[${key}].q = x`)).body).toHaveLength(1);
});

const deep: readonly [what: string, text: (depth: number) => string][] = [
  ['arrays', (depth) => `p := ${'['.repeat(depth)}1${']'.repeat(depth)}`],
  ['calls', (depth) => `p := ${'abs('.repeat(depth)}1${')'.repeat(depth)}`],
  ['comprehensions', (depth) => `p := ${'[x | x := '.repeat(depth)}1${']'.repeat(depth)}`],
  ['every', (depth) => `p if { ${'every x in input { x > 1; '.repeat(depth)}x == 1${' }'.repeat(depth)} }`],
  ['not', (depth) => `import rego.v2\np if { ${'not { '.repeat(depth)}input.x${' }'.repeat(depth)} }`],
  [
    'or',
    (depth) => `import rego.v2\np if { ${'{ input.y } or { '.repeat(depth)}input.x${' }'.repeat(depth)} }`,
  ],
  ['else', (depth) => `p := 1 if { input.x }${' else := 1 if { input.x }'.repeat(depth)}`],
  [
    'rules in a row',
    (depth) => Array.from({ length: depth }, (_, index) => `p${index} := p${index + 1}`).join('\n'),
  ],
];

test.each(deep)('nested %s take no more than a second', (_, text) => {
  const begin = performance.now();
  errorsOf([text(60)]);
  expect(performance.now() - begin).toBeLessThan(1_000);
});
