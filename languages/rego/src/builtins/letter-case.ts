/**
 * Case as Go maps it: one character to one (the simple mappings of Unicode), where JavaScript may give
 * several, and none that depends on its neighbours.
 */

const ascii = /^[\u0000-\u007f]*$/;

export function toLower(text: string): string {
  return ascii.test(text) ? text.toLowerCase() : mapCharacters(text, lowerOf);
}

export function toUpper(text: string): string {
  return ascii.test(text) ? text.toUpperCase() : mapCharacters(text, upperOf);
}

function mapCharacters(text: string, map: (character: string) => string): string {
  let out = '';
  for (const character of text) out += map(character);
  return out;
}

function lowerOf(character: string): string {
  const lower = character.toLowerCase();
  // The only one with a lower case of several characters, U+0130, has the simple one `i`.
  return lower.length === character.length ? lower : 'i';
}

function upperOf(character: string): string {
  const upper = character.toUpperCase();
  if ([...upper].length === 1) return upper;
  const code = character.codePointAt(0) ?? 0;
  // Greek letters with iota below: their simple upper case is the title case, 8 or 9 further on.
  if (code >= 0x1f80 && code <= 0x1faf) return String.fromCodePoint(code | 8);
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return String.fromCodePoint(code + 9);
  return character;
}
