import { createHash } from 'node:crypto';
import { type JsonFields, type JsonValue, objectOf } from '@keelson/core';
import {
  type PublicKey,
  publicKeyFromPem,
  readPublicKey,
  type SignatureScheme,
  verifySignature,
} from '@keelson/pki';
import { canonicalJson } from './canonical-json.ts';

/** Kinds of keys and their schemes (specification 4.2.3), with the older name that securesystemslib had for ECDSA. */
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

/** A key of metadata. */
export class TufKey {
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

/**
 * The keys of a `keys` object by id. One whose id is not its hash (specification 4.3, KEYID) is there, but never counts, as one of an
 * unknown kind: a real repository once had one among others that were right, and its threshold says whether that matters.
 *
 * @throws TufError TUF_METADATA_INVALID
 */
export function readKeys(fields: JsonFields): ReadonlyMap<string, TufKey> {
  return new Map(
    fields.names().map((id) => [id, readOne(id, fields.required(id), fields.value(id) ?? null)]),
  );
}

function readOne(id: string, key: JsonFields, value: JsonValue): TufKey {
  const scheme = schemes.get(`${key.text('keytype')} ${key.text('scheme')}`);
  if (scheme === undefined || !isHashOf(id, key, value)) return new TufKey(id, undefined, '');
  return new TufKey(id, scheme, key.required('keyval').text('public'));
}

/** Some makers hash all members, some only those that the specification knows; either binds the key. */
function isHashOf(id: string, key: JsonFields, value: JsonValue): boolean {
  const known = ['keytype', 'keyval', 'scheme'].map((name): [string, JsonValue] => [
    name,
    key.value(name) ?? null,
  ]);
  return [value, objectOf(known)].some(
    (form) => createHash('sha256').update(canonicalJson(form)).digest('hex') === id,
  );
}

/** Who may sign for a role. */
export interface Authority {
  readonly keyIds: readonly string[];
  /** At least 1. */
  readonly threshold: number;
  /** Those of the ids that there is a key for. */
  readonly keys: readonly TufKey[];
}

/** @throws TufError TUF_METADATA_INVALID */
export function readAuthority(role: JsonFields, keys: ReadonlyMap<string, TufKey>): Authority {
  const keyIds = role.texts('keyids');
  if (!role.has('keyids')) throw role.invalid('keyids', 'is missing');
  if (new Set(keyIds).size !== keyIds.length) throw role.invalid('keyids', 'names a key twice');
  const threshold = role.count('threshold');
  // With 0, nothing at all would have to be signed.
  if (threshold < 1) throw role.invalid('threshold', 'is less than 1');
  return { keyIds, threshold, keys: keyIds.flatMap((id) => keys.get(id) ?? []) };
}
