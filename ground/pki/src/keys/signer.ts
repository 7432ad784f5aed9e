import type { PublicKey } from './public-key.ts';
import type { SignatureScheme } from './schemes.ts';

/** Who signs: a key in memory, or a service that keeps one. */
export interface Signer {
  readonly publicKey: PublicKey;
  readonly scheme: SignatureScheme;
  /** The signature over the bytes; ECDSA in DER. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
  /** The same over bytes as they come. Absent where all are needed at once: Ed25519 goes over them twice (RFC 8032, section 5.1.6). */
  readonly signPieces?: (pieces: AsyncIterable<Uint8Array>) => Promise<Uint8Array>;
}
