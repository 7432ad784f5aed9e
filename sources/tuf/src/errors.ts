import { KeelsonError } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const tufErrorCodes = Object.freeze({
  TUF_METADATA_INVALID: 'Metadata of a repository has a missing or wrong field.',
  TUF_ROOT_UNKNOWN: 'A repository does not have the root that trust in it starts from.',
  TUF_SIGNATURES_MISSING: 'Metadata is not signed by as many keys of its role as it must be.',
  TUF_VERSION_REFUSED:
    'Metadata is older than what was trusted before, or not of the version that it was announced with.',
  TUF_EXPIRED: 'Metadata has expired: the repository is not kept up, or someone holds back newer metadata.',
  TUF_CONTENT_MISMATCH:
    'Metadata or a target does not have the length or the hashes that it was announced with.',
  TUF_NOT_AVAILABLE: 'Metadata or a target is not there, or not stored where nothing may be fetched.',
  TUF_TARGET_UNKNOWN: 'No role that is trusted for it lists a target.',
  TUF_NAME_REFUSED: 'The name of a target is no path within a repository.',
  TUF_SERVER: 'A repository answers with an error.',
  TUF_ARCHIVE_INVALID: 'What should be a repository in an archive is none.',
  TUF_STORE: 'Trusted metadata or a target cannot be read from its store or written to it.',
  TUF_LIMIT: 'A repository passes a bound, which the message names.',
});
export type TufErrorCode = keyof typeof tufErrorCodes;

/** A repository, or what it serves, that is not to be trusted. */
export class TufError extends KeelsonError<TufErrorCode> {}
