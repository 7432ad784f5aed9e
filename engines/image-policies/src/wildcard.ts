import { Regex } from '@keelson/regex';

/** A test for the whole of a text: `*` is anything, `?` one character, and all else itself. */
export function wildcardTest(pattern: string): (text: string) => boolean {
  if (!/[*?]/.test(pattern)) return (text) => text === pattern;
  const source = Array.from(pattern, (each) => wildcards[each] ?? literal(each)).join('');
  const regex = new Regex(`(?s)\\A${source}\\z`);
  return (text) => regex.test(text);
}

const wildcards: Readonly<Record<string, string>> = Object.freeze({ '*': '.*', '?': '.' });

/** A character of a regular expression (RE2) that means itself. */
export const literal = (character: string): string =>
  /[\\.+*?()|[\]{}^$]/.test(character) ? `\\${character}` : character;
