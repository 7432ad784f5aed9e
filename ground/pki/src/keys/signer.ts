import type { PublicKey } from './public-key.ts';
import type { SignatureScheme } from './schemes.ts';

/** Who signs: a key in memory, or a service that keeps one. */
export interface Signer {
  readonly publicKey: PublicKey;
  readonly scheme: SignatureScheme;
  /** The signature over the bytes; ECDSA in DER. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}
