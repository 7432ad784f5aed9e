import { Regex, RegexSyntaxError } from '@keelson/regex';
import { SigningError } from '../errors.ts';

/** How a text of a certificate has to be. */
export interface TextMatcher {
  /** For messages. */
  readonly description: string;
  matches(text: string): boolean;
  /** Whether a pattern that must match a whole text matches a part of it: for messages. */
  readonly matchesPart?: (text: string) => boolean;
}

/** That text and no other. */
export function exactly(text: string): TextMatcher {
  return { description: text, matches: (other) => other === text };
}

/**
 * A text that a regular expression (RE2) matches from its first to its last character: `https://github.com/acme/.*` is no way to let
 * `https://evil.example/https://github.com/acme/x` through.
 *
 * @throws SigningError PATTERN_INVALID
 */
export function matching(pattern: string): TextMatcher {
  const part = compiled(pattern);
  const whole = compiled(`\\A(?:${pattern})\\z`);
  return {
    description: `/${pattern}/`,
    matches: (text) => whole.test(text),
    matchesPart: (text) => part.test(text) && !whole.test(text),
  };
}

/**
 * A text that a regular expression matches somewhere, as policies of other programs mean it. Where keelson reads such a policy it says so.
 *
 * @throws SigningError PATTERN_INVALID
 */
export function matchingAnywhere(pattern: string): TextMatcher {
  const part = compiled(pattern);
  return { description: `/${pattern}/ anywhere`, matches: (text) => part.test(text) };
}

function compiled(pattern: string): Regex {
  try {
    return new Regex(pattern);
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error;
    throw new SigningError('PATTERN_INVALID', `${pattern} is no regular expression: ${error.message}`, {
      cause: error,
    });
  }
}
