import { KeelsonError } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const kmsErrorCodes = Object.freeze({
  KMS_REFERENCE_INVALID:
    'A text is no reference to a key in a key service, or is one to a service that keelson does not ask.',
  KMS_CREDENTIALS_MISSING: 'Nothing says who asks a key service, or what says so cannot be used.',
  KMS_REFUSED: 'A key service, or who gives out credentials for it, refused a request.',
  KMS_ANSWER_INVALID:
    'A key service, or who gives out credentials for it, answered something that is not of its protocol, is about another key, or does not hold.',
  KMS_KEY_UNFIT: 'A key in a key service does not sign, or not by what is asked of it.',
});
export type KmsErrorCode = keyof typeof kmsErrorCodes;

/** A fault of a key service, or of what is said about one. No message shows a secret. */
export class KmsError extends KeelsonError<KmsErrorCode> {}
