import { KeelsonError } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const manifestErrorCodes = Object.freeze({
  MANIFEST_LIST: 'A List has items that are not a sequence, or Lists nest too deep.',
  INPUT_NOT_FOUND: 'A path of the call is not there.',
  INPUT_UNREADABLE: 'A file or folder could not be read.',
  INPUT_TOO_LARGE: 'A file is larger than the bound, which the message names.',
  INPUT_NOT_TEXT: 'A file is not text in UTF-8 or UTF-16.',
  INPUT_TOO_MANY_FILES: 'There are more files, or deeper folders, than the bound; the rest was not read.',
  ARCHIVE_INVALID: 'An archive is damaged, or an entry would leave its root.',
  ARCHIVE_LIMIT: 'An archive passes a bound on entries, bytes or compression ratio.',
  CHART_NOT_RENDERED: 'The helm program could not render a chart.',
  KUSTOMIZE_FAILED: 'A kustomization could not be built; its plain files were judged on their own.',
});

export type ManifestErrorCode = keyof typeof manifestErrorCodes;

/** Input that could not be read, in whole or in part. */
export class ManifestError extends KeelsonError<ManifestErrorCode> {}
