import { PkiError } from '../errors.ts';
import type { PublicKey } from './public-key.ts';
import { type SchemeParts, type SignatureScheme, schemes } from './schemes.ts';

export interface SignatureOptions {
  /** Of ECDSA: a SEQUENCE of two integers (X.509, CMS, Sigstore), or both side by side (JOSE, COSE). `der` by default. */
  readonly encoding?: 'der' | 'p1363';
}

/**
 * Whether the signature over `data` is of this key. False for any wrong signature, whatever its bytes.
 * @throws PkiError KEY_MISMATCH where the key is of another type than the scheme, KEY_INVALID
 */
export function verifySignature(
  key: PublicKey,
  scheme: SignatureScheme,
  data: Uint8Array,
  signature: Uint8Array,
  { encoding = 'der' }: SignatureOptions = {},
): boolean {
  const parts = schemeFor(key, scheme);
  const { keyObject } = key;
  const { verify, constants } = process.getBuiltinModule('node:crypto');
  const options =
    parts.family === 'ecdsa'
      ? { key: keyObject, dsaEncoding: encoding === 'der' ? ('der' as const) : ('ieee-p1363' as const) }
      : parts.family === 'rsa-pss'
        ? {
            key: keyObject,
            padding: constants.RSA_PKCS1_PSS_PADDING,
            saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
          }
        : keyObject;
  try {
    return verify(parts.hash ?? null, data, options, signature);
  } catch {
    // OpenSSL fails instead of saying no where a signature has not the form of one.
    return false;
  }
}

/** The parts of a scheme that fits the key. */
export function schemeFor(key: PublicKey, scheme: SignatureScheme): SchemeParts {
  const parts = schemes[scheme];
  if (parts.keyType !== key.type)
    throw new PkiError('KEY_MISMATCH', `a key of type ${key.type} cannot verify a signature of ${scheme}`);
  return parts;
}
