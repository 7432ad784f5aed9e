import { encodeUtf8 } from '../../values/index.ts';

/** A text as Go's `time` package quotes it in errors: what is not ASCII byte by byte. */
export function quote(text: string): string {
  let out = '"';
  for (const character of text) {
    if (character === '"' || character === '\\') out += `\\${character}`;
    else if (character >= ' ' && character < '\u0080') out += character;
    else for (const byte of encodeUtf8(character)) out += `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `${out}"`;
}
