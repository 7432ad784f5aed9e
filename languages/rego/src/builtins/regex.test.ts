import { describe, expect, it } from 'vitest';
import { regex } from './regex.ts';
import { callText } from './testing/outside.ts';

describe('regex', () => {
  it.each([
    ['regex.match', ['^a+$', 'aaa'], 'true'],
    ['re_match', ['b', 'aaa'], 'false'],
    ['regex.match', ['[', 'a'], 'eval_builtin_error: error parsing regexp: missing closing ]: `[`'],
    ['regex.is_valid', ['(?=a)'], 'false'],
    ['regex.is_valid', [1], 'false'],
    ['regex.is_valid', ['\\p{Greek}+'], 'true'],
    ['regex.find_n', ['a*', 'baaac', -1], '["","aaa",""]'],
    ['regex.find_n', ['a', 'aaa', 2], '["a","a"]'],
    ['regex.find_n', ['a', 'aaa', 0], '[]'],
    ['regex.find_all_string_submatch_n', ['(a)(b)?', 'ab a', -1], '[["ab","a","b"],["a","a",""]]'],
    ['regex.split', ['a*', 'baaac'], '["b","c"]'],
    ['regex.split', ['[,;]', 'a,b;'], '["a","b",""]'],
    ['regex.split', ['x', ''], '[""]'],
    ['regex.replace', ['foo bar', '(?P<first>\\w)(\\w+)', '${2}${first} $9$$'], '"oof $ arb $"'],
    ['regex.replace', ['baaac', 'a*', 'x'], '"xbxcx"'],
    ['regex.template_match', ['urn:{[a-z]+}:x', 'urn:foo:x', '{', '}'], 'true'],
    ['regex.template_match', ['a.{b', 'a', '{', '}'], 'eval_builtin_error: unbalanced braces in "a.{b"'],
    [
      'regex.template_match',
      ['a', 'a', '<<', '>'],
      'eval_builtin_error: start delimiter has to be exactly one character long but is 2 long',
    ],
    ['regex.globs_match', ['a.a.[0-9]+z', '.b.b2359825792*594823z'], 'true'],
    ['regex.globs_match', ['[a-c]+', '[d-e]*'], 'false'],
    [
      'regex.globs_match',
      ['pqrs]', 'a'],
      "eval_builtin_error: input:pqrs], pos:5, set-close ']' with no preceding '[': the input provided is invalid",
    ],
  ])('%s(%j) is %s', (name, args, wanted) => {
    expect(callText(regex, name, args)).toBe(wanted);
  });

  it.each([
    ['regex.match', ['^(a+)+$', `${'a'.repeat(10_000)}!`]],
    ['regex.replace', [`${'a'.repeat(3_000)}!`, '(a*)*b', 'x']],
    ['regex.globs_match', [`${'.*a'.repeat(60)}b`, `${'a*.'.repeat(60)}c`]],
  ])('%s is quick on hostile input', (name, args) => {
    const started = performance.now();
    callText(regex, name, args);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
