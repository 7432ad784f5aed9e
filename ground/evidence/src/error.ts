import { KeelsonError, type KeelsonErrorOptions } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const evidenceErrorCodes = Object.freeze({
  EVIDENCE_SUBJECT: 'A text is no identity of a subject.',
  EVIDENCE_TIME: 'A text is no RFC 3339 time.',
  EVIDENCE_CLAIM: 'A claim lacks a field, or a field has a value that it may not have.',
  EVIDENCE_RELATION: 'A relation has an unknown type or an impossible count.',
  EVIDENCE_ASSESSMENT:
    'An assessment lacks a field, or its status asks for a justification that is not there.',
  EVIDENCE_NO_DIGEST: 'A claim cannot be a Statement, because nothing about its subject has a digest.',
  EVIDENCE_KEY: 'A key for the digests of sensitive values is too short.',
});

export type EvidenceErrorCode = keyof typeof evidenceErrorCodes;

export function evidenceError(
  code: EvidenceErrorCode,
  message: string,
  options: KeelsonErrorOptions = {},
): KeelsonError<EvidenceErrorCode> {
  return new KeelsonError(code, message, options);
}
