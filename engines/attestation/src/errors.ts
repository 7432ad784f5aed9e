import { KeelsonError } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const attestationErrorCodes = Object.freeze({
  ATTESTATION_LIMIT: 'A layout, a link, a run or a provenance passes a bound, which the message names.',
  LAYOUT_INVALID: 'An in-toto layout has a missing or wrong field.',
  LAYOUT_KEY_INVALID: 'A key in the form of in-toto cannot be read, or is not the one that its id names.',
  LAYOUT_UNSIGNED: 'An in-toto layout lacks a signature that holds of one of the keys of its owners.',
  LAYOUT_EXPIRED: 'The time until which an in-toto layout counts has come.',
  RULE_INVALID: 'An artifact rule of in-toto is not written as the specification has it.',
  RULE_FAILED: 'An artifact rule of an in-toto layout forbids or misses an artifact.',
  LINK_INVALID: 'An in-toto link has a missing or wrong field.',
  LINK_MISSING:
    'Fewer functionaries than the threshold of a step gave a link that holds, or the link of an inspection was not given.',
  LINKS_DISAGREE: 'Links of functionaries for the same step have other materials or products.',
  PARAMETER_INVALID: 'A parameter of an in-toto layout is missing, or its name or value cannot be one.',
  RUN_INVALID: 'A run of Tekton has a wrong field, or is no TaskRun or PipelineRun.',
  RUN_UNSIGNED: 'A run of Tekton does not carry what Tekton Chains writes on it.',
  RUN_SIGNATURE_WRONG: 'What Tekton Chains signed does not hold for its key, or is about another run.',
});
export type AttestationErrorCode = keyof typeof attestationErrorCodes;

/** Why an attestation, or what it is judged by, is refused. */
export class AttestationError extends KeelsonError<AttestationErrorCode> {}
