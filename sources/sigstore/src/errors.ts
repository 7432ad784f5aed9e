import { KeelsonError } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const sigstoreErrorCodes = Object.freeze({
  SIGSTORE_REFUSED:
    'A certificate authority, a transparency log, a timestamp authority or an identity provider refused a request.',
  SIGSTORE_ANSWER_INVALID: 'A service of Sigstore answered something that is not of its protocol.',
  IDENTITY_TOKEN_MISSING: 'There is no identity token: none was given, and the surroundings offer none.',
});
export type SigstoreErrorCode = keyof typeof sigstoreErrorCodes;

/** A fault of a service that signing needs. */
export class SigstoreError extends KeelsonError<SigstoreErrorCode> {}
