import { KeelsonError } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const complianceErrorCodes = Object.freeze({
  FRAMEWORK_DEFINITION: 'A framework file has a missing, unknown or wrong field.',
  FRAMEWORK_REFERENCE:
    'A framework names a control, a group, a framework or a check that there is not, or an id twice.',
});
export type ComplianceErrorCode = keyof typeof complianceErrorCodes;

/** A framework that cannot be used as it is written. */
export class ComplianceError extends KeelsonError<ComplianceErrorCode> {}
