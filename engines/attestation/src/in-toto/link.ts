import type { JsonFields } from '@keelson/core';
import { type AttestationLimits, defaultAttestationLimits } from '../limits.ts';
import { type Artifacts, readArtifacts } from './artifacts.ts';
import { readSignedDocument } from './signed-document.ts';

/** What a step did (in-toto specification 1.0, 4.4). */
export interface Link {
  /** The step. */
  readonly name: string;
  readonly command: readonly string[];
  readonly materials: Artifacts;
  readonly products: Artifacts;
}

/**
 * Reads a link in either form of in-toto. Its signatures are not verified: this is for the links of inspections, which whoever verifies makes.
 *
 * @throws AttestationError LINK_INVALID, ATTESTATION_LIMIT
 */
export function readLink(bytes: Uint8Array, limits: AttestationLimits = defaultAttestationLimits): Link {
  return linkFrom(readSignedDocument(bytes, 'the link', 'LINK_INVALID', limits).document, limits);
}

/** @throws the `invalid` of `fields` where a member is missing or wrong; AttestationError ATTESTATION_LIMIT */
export function linkFrom(fields: JsonFields, limits: AttestationLimits): Link {
  if (fields.text('_type') !== 'link') throw fields.invalid('_type', 'is not "link"');
  return {
    name: fields.text('name'),
    command: fields.texts('command'),
    materials: readArtifacts(fields, 'materials', limits),
    products: readArtifacts(fields, 'products', limits),
  };
}
