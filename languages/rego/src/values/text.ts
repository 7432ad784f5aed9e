import { entriesSorted } from './lookup.ts';
import { numberText } from './number.ts';
import { RegoSet } from './set.ts';
import { escapedByte } from './utf8.ts';
import { isArray, isNumber, type RegoValue } from './value.ts';

const plain = /^[ !#-[\]-~]*$/;

const escapes = new Map<number, string>([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0b, '\\v'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
  [0x5c, '\\\\'],
]);

/** How a text is quoted: the mark around it, and whether all but ASCII is escaped. */
export interface QuoteStyle {
  readonly mark?: '"' | "'";
  readonly asciiOnly?: boolean;
}

/** A string as Go's `%q` quotes it, which is how OPA prints the strings of terms. */
export function quoteString(text: string, { mark = '"', asciiOnly = false }: QuoteStyle = {}): string {
  if (mark === '"' && plain.test(text)) return `"${text}"`;
  let out: string = mark;
  for (const character of text) {
    if (character === '"' || character === "'") out += character === mark ? `\\${character}` : character;
    else out += quoteCharacter(character, character.codePointAt(0) ?? 0, asciiOnly);
  }
  return out + mark;
}

function quoteCharacter(character: string, code: number, asciiOnly: boolean): string {
  const short = escapes.get(code);
  if (short !== undefined) return short;
  if (code >= 0x20 && code < 0x7f) return character;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
  const byte = escapedByte(code);
  if (byte !== undefined) return `\\x${byte.toString(16)}`;
  const isLone = code >= 0xd800 && code <= 0xdfff;
  if (isLone) return asciiOnly ? '\\ufffd' : '\ufffd';
  if (!asciiOnly && isPrintable(character)) return character;
  return code < 0x10000
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`;
}

/** Whether Go prints a character as it is: letters, marks, numbers, punctuation, symbols and the space of ASCII. */
export function isPrintable(character: string): boolean {
  // Written here: V8 reads a property of Unicode in half a millisecond, and a module's constants at every start.
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character);
}

/** A value as OPA prints terms: `{"a": 1}`, `[1, 2]`, `{1, 2}`, `set()`. */
export function stringifyRego(value: RegoValue): string {
  if (typeof value === 'string') return quoteString(value);
  if (isNumber(value)) return numberText(value);
  if (typeof value === 'boolean' || value === null) return String(value);
  if (isArray(value)) return `[${value.map(stringifyRego).join(', ')}]`;
  if (value instanceof RegoSet) {
    return value.size === 0 ? 'set()' : `{${value.sorted().map(stringifyRego).join(', ')}}`;
  }
  const entries = entriesSorted(value).map(([key, item]) => `${stringifyRego(key)}: ${stringifyRego(item)}`);
  return `{${entries.join(', ')}}`;
}
