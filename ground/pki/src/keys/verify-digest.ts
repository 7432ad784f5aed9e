import { concatBytes, sameBytes } from '../bytes.ts';
import { der } from '../der/writer.ts';
import { PkiError } from '../errors.ts';
import { ecdsaOf, ed25519phVerifier } from './curves.ts';
import { isPssEncoded } from './pss.ts';
import { type PublicKey, rsaBytes } from './public-key.ts';
import {
  type HashAlgorithm,
  hashBytes,
  hashOids,
  type SchemeParts,
  type SignatureScheme,
  schemeFor,
} from './schemes.ts';

export interface SignatureOptions {
  /** Of ECDSA: a SEQUENCE of two integers (X.509, CMS, Sigstore), or both side by side (JOSE, COSE). `der` by default. */
  readonly encoding?: 'der' | 'p1363';
}

/**
 * Whether the signature is of this key over data of this digest, which the caller has and the data not.
 * @throws PkiError KEY_MISMATCH where the key or the digest's length does not fit the scheme, ALGORITHM_UNSUPPORTED for
 *   Ed25519, whose signatures are over the data itself; KEY_INVALID
 */
export function verifyDigestSignature(
  key: PublicKey,
  scheme: SignatureScheme,
  digest: Uint8Array,
  signature: Uint8Array,
  { encoding = 'der' }: SignatureOptions = {},
): boolean {
  const { family, hash } = schemeFor(key, scheme);
  if (hash === undefined)
    throw new PkiError(
      'ALGORITHM_UNSUPPORTED',
      `a signature of ${scheme} cannot be verified over a digest alone`,
    );
  if (digest.length !== hashBytes[hash])
    throw new PkiError('KEY_MISMATCH', `a digest of ${digest.length} octets is none of ${scheme}`);
  const holds = verifierOf(key, family, hash, encoding);
  try {
    return holds(digest, signature);
  } catch {
    // The libraries fail instead of saying no where a signature has not the form of one.
    return false;
  }
}

type Verifier = (digest: Uint8Array, signature: Uint8Array) => boolean;

/** Keys are made and libraries loaded here, so that a failure of those is not taken for a wrong signature. */
function verifierOf(
  key: PublicKey,
  family: SchemeParts['family'],
  hash: HashAlgorithm,
  encoding: 'der' | 'p1363',
): Verifier {
  const { keyObject, keyBytes, curve = 'P-256', modulusLength = 0 } = key;
  if (family === 'ecdsa') {
    const options = { prehash: false, lowS: false, format: encoding === 'der' ? 'der' : 'compact' } as const;
    const ecdsa = ecdsaOf(curve);
    return (digest, signature) => ecdsa.verify(signature, digest, keyBytes, options);
  }
  if (family === 'ed25519ph') {
    const eddsa = ed25519phVerifier();
    return (digest, signature) => eddsa.verify(signature, digest, keyBytes);
  }
  const { publicDecrypt, constants } = process.getBuiltinModule('node:crypto');
  // RFC 8017 section 8.
  const length = rsaBytes(key);
  return (digest, signature) => {
    if (signature.length !== length) return false;
    const encoded = publicDecrypt({ key: keyObject, padding: constants.RSA_NO_PADDING }, signature);
    return family === 'rsa-pss'
      ? isPssEncoded(encoded, modulusLength, hash, digest)
      : sameBytes(encoded, pkcs1Encoded(length, hash, digest));
  };
}

/** EMSA-PKCS1-v1_5 (RFC 8017 section 9.2): made anew, it is compared as a whole. */
function pkcs1Encoded(length: number, hash: HashAlgorithm, digest: Uint8Array): Uint8Array {
  const info = der.sequence(der.sequence(der.oid(hashOids[hash]), der.null()), der.octetString(digest));
  const padding = new Uint8Array(length - info.length - 3).fill(0xff);
  return concatBytes([Uint8Array.of(0, 1), padding, Uint8Array.of(0), info]);
}
