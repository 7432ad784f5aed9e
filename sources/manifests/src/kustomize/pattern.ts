import { Regex, RegexSyntaxError } from '@keelson/regex';
import { fault } from './fault.ts';
import type { Place } from './place.ts';

export type PatternTest = (text: string) => boolean;

/** Names without a character that a regular expression reads as its own: most selectors, and nothing to compile. */
const plain = /^[\w/@:-]*$/;

/**
 * Whether a text holds what the regular expression describes, in the syntax of Go's `regexp` and in linear time.
 * @throws ManifestError KUSTOMIZE_FAILED at `at` for what is no expression, or too large a one
 */
export function searchPattern(pattern: string, at: Place): PatternTest {
  if (plain.test(pattern)) return (text) => text.includes(pattern);
  const regex = compile(pattern, pattern, at);
  return (text) => regex.test(text);
}

/** As `searchPattern`, for the whole text. An empty pattern matches everything. */
export function anchoredPattern(pattern: string, at: Place): PatternTest {
  if (pattern === '') return () => true;
  if (plain.test(pattern)) return (text) => text === pattern;
  const regex = compile(`^(?:${pattern})$`, pattern, at);
  return (text) => regex.test(text);
}

function compile(source: string, written: string, at: Place): Regex {
  try {
    return new Regex(source);
  } catch (error) {
    if (error instanceof RegexSyntaxError)
      throw fault(`${written} is not a pattern: ${error.message}`, at, error);
    throw error;
  }
}
