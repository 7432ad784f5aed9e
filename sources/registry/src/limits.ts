import { defaultManifestLimits, type ManifestLimits } from '@keelson/oci';

/** Bounds on what registries and other stores may give. Passing one is an error that names it. */
export interface RegistryLimits extends ManifestLimits {
  /** Pages of one list. */
  readonly maxPages: number;
  /** Bytes of one page of a list. */
  readonly maxPageBytes: number;
  /** Tags of one repository. */
  readonly maxTags: number;
  /** Referrers of one manifest. */
  readonly maxReferrers: number;
  /** Bytes of a token service's answer. */
  readonly maxTokenBytes: number;
  /** Times that a blob, or a piece of an upload, goes on from where its connection broke. */
  readonly maxResumes: number;
  /** Bytes of one piece of an upload; this much of a blob is held in memory. */
  readonly uploadPieceBytes: number;
  /** The same where a registry asks for larger pieces. */
  readonly maxUploadPieceBytes: number;
  /** Entries of an archive. */
  readonly maxArchiveEntries: number;
  /** Unpacked bytes of a compressed archive. */
  readonly maxArchiveBytes: number;
  /** Time for a credential helper. */
  readonly helperMilliseconds: number;
}

export const defaultRegistryLimits: RegistryLimits = Object.freeze({
  ...defaultManifestLimits,
  maxPages: 1_000,
  maxPageBytes: 4 * 1024 * 1024,
  maxTags: 100_000,
  maxReferrers: 10_000,
  maxTokenBytes: 1024 * 1024,
  maxResumes: 3,
  uploadPieceBytes: 16 * 1024 * 1024,
  maxUploadPieceBytes: 256 * 1024 * 1024,
  maxArchiveEntries: 100_000,
  maxArchiveBytes: 16 * 1024 * 1024 * 1024,
  helperMilliseconds: 10_000,
});
