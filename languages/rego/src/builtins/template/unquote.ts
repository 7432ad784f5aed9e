import { decodeUtf8, encodeUtf8 } from '../../values/index.ts';

const simple = new Map([
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
  ['\\', 92],
  ["'", 39],
  ['"', 34],
]);
const escapeSequence = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.))|[^\\]+/gsu;

/** The text of a Go string literal, quoted or raw; undefined where an escape is none of Go's. */
export function unquote(literal: string): string | undefined {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`')) return inner.replaceAll('\r', '');
  const bytes: number[] = [];
  for (const [whole, hex, short, long, octal, letter] of inner.matchAll(escapeSequence)) {
    const byte = hex ?? octal;
    if (byte !== undefined) bytes.push(Number.parseInt(byte, hex === undefined ? 8 : 16) & 0xff);
    else if (short !== undefined || long !== undefined) {
      const code = Number.parseInt(short ?? long ?? '', 16);
      if (code > 0x10ffff) return undefined;
      bytes.push(...encodeUtf8(String.fromCodePoint(code)));
    } else if (letter !== undefined) {
      const code = simple.get(letter);
      if (code === undefined) return undefined;
      bytes.push(code);
    } else bytes.push(...encodeUtf8(whole));
  }
  return decodeUtf8(Uint8Array.from(bytes));
}
