import { KeelsonError } from '@keelson/core';

/** Codes of this package; docs/errors.md has a line for each. */
export const checkErrorCodes = [
  'CHECK_DEFINITION',
  'CHECK_DUPLICATE',
  'CHECK_EXPRESSION',
  'CHECK_PATH',
  'CHECK_FAILED',
  'CHECK_FIX',
  'EXCEPTION_INVALID',
] as const;
export type CheckErrorCode = (typeof checkErrorCodes)[number];

/** A fault in a check, an exception or a fix. */
export class CheckError extends KeelsonError<CheckErrorCode> {}
