import { describe, expect, test } from 'vitest';
import { exactly, matching, matchingAnywhere } from './text-matcher.ts';

describe('texts of certificates', () => {
  test('a text is that text', () => {
    expect(exactly('a.b').matches('a.b')).toBe(true);
    expect(exactly('a.b').matches('aXb')).toBe(false);
  });

  test.each([
    ['https://github.com/acme/.*', 'https://github.com/acme/x', true],
    ['https://github.com/acme/.*', 'https://evil.example/?https://github.com/acme/x', false],
    ['a|b', 'a', true],
    ['a|b', 'ab', false],
    ['(?i)ACME', 'acme', true],
    ['a', 'a\n', false],
    ['(?m)a$', 'a\nb', false],
  ])('%s and %j: %s', (pattern, text, isMatch) => {
    expect(matching(pattern).matches(text)).toBe(isMatch);
  });

  test('a pattern that matches a part alone', () => {
    const { matchesPart } = matching('release');
    expect(['release@example.com', 'release', 'dev@example.com'].map((text) => matchesPart?.(text))).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('as other programs mean it', () => {
    expect(matchingAnywhere('acme').matches('the acme of it')).toBe(true);
  });

  test.each(['(', 'a)|(b', '[z-a]', '(?=x)'])('%s is no pattern', (pattern) => {
    expect(() => matching(pattern)).toThrow(expect.objectContaining({ code: 'PATTERN_INVALID' }));
  });
});
