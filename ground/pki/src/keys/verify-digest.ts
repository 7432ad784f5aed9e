import { concatBytes, sameBytes } from '../bytes.ts';
import { der } from '../der/writer.ts';
import { PkiError } from '../errors.ts';
import type { Curve, PublicKey } from './public-key.ts';
import { type HashAlgorithm, hashBytes, hashOids, type SignatureScheme } from './schemes.ts';
import { type SignatureOptions, schemeFor } from './verify-signature.ts';

/**
 * Whether the signature is of this key over data of this digest, which the caller has and the data not.
 * @throws PkiError KEY_MISMATCH where the key or the digest's length does not fit the scheme, ALGORITHM_UNSUPPORTED for
 *   Ed25519, whose signatures are over the data itself, and RSASSA-PSS; KEY_INVALID
 */
export function verifyDigestSignature(
  key: PublicKey,
  scheme: SignatureScheme,
  digest: Uint8Array,
  signature: Uint8Array,
  { encoding = 'der' }: SignatureOptions = {},
): boolean {
  const { family, hash } = schemeFor(key, scheme);
  if (hash === undefined || family === 'rsa-pss')
    throw new PkiError(
      'ALGORITHM_UNSUPPORTED',
      `a signature of ${scheme} cannot be verified over a digest alone`,
    );
  if (digest.length !== hashBytes[hash])
    throw new PkiError('KEY_MISMATCH', `a digest of ${digest.length} octets is none of ${scheme}`);
  if (family === 'rsa-pkcs1') return isRsaSignature(key, hash, digest, signature);
  // The key is checked to be a point of its curve.
  void key.keyObject;
  const { keyBytes, curve = 'P-256' } = key;
  try {
    return curveOf(curve).verify(signature, digest, keyBytes, {
      prehash: false,
      lowS: false,
      format: encoding === 'der' ? 'der' : 'compact',
    });
  } catch {
    return false;
  }
}

/** RFC 8017 section 8.2.2: the encoded message is made anew and compared as a whole. */
function isRsaSignature(
  key: PublicKey,
  hash: HashAlgorithm,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  const { keyObject, modulusLength = 0 } = key;
  const length = Math.ceil(modulusLength / 8);
  if (signature.length !== length) return false;
  const { publicDecrypt, constants } = process.getBuiltinModule('node:crypto');
  const info = der.sequence(der.sequence(der.oid(hashOids[hash]), der.null()), der.octetString(digest));
  const padding = new Uint8Array(length - info.length - 3).fill(0xff);
  const expected = concatBytes([Uint8Array.of(0, 1), padding, Uint8Array.of(0), info]);
  try {
    const encoded = publicDecrypt({ key: keyObject, padding: constants.RSA_NO_PADDING }, signature);
    return sameBytes(encoded, expected);
  } catch {
    return false;
  }
}

interface CurveVerifier {
  verify(
    signature: Uint8Array,
    digest: Uint8Array,
    publicKey: Uint8Array,
    options: { prehash: boolean; lowS: boolean; format: 'der' | 'compact' },
  ): boolean;
}

let loaded: Readonly<Record<Curve, CurveVerifier>> | undefined;

/** OpenSSL as Node wraps it hashes by itself; the library that does not takes long to load and is rarely needed. */
function curveOf(curve: Curve): CurveVerifier {
  if (loaded === undefined) {
    const { createRequire } = process.getBuiltinModule('node:module');
    const nist: { p256: CurveVerifier; p384: CurveVerifier; p521: CurveVerifier } = createRequire(
      import.meta.url,
    )('@noble/curves/nist.js');
    loaded = { 'P-256': nist.p256, 'P-384': nist.p384, 'P-521': nist.p521 };
  }
  return loaded[curve];
}
