import { type PublicKey, rsaBytes } from './public-key.ts';
import { type SignatureScheme, schemeFor } from './schemes.ts';
import { type SignatureOptions, verifyDigestSignature } from './verify-digest.ts';

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
  const { hash, verify, constants } = process.getBuiltinModule('node:crypto');
  // OpenSSL as Node wraps it does not know it.
  if (parts.family === 'ed25519ph')
    return verifyDigestSignature(key, scheme, hash('sha512', data, 'buffer'), signature);
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
  // RFC 8017 section 8: as long as the modulus. OpenSSL takes one of PSS without its leading zeros.
  if (key.type === 'rsa' && signature.length !== rsaBytes(key)) return false;
  try {
    return verify(parts.hash ?? null, data, options, signature);
  } catch {
    // OpenSSL fails instead of saying no where a signature has not the form of one.
    return false;
  }
}
