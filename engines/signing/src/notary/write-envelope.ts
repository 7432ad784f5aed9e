import type { Certificate } from '@keelson/pki';
import type { NotaryAlgorithm } from './algorithms.ts';
import { attributeNames, type NotaryFormat, type SignedAttributes } from './attributes.ts';
import { coseParts } from './cose-envelope.ts';
import { invalidEnvelope } from './faults.ts';
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

/** Headers of the envelopes themselves, and attributes that are given by name. */
const reserved: ReadonlySet<string> = new Set([
  'alg',
  'b64',
  'crit',
  'cty',
  attributeNames.signingScheme,
  attributeNames.signingTime,
  attributeNames.authenticSigningTime,
  attributeNames.expiry,
]);

/**
 * An envelope up to its signature, byte by byte as notation writes it.
 *
 * @throws SigningError NOTARY_ENVELOPE_INVALID for an attribute that cannot be written
 */
export function prepareEnvelope(format: NotaryFormat, content: EnvelopeContent): UnsignedEnvelope {
  for (const { name } of content.attributes.extended)
    if (reserved.has(name)) throw invalidEnvelope(`${name} is no name for an attribute of one's own`);
  return (format === 'jws' ? jwsParts : coseParts)(content);
}
