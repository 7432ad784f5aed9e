import { KeelsonError } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const checkErrorCodes = Object.freeze({
  CHECK_DEFINITION: 'A check file has a missing, unknown or wrong field.',
  CHECK_DUPLICATE: 'Two checks have one id.',
  CHECK_EXPRESSION:
    'The CEL of a check cannot be compiled, or gives something other than true, false or text.',
  CHECK_PATH: 'A path of a check cannot be read.',
  CHECK_FAILED: 'A check could not be evaluated on an object: its result there is unknown, not passed.',
  EXCEPTION_INVALID: 'An exception lacks its rule, reason or owner, or has an unknown field or a wrong date.',
});

export type CheckErrorCode = keyof typeof checkErrorCodes;

/** A fault in a check, an exception or a fix. */
export class CheckError extends KeelsonError<CheckErrorCode> {}
