import { type Regex, RegexSyntaxError, rememberedRegex } from '@keelson/regex';
import { builtinError } from './builtin.ts';

/** The compiled pattern, remembered. Throws Go's error for what is none. */
export function compileRegex(pattern: string): Regex {
  try {
    return rememberedRegex(pattern);
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error;
    const fragment = error.message === 'expression too large' ? pattern : error.fragment;
    throw builtinError(`error parsing regexp: ${error.message}: \`${fragment}\``);
  }
}
