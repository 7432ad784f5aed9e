import type { Certificate } from '@keelson/pki';
import type { NotaryAlgorithm } from './algorithms.ts';
import type { NotaryFormat, SignedAttributes } from './attributes.ts';
import { coseParts } from './cose-envelope.ts';
import { jwsParts } from './jws-envelope.ts';

/** What an envelope is made of before it is signed. */
export interface EnvelopeContent {
  readonly payload: Uint8Array;
  readonly attributes: SignedAttributes;
  readonly algorithm: NotaryAlgorithm;
}

/** What stands beside a signature and is not signed. */
export interface UnsignedContent {
  readonly chain: readonly Certificate[];
  readonly timestamp?: Uint8Array | undefined;
  readonly signingAgent?: string | undefined;
}

/** An envelope that waits for its signature. */
export interface UnsignedEnvelope {
  readonly toBeSigned: Uint8Array;
  /** @param signature over `toBeSigned`, ECDSA as r ‖ s */
  write(signature: Uint8Array, unsigned: UnsignedContent): Uint8Array;
}

/**
 * An envelope up to its signature, byte by byte as notation writes it.
 *
 * @throws SigningError NOTARY_ENVELOPE_INVALID for an attribute that cannot be written
 */
export function prepareEnvelope(format: NotaryFormat, content: EnvelopeContent): UnsignedEnvelope {
  return (format === 'jws' ? jwsParts : coseParts)(content);
}
