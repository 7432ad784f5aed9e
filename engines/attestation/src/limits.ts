import { AttestationError } from './errors.ts';

/** Bounds on what is judged. Passing one is an ATTESTATION_LIMIT that names it. */
export interface AttestationLimits {
  /** Bytes of a layout, a link or a run. */
  readonly maxDocumentBytes: number;
  /** Steps and inspections of one layout. */
  readonly maxSteps: number;
  /** Keys of one layout. */
  readonly maxKeys: number;
  /** Rules for the materials or the products of one step. */
  readonly maxRules: number;
  /** Materials or products of one link. */
  readonly maxArtifacts: number;
  /** Signatures of one document of in-toto. */
  readonly maxSignatures: number;
  /** Links of a layout and of its sublayouts. */
  readonly maxLinks: number;
  /** Layouts in layouts. */
  readonly maxSublayoutDepth: number;
  /** Characters of a pattern of a rule. */
  readonly maxPatternLength: number;
  /** Signatures of Tekton Chains on one run. */
  readonly maxSignedParts: number;
}

export const defaultAttestationLimits: AttestationLimits = Object.freeze({
  maxDocumentBytes: 64 * 1024 * 1024,
  maxSteps: 1_000,
  maxKeys: 1_000,
  maxRules: 1_000,
  maxArtifacts: 100_000,
  maxSignatures: 64,
  maxLinks: 10_000,
  maxSublayoutDepth: 8,
  maxPatternLength: 4_096,
  maxSignedParts: 1_000,
});

export function beyond(
  what: string,
  name: keyof AttestationLimits,
  limits: AttestationLimits,
): AttestationError {
  return new AttestationError('ATTESTATION_LIMIT', `${what} passes ${name} (${limits[name]})`);
}
