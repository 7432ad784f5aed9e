import { KeelsonError } from '@keelson/core';

/** Codes of this package; docs/errors.md has a line for each. */
export const manifestErrorCodes = [
  'MANIFEST_LIST',
  'INPUT_NOT_FOUND',
  'INPUT_UNREADABLE',
  'INPUT_TOO_LARGE',
  'INPUT_NOT_TEXT',
  'INPUT_TOO_MANY_FILES',
  'ARCHIVE_INVALID',
  'ARCHIVE_LIMIT',
  'CHART_NOT_RENDERED',
  'KUSTOMIZE_FAILED',
] as const;
export type ManifestErrorCode = (typeof manifestErrorCodes)[number];

/** Input that could not be read, in whole or in part. */
export class ManifestError extends KeelsonError<ManifestErrorCode> {}
