import { Regex } from '../regex/matcher.ts';
import { RegexSyntaxError } from '../regex/syntax.ts';
import { CelFault, noSuchOverload } from './fault.ts';
import type { CelValue } from './values.ts';

const maxCached = 256;
const cache = new Map<string, Regex>();

/** The compiled pattern, remembered. Throws a fault for a faulty pattern. */
export function regexOf(pattern: string): Regex {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  try {
    const regex = new Regex(pattern);
    if (cache.size >= maxCached) cache.clear();
    cache.set(pattern, regex);
    return regex;
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error;
    throw new CelFault(`error parsing regexp: ${error.message}: ${pattern}`);
  }
}

/** The test of generated code for a literal pattern. */
export function matcher(pattern: string): (text: CelValue) => boolean {
  let regex: Regex | undefined;
  return (text) => {
    if (typeof text !== 'string') throw noSuchOverload();
    regex ??= regexOf(pattern);
    return regex.test(text);
  };
}

/** As `matcher`, for V8 source proved safe when the code was generated. */
export function nativeMatcher(source: string): (text: CelValue) => boolean {
  const pattern = new RegExp(source, 'u');
  return (text) => {
    if (typeof text !== 'string') throw noSuchOverload();
    return pattern.test(text);
  };
}
