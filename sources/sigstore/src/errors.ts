import { KeelsonError } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const sigstoreErrorCodes = Object.freeze({
  SIGSTORE_REFUSED:
    'A certificate authority, a transparency log, a timestamp authority or an identity provider refused a request.',
  SIGSTORE_ANSWER_INVALID: 'A service of Sigstore answered something that is not of its protocol.',
  SIGSTORE_SIGN_IN_FAILED:
    'A sign-in with an identity provider was refused, was not of this run, or took too long.',
  SIGSTORE_TOKEN_INVALID:
    'An identity provider gave an identity token that is not signed by it, is for others, has expired, or is of another sign-in.',
  IDENTITY_TOKEN_MISSING: 'There is no identity token: none was given, and the surroundings offer none.',
});
export type SigstoreErrorCode = keyof typeof sigstoreErrorCodes;

/** A fault of a service that signing needs. */
export class SigstoreError extends KeelsonError<SigstoreErrorCode> {}
