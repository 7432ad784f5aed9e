import type { KeyObject } from 'node:crypto';
import {
  defaultScheme,
  hashOfScheme,
  publicKeyOfKeyObject,
  type SignatureScheme,
  type Signer,
  sign,
  signPieces,
} from '@keelson/pki';

export type { Signer };

/** @throws PkiError KEY_UNSUPPORTED for a key that keelson does not take, KEY_MISMATCH for a scheme of another type of key */
export function signerOfKey(privateKey: KeyObject, scheme?: SignatureScheme): Signer {
  const publicKey = publicKeyOfKeyObject(privateKey);
  const chosen = scheme ?? defaultScheme(publicKey);
  return {
    publicKey,
    scheme: chosen,
    sign: async (bytes) => sign(privateKey, chosen, bytes),
    ...(hashOfScheme(chosen) === undefined
      ? {}
      : { signPieces: async (pieces) => await signPieces(privateKey, chosen, pieces) }),
  };
}
