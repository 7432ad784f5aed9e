import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { Regex } from './matcher.ts';
import { RegexSyntaxError } from './node.ts';
import { provenSource } from './proof.ts';
import { parseRegex } from './syntax.ts';

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

  it.each([
    ['a[b', 'missing closing ]', '[b'],
    ['(a', 'missing closing )', '(a'],
    ['a)b', 'unexpected )', 'a)b'],
    ['b**?c', 'invalid nested repetition operator', '**?'],
    ['+a', 'missing argument to repetition operator', '+'],
    ['{2}', 'missing argument to repetition operator', '{2}'],
    ['a{2,1}', 'invalid repeat count', '{2,1}'],
    ['((a{100}){10}){2}', 'invalid repeat count', '{2}'],
    ['x[z-a]', 'invalid character class range', 'z-a'],
    ['[[:foo:]]', 'invalid character class range', '[:foo:]'],
    ['\\p{Foo}', 'invalid character class range', '\\p{Foo}'],
    ['a\\8', 'invalid escape sequence', '\\8'],
    ['a\\', 'trailing backslash at end of expression', ''],
    ['a(?=b)', 'invalid or unsupported Perl syntax', '(?='],
    ['(?P<n', 'invalid named capture', '(?P<n'],
    ['(?P<n-m>a)', 'invalid named capture', '(?P<n-m>'],
  ])('says what is wrong with %s', (pattern, message, fragment) => {
    expect(() => new Regex(pattern)).toThrow(expect.objectContaining({ message, fragment }));
  });

  it.each([
    ['a*', 'baaac', ['', 'aaa', '']],
    ['a', 'aaa', ['a', 'a', 'a']],
    ['^a', 'aaa', ['a']],
    ['', '\u{1f600}b', ['', '', '']],
    ['\\b', 'ab c', ['', '', '', '']],
  ])('finds all of %s in %s', (pattern, text, wanted) => {
    const found = new Regex(pattern).findAll(text);
    const texts = found.map(({ groups: [whole] }) => text.slice(whole?.start, whole?.end));
    expect(texts).toEqual(wanted);
  });

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
