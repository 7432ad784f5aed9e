/**
 * How a text in base64 may be written (RFC 4648). `standard`: section 4, with its padding. `url`: section 5 without
 * padding, as in JOSE. `any`: one of the two alphabets, with all of its padding or none of it, as ProtoJSON and DSSE
 * allow.
 */
export type Base64Form = 'standard' | 'url' | 'any';

/**
 * The bytes of a text in base64; undefined for a text that is not exactly what an encoder writes. Blanks, foreign
 * characters, a mix of alphabets, padding that is short or stands elsewhere, and unused bits that are not zero
 * (RFC 4648, 3.5) are all refused: one value has one text, so nothing can be changed in it unseen.
 */
export function decodeBase64(text: string, form: Base64Form): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return isTextOf(bytes, text, form) ? bytes : undefined;
}

// Node's decoder leaves out what it does not know, so what it read is written again and held beside the text.
function isTextOf(bytes: Buffer, text: string, form: Base64Form): boolean {
  if (form === 'standard') return bytes.toString('base64') === text;
  const unpadded = bytes.toString('base64url');
  if (form === 'url') return unpadded === text;
  const padding = '='.repeat((4 - (unpadded.length % 4)) % 4);
  if (text.length !== unpadded.length && text.length !== unpadded.length + padding.length) return false;
  const bare = text.slice(0, unpadded.length);
  if (text.length > bare.length && !text.endsWith(padding)) return false;
  return bare === unpadded || bare + padding === bytes.toString('base64');
}
