/**
 * Strings of Rego are bytes in OPA, mostly UTF-8. Here they are JavaScript strings; a byte that is no UTF-8
 * (after `base64.decode`, say) is the lone surrogate U+DC00 + byte, so that no byte is lost on the way from
 * one built-in to the next. Texts for the outside have U+FFFD in their place.
 */

const firstEscaped = 0xdc80;
const lastEscaped = 0xdcff;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** The string of some bytes, whatever they are. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return decodeWithEscapes(bytes);
  }
}

/** The string of bytes that are UTF-8, else undefined. */
export function decodeStrictUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function decodeWithEscapes(bytes: Uint8Array): string {
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i < bytes.length; ) {
    const length = sequenceLength(bytes, i);
    if (length > 0) {
      i += length;
      continue;
    }
    if (i > start) parts.push(decoder.decode(bytes.subarray(start, i)));
    parts.push(String.fromCharCode(0xdc00 + (bytes[i] ?? 0)));
    start = ++i;
  }
  if (start < bytes.length) parts.push(decoder.decode(bytes.subarray(start)));
  return parts.join('');
}

/** The length of the well-formed sequence that begins at `index`, or 0 (Unicode 15, table 3-7). */
function sequenceLength(bytes: Uint8Array, index: number): number {
  const first = bytes[index] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || index + length > bytes.length) return 0;
  const second = bytes[index + 1] ?? 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i++) {
    const next = bytes[index + i] ?? 0;
    if (next < 0x80 || next > 0xbf) return 0;
  }
  return length;
}

/** The bytes of a string; those that were no UTF-8 come back, any other lone surrogate is U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  if (text.isWellFormed()) return encoder.encode(text);
  const parts: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= firstEscaped && code <= lastEscaped) parts.push(code - 0xdc00);
    else for (const byte of encoder.encode(character)) parts.push(byte);
  }
  return Uint8Array.from(parts);
}

/** The byte that a lone surrogate stands for, or undefined. */
export function escapedByte(code: number): number | undefined {
  return code >= firstEscaped && code <= lastEscaped ? code - 0xdc00 : undefined;
}

/** The number of bytes in UTF-8. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) length += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return text.isWellFormed() ? length : encodeUtf8(text).length;
}
