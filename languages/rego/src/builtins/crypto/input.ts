import { decodeUtf8 } from '../../values/index.ts';
import { decodeBase64 } from '../base64.ts';
import { type BuiltinContext, builtinError } from '../builtin.ts';
import type { Cryptography } from '../crypto-host.ts';
import { type Certificate, parseCertificates } from './certificate.ts';
import { type PrivateKey, parsePkcs1, parsePkcs8, parseSec1, readKey } from './keys.ts';
import { nextPemBlock } from './pem.ts';

export const pemStart = '-----BEGIN';

/** The host's cryptography; without it nothing can be signed, verified or hashed. */
export function cryptographyOf({ host }: BuiltinContext): Cryptography {
  if (host.crypto === undefined) throw builtinError('the host gives no cryptography');
  return host.crypto;
}

/** The bytes of base64, or Go's error. */
export function fromBase64(text: string): Uint8Array {
  const bytes = decodeBase64(text, 'standard');
  if (typeof bytes === 'number') throw builtinError(`illegal base64 data at input byte ${bytes}`);
  return bytes;
}

/** Certificates as PEM, or as base64 of PEM or DER. */
export function readCertificates(text: string): readonly Certificate[] {
  if (text.startsWith(pemStart)) return parseCertificates(certificateBlocks(text));
  const bytes = fromBase64(text);
  const decoded = decodeUtf8(bytes);
  return parseCertificates(decoded.startsWith(pemStart) ? certificateBlocks(decoded) : bytes);
}

function certificateBlocks(text: string): Uint8Array {
  const parts: number[] = [];
  for (let left = text; left !== ''; ) {
    const { block, rest } = nextPemBlock(left);
    if (block === undefined) break;
    if (block.type !== 'CERTIFICATE')
      throw builtinError(`PEM block type is '${block.type}', expected CERTIFICATE`);
    for (const byte of block.bytes) parts.push(byte);
    left = rest;
  }
  return Uint8Array.from(parts);
}

/** The private keys of a PEM text, or of its base64; blocks of other types are passed over. */
export function readPrivateKeys(text: string, crypto: Cryptography): readonly PrivateKey[] {
  const decoded = decodeBase64(text, 'standard');
  const keys: PrivateKey[] = [];
  for (let left = typeof decoded === 'number' ? text : decodeUtf8(decoded); left !== ''; ) {
    const { block, rest } = nextPemBlock(left);
    if (block === undefined) break;
    const { type, bytes } = block;
    if (type === 'RSA PRIVATE KEY') keys.push(readKey(() => parsePkcs1(bytes)));
    else if (type === 'PRIVATE KEY') keys.push(readKey(() => parsePkcs8(bytes, crypto)));
    else if (type === 'EC PRIVATE KEY') keys.push(readKey(() => parseSec1(bytes, crypto)));
    left = rest;
  }
  return keys;
}
