import { KeelsonError } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const bundleErrorCodes = Object.freeze({
  BUNDLE_UNREADABLE: 'A file or folder of a bundle is not there or cannot be read.',
  BUNDLE_NOT_GIVEN: 'A server or a registry does not give a bundle.',
  BUNDLE_LIMIT: 'A bundle passes a bound, which the message names.',
  DELTA_UNFIT: 'A delta bundle does not belong to the bundle that it should change.',
});
export type BundleErrorCode = keyof typeof bundleErrorCodes;

/** A bundle that cannot be had. What is wrong in one is a RegoError `bundle_error`. */
export class BundleError extends KeelsonError<BundleErrorCode> {}
