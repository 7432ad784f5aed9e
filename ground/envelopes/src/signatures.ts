import { constants, createHmac, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto';
import { EnvelopeError } from './errors.ts';

export type SignatureHash = 'sha256' | 'sha384' | 'sha512';

/** How a signature is made, without its name in JOSE or COSE. ECDSA here is always r ‖ s, as both have it. */
export interface SignatureScheme {
  readonly type: 'ecdsa' | 'eddsa' | 'rsa-pkcs1' | 'rsa-pss' | 'hmac';
  /** None for EdDSA, which has its own. */
  readonly hash?: SignatureHash;
  /** The one curve that the algorithm allows; not given where it allows any (RFC 9053, 2.1 and 2.2). */
  readonly curve?: string;
}

/** Names in JOSE and COSE of the curves, by the name that OpenSSL has for them or for their type of key. */
const curveNames = new Map([
  ['prime256v1', 'P-256'],
  ['secp384r1', 'P-384'],
  ['secp521r1', 'P-521'],
  ['ed25519', 'Ed25519'],
  ['ed448', 'Ed448'],
]);
/** RFC 7518, 3.3 and 3.5; RFC 8230, 2. */
const leastModulus = 2048;
const mostModulus = 8192;

/**
 * Holds a key against what a scheme asks of it, so that no key is ever used for another algorithm than its own.
 *
 * @param name of the algorithm, for messages
 * @throws EnvelopeError ENVELOPE_KEY_MISMATCH
 */
export function checkKey(key: KeyObject, { type, hash, curve }: SignatureScheme, name: string): void {
  const mismatch = (reason: string) => new EnvelopeError('ENVELOPE_KEY_MISMATCH', `${name}: ${reason}`);
  if (type === 'hmac') {
    if (key.type !== 'secret') throw mismatch('the key is no symmetric key');
    // RFC 7518, 3.2: a key shorter than the hash must not be used.
    if ((key.symmetricKeySize ?? 0) < hashBytes(hash)) throw mismatch('the key is shorter than the hash');
    return;
  }
  if (key.type === 'secret') throw mismatch('the key is a symmetric key');
  const kind = key.asymmetricKeyType ?? '';
  if (type === 'ecdsa' || type === 'eddsa') {
    const has = curveNames.get(type === 'eddsa' ? kind : (key.asymmetricKeyDetails?.namedCurve ?? ''));
    if (has === undefined || (type === 'ecdsa') !== (kind === 'ec'))
      throw mismatch(`the key is of the type ${kind}, or of a curve that is not used`);
    if (curve !== undefined && has !== curve) throw mismatch(`the key is on ${has}, not on ${curve}`);
    return;
  }
  // A key that is bound to PSS (RFC 4055, 3.1) says its hash itself, and OpenSSL holds it to that.
  if (kind !== 'rsa' && (kind !== 'rsa-pss' || type !== 'rsa-pss'))
    throw mismatch(`the key is of the type ${kind}`);
  const size = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (size < leastModulus || size > mostModulus)
    throw mismatch(`the modulus has ${size} bits, not ${leastModulus} to ${mostModulus}`);
}

/** True where the signature holds. The key has been held against the scheme. */
export function holds(
  scheme: SignatureScheme,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (scheme.type === 'hmac') {
    const expected = hmac(scheme, key, data);
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  }
  try {
    return verify(scheme.hash ?? null, data, { key, ...parameters(scheme) }, signature);
  } catch {
    // OpenSSL throws for some signatures of a wrong form instead of saying that they do not hold.
    return false;
  }
}

/** The signature of a private key, or the HMAC of a symmetric one. The key has been held against the scheme. */
export function signature(scheme: SignatureScheme, key: KeyObject, data: Uint8Array): Uint8Array {
  if (scheme.type === 'hmac') return hmac(scheme, key, data);
  return sign(scheme.hash ?? null, data, { key, ...parameters(scheme) });
}

function parameters({ type }: SignatureScheme): object {
  if (type === 'ecdsa') return { dsaEncoding: 'ieee-p1363' };
  if (type === 'rsa-pkcs1') return { padding: constants.RSA_PKCS1_PADDING };
  if (type !== 'rsa-pss') return {};
  // RFC 7518, 3.5 and RFC 8230, 2: the salt is as long as the hash.
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}

function hmac({ hash = 'sha256' }: SignatureScheme, key: KeyObject, data: Uint8Array): Uint8Array {
  return createHmac(hash, key).update(data).digest();
}

function hashBytes(hash: SignatureHash = 'sha256'): number {
  return Number(hash.slice(3)) / 8;
}
