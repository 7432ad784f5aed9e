export type DigestName = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** How a signature is made (RFC 8017, FIPS 186-5, RFC 8032). */
export type SignatureScheme =
  | { readonly type: 'rsa-pkcs1' | 'rsa-pss' | 'ecdsa'; readonly digest: DigestName }
  | { readonly type: 'eddsa' };

export type CurveName = 'P-224' | 'P-256' | 'P-384' | 'P-521' | 'Ed25519';

/** A key as a JSON Web Key (RFC 7517): strings of base64url. */
export type JsonWebKey = Readonly<Record<string, string>>;

/**
 * Digests and signatures. All is synchronous, as evaluation is. ECDSA signatures are r and s one after the
 * other, each as long as the curve's order (RFC 7518 section 3.4).
 */
export interface Cryptography {
  digest(name: DigestName, data: Uint8Array): Uint8Array;
  hmac(name: DigestName, key: Uint8Array, data: Uint8Array): Uint8Array;
  /** Undefined where the key is none that fits. */
  verify(
    scheme: SignatureScheme,
    key: JsonWebKey,
    data: Uint8Array,
    signature: Uint8Array,
  ): boolean | undefined;
  /** Undefined where the key is none that fits. */
  sign(scheme: SignatureScheme, key: JsonWebKey, data: Uint8Array): Uint8Array | undefined;
  /** The public point of a private key, or the public key of an Ed25519 seed in `x`. Undefined for a bad key. */
  publicPoint(
    curve: CurveName,
    secret: Uint8Array,
  ): { readonly x: Uint8Array; readonly y: Uint8Array } | undefined;
}
