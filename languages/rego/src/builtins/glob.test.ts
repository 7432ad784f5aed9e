import { describe, expect, it } from 'vitest';
import { glob } from './glob.ts';
import { callText } from './testing/outside.ts';

describe('glob', () => {
  it.each([
    ['*.github.com', [], 'api.github.com', 'true'],
    ['*.github.com', [], 'a.b.github.com', 'false'],
    ['*.github.com', null, 'a.b.github.com', 'true'],
    ['**.github.com', [], 'a.b.github.com', 'true'],
    ['a/?', ['/'], 'a//', 'false'],
    ['*:*', [':'], 'a.b:c', 'true'],
    ['{a,b{c,d},}x', [], 'bdx', 'true'],
    ['{a,b{c,d},}x', [], 'x', 'true'],
    ['[a-c][!d-f]', [], 'ag', 'true'],
    ['[\\]x]', [], ']', 'true'],
    ['a\\*', [], 'a*', 'true'],
    ['é?', [], 'é😀', 'true'],
    ['{a', [], 'a', 'eval_builtin_error: glob: syntax error at 2: unclosed `{`'],
    ['[é', [], 'a', 'eval_builtin_error: glob: syntax error at 3: unexpected end of input'],
    ['[c-a]', [], 'a', 'eval_builtin_error: glob: syntax error at 5: range hi character is less than lo'],
    ['a', ['ab'], 'a', 'eval_type_error: operand 2 must be array of runes but got array containing string'],
  ])('glob.match(%j, %j, %j) is %s', (pattern, delimiters, text, wanted) => {
    expect(callText(glob, 'glob.match', [pattern, delimiters, text])).toBe(wanted);
  });

  it('quotes what is special', () => {
    expect(callText(glob, 'glob.quote_meta', ['*.{a,b}[c]?\\-!'])).toBe(
      '"\\\\*.\\\\{a,b\\\\}\\\\[c\\\\]\\\\?\\\\\\\\-!"',
    );
  });

  it('is quick on hostile input', () => {
    const started = performance.now();
    callText(glob, 'glob.match', [`${'*a'.repeat(200)}b`, null, 'a'.repeat(20_000)]);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
