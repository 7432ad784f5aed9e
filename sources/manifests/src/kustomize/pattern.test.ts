import { SourceText } from '@keelson/core';
import { parseYaml } from '@keelson/yaml';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ManifestError } from '../errors.ts';
import { anchoredPattern, searchPattern } from './pattern.ts';
import { type Place, rootPlace } from './place.ts';

const at = placeOf('name: web');

function placeOf(text: string): Place {
  const source = new SourceText('kustomization.yaml', text);
  const [document] = parseYaml(source).documents;
  if (document === undefined) throw new Error('no document');
  return rootPlace({ source, document });
}

it.each([
  ['web', 'web', true],
  ['web', 'web-1', false],
  ['web.*', 'web-1', true],
  ['a|bc', 'bc', true],
  ['(a|b)+c?', 'abab', true],
  ['[a-c]{2,3}', 'abcd', false],
  ['[^a]', 'b', true],
  ['x{0}y', 'y', true],
  ['\\d+\\.\\w', '12.a', true],
  ['a\\.b', 'axb', false],
  ['(?i)WEB', 'web', true],
  ['[\\w.]+', 'a.b', true],
  ['[[:alpha:]]+', 'web', true],
  ['\\bweb\\b', 'web', true],
])('%s on %s', (pattern, text, expected) => {
  expect(anchoredPattern(pattern, at)(text)).toBe(expected);
});

it('says as much as RegExp does', () => {
  const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(?:ab)', '\\w');
  const piece = fc
    .tuple(atom, fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}', '{0,}'))
    .map((parts) => parts.join(''));
  const pattern = fc.array(
    fc.array(piece, { maxLength: 4 }).map((parts) => parts.join('')),
    { minLength: 1, maxLength: 2 },
  );
  fc.assert(
    fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 }), (parts, text) => {
      const source = parts.join('|');
      expect(searchPattern(`^(${source})$`, at)(text)).toBe(new RegExp(`^(${source})$`).test(text));
      expect(searchPattern(`(${source})c`, at)(text)).toBe(new RegExp(`(${source})c`).test(text));
    }),
    { seed: 7, numRuns: 2_000 },
  );
});

it('takes time linear in the text', () => {
  const test = anchoredPattern('(a*)*b', at);
  const started = performance.now();
  expect(test('a'.repeat(20_000))).toBe(false);
  expect(performance.now() - started).toBeLessThan(2_000);
});

it.each(['(', ')', '[', 'a**b(', '*a', '\\p{Lx}', '(a{999}){999}', '('.repeat(1_000)])(
  'refuses %s',
  (pattern) => {
    expect(() => anchoredPattern(pattern, at)).toThrow(ManifestError);
  },
);
