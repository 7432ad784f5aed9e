/**
 * Character classes of YAML 1.1 as libyaml, and so go-yaml, applies them. Code units, not code points:
 * nothing above U+FFFF has a meaning in the grammar. 0 stands for the end of the text.
 */

export const TAB = 9;
export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const QUOTE = 34;
export const HASH = 35;
export const PERCENT = 37;
export const APOSTROPHE = 39;
export const COMMA = 44;
export const DASH = 45;
export const DOT = 46;
export const COLON = 58;
export const QUESTION = 63;
export const OPEN_BRACKET = 91;
export const BACKSLASH = 92;
export const CLOSE_BRACKET = 93;
export const PIPE = 124;
export const OPEN_BRACE = 123;
export const CLOSE_BRACE = 125;
export const GREATER = 62;
export const EXCLAMATION = 33;
export const AMPERSAND = 38;
export const ASTERISK = 42;
export const BOM = 0xfeff;

/** YAML 1.1 section 5.4: LF, CR, NEL, LS and PS all end a line. */
export function isBreak(unit: number): boolean {
  return unit === LF || unit === CR || unit === 0x85 || unit === 0x2028 || unit === 0x2029;
}

export function isBreakOrEnd(unit: number): boolean {
  return unit === 0 || isBreak(unit);
}

export function isBlank(unit: number): boolean {
  return unit === SPACE || unit === TAB;
}

export function isBlankOrEnd(unit: number): boolean {
  return isBlank(unit) || isBreakOrEnd(unit);
}

export function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}

/** Letters, digits, `_` and `-`: what anchors, handles and directive names are made of. */
export function isWord(unit: number): boolean {
  return (
    isDigit(unit) || (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122) || unit === 95 || unit === DASH
  );
}

/** Value of a hexadecimal digit, or -1. */
export function hexValue(unit: number): number {
  if (isDigit(unit)) return unit - 48;
  const lower = unit | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** YAML 1.1 section 5.1: anything else may not stand in a text at all. */
const forbidden = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** Offset of the first character that YAML forbids, or -1. */
export function findForbidden(text: string): number {
  return text.search(forbidden);
}

/** Outside of this set the fast path would have to think: other breaks, tabs, surrogates, byte order marks. */
const unusual = /[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;

/** True when a text holds only characters that the fast path knows. */
export function isUsual(text: string): boolean {
  return !unusual.test(text);
}
