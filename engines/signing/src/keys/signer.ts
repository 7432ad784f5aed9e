import type { KeyObject } from 'node:crypto';
import {
  defaultScheme,
  type PublicKey,
  publicKeyOfKeyObject,
  type SignatureScheme,
  sign,
} from '@keelson/pki';

/** Who signs: a key in memory, or a service that keeps one. */
export interface Signer {
  readonly publicKey: PublicKey;
  readonly scheme: SignatureScheme;
  /** The signature over the bytes; ECDSA in DER. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** @throws PkiError KEY_UNSUPPORTED for a key that keelson does not take, KEY_MISMATCH for a scheme of another type of key */
export function signerOfKey(privateKey: KeyObject, scheme?: SignatureScheme): Signer {
  const publicKey = publicKeyOfKeyObject(privateKey);
  const chosen = scheme ?? defaultScheme(publicKey);
  return {
    publicKey,
    scheme: chosen,
    sign: async (bytes) => sign(privateKey, chosen, bytes),
  };
}
