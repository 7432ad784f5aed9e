import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCel } from '../compile.ts';
import { createEnvironment } from '../environment.ts';
import { CelError } from '../error.ts';
import { parseCel } from './parser.ts';

const seeds = [
  'has(a.b) && a.?b[?"c"].orValue([1, 2u, 3.5e1]) == {"k": b"\\x00", ?"l": r\'raw\'}',
  'x.map(i, v, i > 0x1F ? -v : !v).exists_one(y, y in [""" \\u00e9 """])',
  'cel.bind(t, timestamp("2020-01-01T00:00:00Z"), t + duration("1h")) // note',
];
const pieces = [
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '.',
  '?',
  ':',
  '"',
  "'''",
  '\\',
  'has(',
  '0x',
  '1e',
  '-',
  '!',
  'u',
  '`',
  '&&',
  '\n',
];

function onlyCelError(source: string): void {
  try {
    parseCel(source);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
  }
}

describe('parser', () => {
  it('answers any text with a tree or a CelError', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), onlyCelError), {
      seed: 7,
      numRuns: 500,
    });
  });

  it('answers mutated expressions with a tree or a CelError', () => {
    const mutation = fc.tuple(fc.constantFrom(...seeds), fc.nat(100), fc.nat(8), fc.constantFrom(...pieces));
    const mutate = ([text, at, cut, piece]: [string, number, number, string]) =>
      onlyCelError(text.slice(0, at) + piece + text.slice(at + cut));
    fc.assert(fc.property(mutation, mutate), { seed: 7, numRuns: 1000 });
  });

  it.each([
    ['brackets', `${'('.repeat(5000)}1${')'.repeat(5000)}`],
    ['lists', '['.repeat(5000)],
    ['sums', Array(5000).fill('1').join('+')],
    ['selections', `a${'.b'.repeat(5000)}`],
    ['signs', `${'!'.repeat(5000)}true`],
    ['conditionals', `${'1 ? 2 : '.repeat(5000)}3`],
    ['length', `"${'a'.repeat(200_000)}"`],
  ])('bounds %s', (_, source) => {
    expect(() => parseCel(source)).toThrow(expect.objectContaining({ code: 'CEL_LIMIT' }));
  });

  it('checks and compiles the deepest tree it lets through', () => {
    const environment = createEnvironment({ variables: {} });
    const source = Array(900).fill('1').join('+');
    expect(compileCel(source, environment).evaluate({})).toBe(900);
  });
});
