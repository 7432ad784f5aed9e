import { encodeUtf8, quoteString } from '../../values/index.ts';
import { type Flags, pad } from './flags.ts';

/** Strings as Go's package fmt prints them. */

/** A string by its verb, or undefined where the verb is none of strings. */
export function formatText(text: string, verb: string, flags: Flags): string | undefined {
  switch (verb) {
    case 'v':
      return flags.sharpV ? formatQuoted(text, flags) : pad(truncate(text, flags), flags);
    case 's':
      return pad(truncate(text, flags), flags);
    case 'q':
      return formatQuoted(text, flags);
    case 'x':
      return formatBytes(text, flags);
    case 'X':
      return formatBytes(text, flags).toUpperCase();
  }
  return undefined;
}

function truncate(text: string, { precision }: Flags): string {
  if (precision === undefined || text.length <= precision) return text;
  return [...text].slice(0, precision).join('');
}

// A raw string may hold a tab and no other control character.
const notRaw = /[\u0000-\u0008\u000a-\u001f`\u007f\ufeff]/;

function formatQuoted(text: string, flags: Flags): string {
  const shown = truncate(text, flags);
  if (flags.sharp && !notRaw.test(shown) && shown.isWellFormed()) return pad(`\`${shown}\``, flags);
  return pad(quoteString(shown, { asciiOnly: flags.plus }), flags);
}

/** The bytes in hexadecimal, with a blank between them or `0x` before where asked for. */
function formatBytes(text: string, flags: Flags): string {
  const bytes = encodeUtf8(text).subarray(0, flags.precision);
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  const prefix = flags.sharp ? '0x' : '';
  if (pairs.length === 0) return pad('', flags);
  const hex = flags.space ? pairs.map((pair) => prefix + pair).join(' ') : prefix + pairs.join('');
  return pad(hex, flags);
}
