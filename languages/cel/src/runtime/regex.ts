import {
  automatonTest,
  mayMatch,
  parseRegex,
  type Regex,
  RegexSyntaxError,
  rememberedRegex,
} from '@keelson/regex';
import { CelFault, noSuchOverload } from './fault.ts';
import type { CelValue } from './values.ts';

/** The compiled pattern, remembered. Throws a fault for a faulty pattern. */
export function regexOf(pattern: string): Regex {
  try {
    return rememberedRegex(pattern);
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error;
    throw faultyPattern(pattern, error);
  }
}

function faultyPattern(pattern: string, error: RegexSyntaxError): CelFault {
  return new CelFault(`error parsing regexp: ${error.message}: ${pattern}`);
}

/**
 * The test of generated code for a literal pattern that was not proved safe for V8, with texts of which every match
 * contains one. Nothing is read before a text holds one: loading generated code costs nothing for its patterns.
 */
export function matcher(pattern: string, literals: readonly string[]): (text: CelValue) => boolean {
  let test: ((text: string) => boolean) | undefined;
  return (text) => {
    if (typeof text !== 'string') throw noSuchOverload();
    if (!mayMatch(text, literals)) return false;
    test ??= automatonOf(pattern);
    return test(text);
  };
}

function automatonOf(pattern: string): (text: string) => boolean {
  try {
    return automatonTest(parseRegex(pattern).node);
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error;
    throw faultyPattern(pattern, error);
  }
}

/** As `matcher`, for V8 source proved safe when the code was generated. */
export function nativeMatcher(source: string): (text: CelValue) => boolean {
  let pattern: RegExp | undefined;
  return (text) => {
    if (typeof text !== 'string') throw noSuchOverload();
    pattern ??= new RegExp(source, 'u');
    return pattern.test(text);
  };
}
