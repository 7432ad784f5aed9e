import { hash, type KeyObject } from 'node:crypto';
import {
  PkiError,
  type PublicKey,
  publicKeyOfKeyObject,
  type SignatureScheme,
  verifyDigestSignature,
  verifySignature,
} from '@keelson/pki';

const halves = new WeakMap<KeyObject, PublicKey>();

/** The public half, read once. */
export function publicHalf(key: KeyObject): PublicKey {
  const known = halves.get(key) ?? publicKeyOfKeyObject(key);
  halves.set(key, known);
  return known;
}

export function base64(bytes: Uint8Array | string): string {
  return Buffer.from(bytes).toString('base64');
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer');
}

/** Schemes over a digest that the services of Sigstore take. */
const schemes: Readonly<Record<PublicKey['type'], readonly SignatureScheme[]>> = {
  ec: ['ecdsa-sha256', 'ecdsa-sha384', 'ecdsa-sha512'],
  rsa: ['rsa-pkcs1-sha256', 'rsa-pss-sha256'],
  ed25519: ['ed25519ph'],
};

/** Whether a signature is of the key over data of the digest. */
export function isSignatureOver(digest: Uint8Array, key: PublicKey, signature: Uint8Array): boolean {
  return schemes[key.type].some((scheme) => {
    try {
      return verifyDigestSignature(key, scheme, digest, signature);
    } catch (error) {
      if (error instanceof PkiError) return false;
      throw error;
    }
  });
}

/** Whether a signature is of the key over the bytes themselves. */
export function isSignatureOf(bytes: Uint8Array, key: PublicKey, signature: Uint8Array): boolean {
  return key.type === 'ed25519'
    ? verifySignature(key, 'ed25519', bytes, signature)
    : isSignatureOver(sha256(bytes), key, signature);
}
