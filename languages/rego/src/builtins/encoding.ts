import { decodeUtf8, encodeUtf8, type RegoValue } from '../values/index.ts';
import { type Base64Alphabet, decodeBase64, encodeBase64 } from './base64.ts';
import { type BuiltinArguments, type BuiltinFamily, builtinError } from './builtin.ts';
import { operand, stringOperand } from './operands.ts';

function onBytes(operation: (bytes: Uint8Array) => string): (args: BuiltinArguments) => string {
  return (args) => operation(encodeUtf8(stringOperand(args, 1)));
}

/** The bytes of a text, or the error that Go tells of the first character that does not fit. */
function decode(text: string, alphabet: Base64Alphabet): Uint8Array {
  const result = decodeBase64(text, alphabet);
  if (typeof result === 'number') throw builtinError(`illegal base64 data at input byte ${result}`);
  return result;
}

function isBase64(args: BuiltinArguments): boolean {
  const text = operand(args, 1);
  return typeof text === 'string' && typeof decodeBase64(text, 'standard') !== 'number';
}

/** Padding that was left out is put back (RFC 7515, appendix C). */
function decodeBase64Url(args: BuiltinArguments): string {
  const text = stringOperand(args, 1);
  const rest = encodeUtf8(text).length % 4;
  if (text.endsWith('=') || rest === 0) return decodeUtf8(decode(text, 'url'));
  if (rest === 1) throw builtinError(`illegal base64url string: ${text}`);
  return decodeUtf8(decode(text + '='.repeat(4 - rest), 'url'));
}

function encodeHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function decodeHex(args: BuiltinArguments): RegoValue {
  const text = stringOperand(args, 1);
  const bytes = encodeUtf8(text);
  const pairs = bytes.length - (bytes.length % 2);
  const wrong = bytes.findIndex((byte) => !isHexDigit(byte));
  if (wrong >= 0 && (wrong < pairs || bytes.length % 2 === 1)) {
    throw builtinError(`encoding/hex: invalid byte: ${describeByte(bytes[wrong] ?? 0)}`);
  }
  if (bytes.length % 2 === 1) throw builtinError('encoding/hex: odd length hex string');
  return decodeUtf8(
    Uint8Array.from({ length: pairs / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16)),
  );
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

/** A byte as Go's `%#U` shows it. */
function describeByte(byte: number): string {
  const code = `U+${byte.toString(16).toUpperCase().padStart(4, '0')}`;
  const isShown = (byte >= 0x20 && byte < 0x7f) || (byte >= 0xa1 && byte !== 0xad);
  return isShown ? `${code} '${String.fromCharCode(byte)}'` : code;
}

export const encoding: BuiltinFamily = {
  'base64.decode': (args) => decodeUtf8(decode(stringOperand(args, 1), 'standard')),
  'base64.encode': onBytes((bytes) => encodeBase64(bytes, 'standard')),
  'base64.is_valid': isBase64,
  'base64url.decode': decodeBase64Url,
  'base64url.encode': onBytes((bytes) => encodeBase64(bytes, 'url')),
  'base64url.encode_no_pad': onBytes((bytes) => encodeBase64(bytes, 'url').replace(/=+$/, '')),
  'hex.decode': decodeHex,
  'hex.encode': onBytes(encodeHex),
};
