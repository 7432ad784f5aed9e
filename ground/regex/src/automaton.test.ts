import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { Automaton } from './automaton.ts';
import { Regex } from './matcher.ts';
import type { RegexNode } from './node.ts';
import { pike } from './pike.ts';
import { compileProgram } from './program.ts';
import { provenSource } from './proof.ts';
import { mayMatch, requiredLiterals, simplifyForTest } from './simplify.ts';
import { parseRegex } from './syntax.ts';

const quick = 400;

function automatonTest(node: RegexNode): (text: string) => boolean {
  const automaton = new Automaton(compileProgram(simplifyForTest(node)));
  return (text) => automaton.test(text);
}

/** Milliseconds of one test. */
function timed(test: () => boolean): number {
  const started = performance.now();
  test();
  return performance.now() - started;
}

describe('Automaton', () => {
  it.each([
    ['$', 'a', true],
    ['^$', 'a', false],
    ['\\bfoo', 'xfoo foo', true],
    ['\\Bfoo', 'foo xfoo', true],
    ['(?m)^b$', 'a\nb', true],
    ['a$|^b', 'ca', true],
    ['^(a|b)*$', 'abc', false],
    ['é[^é]', 'éé', false],
    ['.\u{1f600}', '\u{1f600}\u{1f600}', true],
    ['\\pL{3}', '1abc', true],
  ])('%s on %j', (pattern, text, wanted) => {
    expect(automatonTest(parseRegex(pattern).node)(text)).toBe(wanted);
  });

  it.each([
    ['^(a+)+$', `${'a'.repeat(100_000)}!`],
    [':[^/]+$', `${':'.repeat(100_000)}/`],
    ['(a|b)*a(a|b){12}c', 'ab'.repeat(50_000)],
    ['[ab]*a[ab]{60}c', 'aab'.repeat(3_000)],
  ])('is linear for %s, full table or not', (pattern, text) => {
    const test = automatonTest(parseRegex(pattern).node);
    expect(timed(() => test(text))).toBeLessThan(pattern.includes('60') ? 4 * quick : quick);
  });
});

describe('requiredLiterals', () => {
  it.each([
    ['a+bc*', ['ab']],
    ['x(abc|de)y?', ['abc', 'de']],
    ['AKIA[0-9]{4}|gh[ps]_|://.*@', ['AKIA', 'gh', '://']],
    ['(a|[xy])b', ['b']],
    ['(?i)ab', []],
    ['(ab)?', []],
  ])('%s', (pattern, wanted) => {
    expect(requiredLiterals(simplifyForTest(parseRegex(pattern).node))).toEqual(wanted);
  });
});

describe('provenSource', () => {
  it.each([
    // No repeat without bound; alternatives that start alike.
    ['(?i)pass(word|wd|phrase)', 'pas'.repeat(33_000)],
    ['AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}', `AKIA${'gho_'.repeat(25_000)}`],
    ['(a|ab|abc){0,3}d', 'abc'.repeat(33_000)],
    // One repeat on every way from the start.
    ['^.*a.b', 'a'.repeat(100_000)],
    ['^(x|.*y|.*z)$', 'w'.repeat(100_000)],
    ['^/(proc|sys|dev)(/.*)?$', `/sys/${'\n'.repeat(100_000)}`],
    // Repeats whose ends the next character tells.
    ['^[a-z]+[0-9]+[a-z]*$', `${'a'.repeat(50_000)}${'1'.repeat(50_000)}!`],
    // A repeat at an end is not tried at all.
    ['\\binstall\\b.*', 'install'.repeat(14_000)],
    ['.*=x+', '='.repeat(100_000)],
  ])('%s is proved, and quick', (pattern, text) => {
    const source = provenSource(parseRegex(pattern).node);
    expect(source).toBeDefined();
    const regex = new RegExp(source ?? '', 'u');
    for (const sample of [text, `${text}\n`, text.slice(1)])
      expect(timed(() => regex.test(sample))).toBeLessThan(quick);
  });

  it.each([
    '^.*a.*b$',
    'a.*b',
    '(^|/)a.*b',
    '^(.*,){2}x$',
    '^[^/]*[.:][^/]*/',
    'c(a{0,20}){0,20}b',
    '^(a|a)*$',
    '(?m)^a*b',
    '^(?:a*|^)*b',
    'a\\Bb',
  ])('%s is not proved', (pattern) => {
    expect(provenSource(parseRegex(pattern).node)).toBeUndefined();
  });
});

const atom = fc.constantFrom(
  'a',
  'b',
  '[ab]',
  '[^a]',
  '.',
  '(?i:B)',
  '^',
  '$',
  '(?m:^)',
  '(?m:$)',
  '\\b',
  '\\B',
  '|',
);
const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '{1,2}', '{2,}', '*?');
const piece = fc
  .tuple(atom, quantifier)
  .map(([item, times]) => (/^[\^$|]$|^\\|m:/.test(item) ? item : item + times));
const sequence = fc.array(piece, { minLength: 1, maxLength: 5 }).map((items) => items.join(''));
const pattern = fc
  .array(fc.tuple(sequence, quantifier, fc.boolean()), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.map(([inner, times, group]) => (group ? `(${inner})${times}` : inner)).join(''));
const text = fc.string({
  unit: fc.constantFrom('a', 'b', 'B', 'c', '\n', ' ', 'é', '\u{1f600}'),
  maxLength: 9,
});

describe('every way to test', () => {
  it('agrees with the simulation and with another RE2', () => {
    let proved = 0;
    const agree = (source: string, sample: string) => {
      const { node } = parseRegex(source);
      const wanted = pike(compileProgram(node), sample, 0, 0) !== undefined;
      expect(RE2JS.compile(source).matcher(sample).find()).toBe(wanted);
      expect(automatonTest(node)(sample)).toBe(wanted);
      const regex = new Regex(source);
      for (let i = 0; i < 30; i++) expect(regex.test(sample)).toBe(wanted);
      if (wanted) expect(mayMatch(sample, requiredLiterals(simplifyForTest(node)))).toBe(true);
      const native = provenSource(node);
      if (native === undefined) return;
      proved++;
      expect(new RegExp(native, 'u').test(sample)).toBe(wanted);
    };
    fc.assert(fc.property(pattern, text, agree), { seed: 17, numRuns: 3000 });
    expect(proved).toBeGreaterThan(600);
  });

  it('takes no long time for proved patterns on long texts', () => {
    const unit = fc.array(fc.constantFrom('a', 'b', 'c', '\n'), { minLength: 1, maxLength: 3 });
    const fast = (source: string, part: string[]) => {
      const native = provenSource(parseRegex(source).node);
      if (native === undefined) return;
      const regex = new RegExp(native, 'u');
      const long = part.join('').repeat(10_000);
      expect(timed(() => regex.test(long))).toBeLessThan(quick);
    };
    fc.assert(fc.property(pattern, unit, fast), { seed: 18, numRuns: 300 });
  });
});
