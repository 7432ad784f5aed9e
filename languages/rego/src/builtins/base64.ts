/** Base64 (RFC 4648) with Go's strictness: padding is required, line breaks are skipped, all else is an error. */

export type Base64Alphabet = 'standard' | 'url';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const alphabets: Readonly<Record<Base64Alphabet, string>> = { standard: `${letters}+/`, url: `${letters}-_` };

const chunk = 0x1000;

export function encodeBase64(bytes: Uint8Array, alphabet: Base64Alphabet): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += chunk)
    parts.push(String.fromCharCode(...bytes.subarray(i, i + chunk)));
  const text = btoa(parts.join(''));
  return alphabet === 'url' ? text.replaceAll('+', '-').replaceAll('/', '_') : text;
}

/** The bytes, or the place of the byte at which Go's decoder gives up. */
export function decodeBase64(text: string, alphabet: Base64Alphabet): Uint8Array | number {
  const out: number[] = [];
  const input = new TextEncoder().encode(text);
  const characters = alphabets[alphabet];
  let position = 0;
  while (position < input.length) {
    const group: number[] = [];
    while (group.length < 4 && position < input.length) {
      const byte = input[position++] ?? 0;
      if (byte === 0x0a || byte === 0x0d) continue;
      const value = byte < 0x80 ? characters.indexOf(String.fromCharCode(byte)) : -1;
      if (value >= 0) {
        group.push(value);
        continue;
      }
      const end = byte === 0x3d ? paddingEnd(input, position, group.length) : position - 1;
      if (end !== undefined) return end;
      pushGroup(out, group);
      return Uint8Array.from(out);
    }
    if (group.length === 0) break;
    if (group.length < 4) return position - group.length;
    pushGroup(out, group);
  }
  return Uint8Array.from(out);
}

/** Undefined where the padding that begins before `position` closes the text, else the place of the fault. */
function paddingEnd(input: Uint8Array, position: number, length: number): number | undefined {
  if (length < 2) return position - 1;
  let next = position;
  if (length === 2) {
    next = skipBreaks(input, next);
    if (next === input.length) return input.length;
    if (input[next] !== 0x3d) return next - 1;
    next++;
  }
  next = skipBreaks(input, next);
  return next < input.length ? next : undefined;
}

function skipBreaks(input: Uint8Array, position: number): number {
  let next = position;
  while (input[next] === 0x0a || input[next] === 0x0d) next++;
  return next;
}

/** The bytes of two, three or four digits; bits left over are not looked at. */
function pushGroup(out: number[], [a = 0, b = 0, c, d]: number[]): void {
  out.push(((a << 2) | (b >> 4)) & 0xff);
  if (c !== undefined) out.push(((b << 4) | (c >> 2)) & 0xff);
  if (c !== undefined && d !== undefined) out.push(((c << 6) | d) & 0xff);
}
