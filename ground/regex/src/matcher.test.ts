import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { Regex } from './matcher.ts';
import { provenSource } from './proof.ts';
import { parseRegex, RegexSyntaxError } from './syntax.ts';

describe('Regex', () => {
  it.each([
    ['a+b', 'xaab', true],
    ['^a$', 'a\n', false],
    ['(?i)PassWord', 'PASSWORD', true],
    ['(?m)^b$', 'a\nb\nc', true],
    ['(?s)a.b', 'a\nb', true],
    ['a.b', 'a\nb', false],
    ['^[[:alpha:]]{2,3}$', 'abcd', false],
    ['\\bfoo\\b', 'a foo.', true],
    ['\\p{Greek}', 'π', true],
    ['\\Qa.b\\E', 'axb', false],
    ['^(?:(?:a|b)*c){2}$', 'abcbc', true],
  ])('%s on %j', (pattern, text, wanted) => {
    expect(new Regex(pattern).test(text)).toBe(wanted);
  });

  it.each(['(', '[', 'a**', '*a', '(?=a)', '\\1', 'a{2000}', '[z-a]', '(?<n', '\\8', '((a{900}){900}){900}'])(
    'refuses %s',
    (pattern) => {
      expect(() => new Regex(pattern)).toThrow(RegexSyntaxError);
    },
  );

  it.each(['^(a+)+$', '^(a|a)*$', 'c(a*)*b', '^(a|aa)+$', '^(.*a){10}$'])(
    'takes linear time for %s',
    (pattern) => {
      const started = performance.now();
      new Regex(pattern).test(`${'a'.repeat(5000)}!`);
      expect(performance.now() - started).toBeLessThan(1000);
      expect(provenSource(parseRegex(pattern).node)).toBeUndefined();
    },
  );

  it.each([
    '^[a-z0-9]+$',
    '^v\\d+\\.\\d+$',
    'latest',
    '^(http|git)s?://',
    ':[0-9]{1,5}',
    '(a*)*b',
    '(?m)^(a|ab)$',
  ])('proves %s', (pattern) => {
    expect(provenSource(parseRegex(pattern).node)).toBeDefined();
  });

  it('agrees with another RE2 on small patterns', () => {
    const atom = fc.constantFrom(
      'a',
      'b',
      'ab',
      '.',
      '[ab]',
      '[^a]',
      '^',
      '$',
      '\\b',
      '(a|b)',
      '(ab|a)',
      '(a*)',
      '|',
    );
    const quantifier = fc.constantFrom('', '', '*', '+', '?', '{1,2}', '*?');
    const pattern = fc.array(fc.tuple(atom, quantifier), { minLength: 1, maxLength: 5 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n'), maxLength: 8 });
    const agree = (parts: [string, string][], sample: string) => {
      const source = parts
        .map(([item, times]) => (/^[\^$|]$|^\\b$/.test(item) ? item : item + times))
        .join('');
      const peer = RE2JS.compile(source).matcher(sample);
      const found = peer.find();
      const regex = new Regex(source);
      expect(regex.test(sample)).toBe(found);
      const whole = regex.find(sample)?.groups[0];
      expect(whole?.start).toBe(found ? peer.start() : undefined);
      expect(whole?.end).toBe(found ? peer.end() : undefined);
    };
    fc.assert(fc.property(pattern, text, agree), { seed: 11, numRuns: 2000 });
  });
});
