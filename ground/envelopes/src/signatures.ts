import {
  createHmac,
  type KeyObject,
  sign as signByNode,
  timingSafeEqual,
  verify as verifyByNode,
} from 'node:crypto';
import {
  type HashAlgorithm,
  PkiError,
  type PublicKey,
  publicKeyOfKeyObject,
  type SignatureScheme,
  sign,
  verifySignature,
} from '@keelson/pki';
import { EnvelopeError } from './errors.ts';

/** How an algorithm of JOSE or COSE signs. */
export interface Algorithm {
  /** For messages. */
  readonly name: string;
  /** `eddsa` is Ed25519 or Ed448, as the key is. */
  readonly scheme: Exclude<SignatureScheme, 'ed25519' | 'ed25519ph'> | 'eddsa' | 'hmac';
  /** Of an HMAC. */
  readonly hash?: HashAlgorithm;
  /** The one curve that the algorithm allows; not given where it allows any (RFC 9053, 2.1 and 2.2). */
  readonly curve?: string;
}

/** A public key of `node:crypto` or of a certificate; or a symmetric one, for HMAC. */
export type VerificationKey = KeyObject | PublicKey;

/** JOSE and COSE write ECDSA as r ‖ s (RFC 7518, 3.4; RFC 9053, 2.1). */
const encoding = { encoding: 'p1363' } as const;

/**
 * True where the signature holds.
 *
 * @throws EnvelopeError ENVELOPE_KEY_MISMATCH for a key that is not of the algorithm
 */
export function holds(
  { name, scheme, hash, curve }: Algorithm,
  key: VerificationKey,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (scheme === 'hmac') {
    const expected = hmac(key, hash ?? 'sha256', name, data);
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  }
  return fitting(name, () => {
    if (scheme === 'eddsa' && isEd448(key)) {
      checkCurve(name, 'Ed448', curve);
      return verifyByNode(null, data, key, signature);
    }
    const publicKey = publicKeyOf(key, name);
    checkCurve(name, publicKey.type === 'ed25519' ? 'Ed25519' : publicKey.curve, curve);
    return verifySignature(publicKey, scheme === 'eddsa' ? 'ed25519' : scheme, data, signature, encoding);
  });
}

/**
 * The signature of a private key, or the HMAC of a symmetric one.
 *
 * @throws EnvelopeError ENVELOPE_KEY_MISMATCH for a key that is not of the algorithm
 */
export function signatureOf(
  { name, scheme, hash, curve }: Algorithm,
  key: KeyObject,
  data: Uint8Array,
): Uint8Array {
  if (scheme === 'hmac') return hmac(key, hash ?? 'sha256', name, data);
  return fitting(name, () => {
    if (scheme === 'eddsa' && isEd448(key)) {
      checkCurve(name, 'Ed448', curve);
      return signByNode(null, data, key);
    }
    // Its public half tells what kind of key it is, and whether it is strong enough.
    const publicKey = publicKeyOf(key, name);
    checkCurve(name, publicKey.type === 'ed25519' ? 'Ed25519' : publicKey.curve, curve);
    return sign(key, scheme === 'eddsa' ? 'ed25519' : scheme, data, encoding);
  });
}

function fitting<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof PkiError) throw mismatch(name, error.message, error);
    throw error;
  }
}

const publicKeys = new WeakMap<KeyObject, PublicKey>();

function publicKeyOf(key: VerificationKey, name: string): PublicKey {
  if ('spki' in key) return key;
  if (key.type === 'secret') throw mismatch(name, 'the key is a symmetric key');
  const publicKey = publicKeys.get(key) ?? publicKeyOfKeyObject(key);
  publicKeys.set(key, publicKey);
  return publicKey;
}

function isEd448(key: VerificationKey): key is KeyObject {
  return !('spki' in key) && key.asymmetricKeyType === 'ed448';
}

function checkCurve(name: string, curve: string | undefined, asked: string | undefined): void {
  if (asked !== undefined && curve !== asked) throw mismatch(name, `the key is not on ${asked}`);
}

function hmac(key: VerificationKey, hash: HashAlgorithm, name: string, data: Uint8Array): Uint8Array {
  if ('spki' in key || key.type !== 'secret') throw mismatch(name, 'the key is no symmetric key');
  // RFC 7518, 3.2: a key shorter than the hash must not be used.
  if ((key.symmetricKeySize ?? 0) < Number(hash.slice(3)) / 8)
    throw mismatch(name, 'the key is shorter than the hash');
  return createHmac(hash, key).update(data).digest();
}

function mismatch(name: string, reason: string, cause?: unknown): EnvelopeError {
  return new EnvelopeError('ENVELOPE_KEY_MISMATCH', `${name}: ${reason}`, { cause });
}
