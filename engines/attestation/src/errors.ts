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
  PREDICATE_INVALID:
    'The predicate of a statement lacks a member that its type requires, or has a wrong one.',
  PROVENANCE_INVALID: 'A provenance, or the document around it, has a missing or wrong field.',
  PROVENANCE_UNSIGNED: 'A provenance or a summary has no signature that holds of a key that is trusted.',
  BUILDER_INVALID:
    'The id of a builder cannot be one, is missing, or is of no builder that makes such a provenance.',
  BUILDER_UNTRUSTED:
    'The workflow that signed a provenance is none that is trusted, or not the one that is asked for.',
  BUILDER_MISMATCH: 'A provenance names another builder than the one that is asked for.',
  BUILDER_UNSUPPORTED:
    'The builder that is asked for is none whose provenance keelson can judge, or says nothing on what is asked for.',
  BUILD_TYPE_INVALID:
    'A provenance is of a build type that its builder does not make, or that keelson does not know.',
  REF_INVALID: 'A ref of git is not of the kind that is needed: a branch, a tag, or a release of a builder.',
  VERSION_INVALID: 'A tag that is to be compared as a version is none.',
  SOURCE_MISMATCH: 'What was built is from another source than the one that is asked for.',
  BRANCH_MISMATCH: 'What was built is from another branch than the one that is asked for.',
  TAG_MISMATCH: 'What was built is from another tag than the one that is asked for.',
  VERSIONED_TAG_MISMATCH: 'What was built is from a tag of another version than the one that is asked for.',
  INPUTS_MISMATCH: 'A build was not started with the inputs that are asked for.',
  SUBJECT_MISMATCH: 'A provenance or a summary is about another artifact.',
  TEXT_MISMATCH: 'The readable copy beside a signed provenance says something else.',
  CERTIFICATE_MISMATCH:
    'A provenance says something else about its build than the certificate of its signature.',
  CLAIM_UNVERIFIABLE: 'A provenance says something about its build that nothing can confirm.',
  NPM_ATTESTATIONS_INVALID: 'The attestations of an npm package lack the provenance or the publication.',
  PACKAGE_NAME_MISMATCH: 'An attestation is about a package of another name.',
  PACKAGE_VERSION_MISMATCH: 'An attestation is about another version of a package.',
  SUMMARY_INVALID: 'A verification summary has a missing or wrong field.',
  VERIFIER_MISMATCH: 'A verification summary is of another verifier than the one that is asked for.',
  RESOURCE_MISMATCH: 'A verification summary is about another resource than the one that is asked for.',
  VERIFICATION_FAILED: 'A verification summary says that its artifact did not pass.',
  LEVEL_MISMATCH: 'A verification summary lacks a level that is asked for.',
  SIGNED_STATEMENT_INVALID: 'A signed statement of SCITT cannot be read.',
  SIGNED_STATEMENT_WRONG: 'The signature of a signed statement of SCITT does not hold.',
  RECEIPT_INVALID:
    'A receipt of a transparency service cannot be read, or is of a kind that keelson does not know.',
  RECEIPT_WRONG: 'A receipt does not lead from the statement to a root that its transparency service signed.',
  RECEIPT_MISSING: 'A statement has receipts of fewer trusted transparency services than are required.',
});
export type AttestationErrorCode = keyof typeof attestationErrorCodes;

/** Why an attestation, or what it is judged by, is refused. */
export class AttestationError extends KeelsonError<AttestationErrorCode> {}
