import { type ArchiveLimits, defaultArchiveLimits } from '@keelson/rego';

/** Bounds on bundles. Passing one is an error that names it. */
export interface BundleLimits extends ArchiveLimits {
  /** Bytes of an archive as it is stored or sent. */
  readonly maxBundleBytes: number;
  /** Bytes of an archive unpacked, or of a folder's files together. */
  readonly maxUnpackedBytes: number;
  /** Folders one in the other. */
  readonly maxFolderDepth: number;
}

export const defaultBundleLimits: BundleLimits = Object.freeze({
  ...defaultArchiveLimits,
  maxBundleBytes: 256 * 1024 * 1024,
  maxUnpackedBytes: 1024 * 1024 * 1024,
  maxFolderDepth: 64,
});
