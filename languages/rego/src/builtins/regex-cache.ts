import { Regex, RegexSyntaxError } from '@keelson/regex';
import { builtinError } from './builtin.ts';

const maxCached = 256;
const cache = new Map<string, Regex>();

/** The compiled pattern, remembered. Throws Go's error for what is none. */
export function compileRegex(pattern: string): Regex {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  try {
    const regex = new Regex(pattern);
    if (cache.size >= maxCached) cache.clear();
    cache.set(pattern, regex);
    return regex;
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error;
    const fragment = error.message === 'expression too large' ? pattern : error.fragment;
    throw builtinError(`error parsing regexp: ${error.message}: \`${fragment}\``);
  }
}
