import { Regex } from './matcher.ts';

const maxRemembered = 256;
const known = new Map<string, Regex>();

/** The compiled pattern, remembered between calls: policies ask for the same few. Throws a RegexSyntaxError. */
export function rememberedRegex(pattern: string): Regex {
  let regex = known.get(pattern);
  if (regex === undefined) {
    regex = new Regex(pattern);
    if (known.size >= maxRemembered) known.clear();
    known.set(pattern, regex);
  }
  return regex;
}
