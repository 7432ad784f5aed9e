import type { JsonFields } from '@keelson/core';
import {
  type PublicKey,
  publicKeyFromPem,
  readPublicKey,
  type SignatureScheme,
  verifySignature,
} from '@keelson/pki';

/** Kinds of keys and their schemes (TUF specification 4.2.3; in-toto has the same), with the older name that securesystemslib had for ECDSA. */
const schemes = new Map<string, SignatureScheme>([
  ['rsa rsassa-pss-sha256', 'rsa-pss-sha256'],
  ['rsa rsassa-pss-sha384', 'rsa-pss-sha384'],
  ['rsa rsassa-pss-sha512', 'rsa-pss-sha512'],
  ['ed25519 ed25519', 'ed25519'],
  ['ecdsa ecdsa-sha2-nistp256', 'ecdsa-sha256'],
  ['ecdsa ecdsa-sha2-nistp384', 'ecdsa-sha384'],
  ['ecdsa-sha2-nistp256 ecdsa-sha2-nistp256', 'ecdsa-sha256'],
  ['ecdsa-sha2-nistp384 ecdsa-sha2-nistp384', 'ecdsa-sha384'],
]);
/** SubjectPublicKeyInfo of Ed25519 up to the key itself (RFC 8410, 4). */
const ed25519Head = Buffer.from('302a300506032b6570032100', 'hex');

/** A key of metadata of TUF or in-toto, in the form of both. */
export class MetadataKey {
  readonly id: string;
  readonly #scheme: SignatureScheme | undefined;
  readonly #public: string;
  #key: PublicKey | undefined | null = null;

  constructor(id: string, scheme: SignatureScheme | undefined, publicText: string) {
    this.id = id;
    this.#scheme = scheme;
    this.#public = publicText;
  }

  /**
   * What key it was that signed, whatever its id and however it is written, so that no key counts twice. Undefined for a wrong
   * signature, and for a key that is of no kind that keelson knows: it never counts.
   */
  signerOf(data: Uint8Array, signature: Uint8Array): string | undefined {
    if (this.#scheme === undefined) return undefined;
    if (this.#key === null) this.#key = readKey(this.#scheme, this.#public);
    if (this.#key === undefined || !verifySignature(this.#key, this.#scheme, data, signature))
      return undefined;
    return Buffer.from(this.#key.spki).toString('base64');
  }
}

function readKey(scheme: SignatureScheme, text: string): PublicKey | undefined {
  try {
    if (scheme !== 'ed25519') return fitting(publicKeyFromPem(text), scheme);
    if (!/^[0-9a-fA-F]{64}$/.test(text)) return undefined;
    return readPublicKey(Buffer.concat([ed25519Head, Buffer.from(text, 'hex')]));
  } catch {
    // A key that cannot be read signs nothing; the threshold of its role says whether that matters.
    return undefined;
  }
}

function fitting(key: PublicKey, scheme: SignatureScheme): PublicKey | undefined {
  if (scheme.startsWith('rsa')) return key.type === 'rsa' ? key : undefined;
  const curve = scheme === 'ecdsa-sha256' ? 'P-256' : 'P-384';
  return key.type === 'ec' && key.curve === curve ? key : undefined;
}

/** Reads the members of a key; one of a kind that keelson does not know is read too, and never counts. What `fields` throws. */
export function readMetadataKey(id: string, fields: JsonFields): MetadataKey {
  const scheme = schemes.get(`${fields.text('keytype')} ${fields.text('scheme')}`);
  if (scheme === undefined) return unknownKey(id);
  return new MetadataKey(id, scheme, fields.required('keyval').text('public'));
}

/** A key that never counts. */
export function unknownKey(id: string): MetadataKey {
  return new MetadataKey(id, undefined, '');
}
