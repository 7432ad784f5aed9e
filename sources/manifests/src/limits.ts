/** Bounds on what is read and built. Passing one is an error that names it. */
export interface FileLimits {
  /** Largest single file, in bytes. */
  maxFileBytes: number;
  /** All files of one run together, in bytes. */
  maxTotalBytes: number;
  /** Manifests and Dockerfiles looked at in one run. */
  maxFiles: number;
  /** Names looked at in folders, whatever they are. */
  maxEntries: number;
  /** Deepest folder. */
  maxFolderDepth: number;
  /** Entries of one archive. */
  maxArchiveEntries: number;
  /** Unpacked bytes of one archive. */
  maxArchiveBytes: number;
  /** Unpacked bytes for each packed one. */
  maxArchiveRatio: number;
  /** Kustomizations one below the other. */
  maxBuildDepth: number;
  /** Kustomizations read for one build, those read twice counted twice. */
  maxKustomizations: number;
  /** Objects of one build. */
  maxObjects: number;
  /** Values that patches and replacements of one build copy; 64 characters of a text count as one more. */
  maxCopiedValues: number;
}

export const defaultFileLimits: Readonly<FileLimits> = Object.freeze({
  maxFileBytes: 32 * 1024 * 1024,
  maxTotalBytes: 1024 * 1024 * 1024,
  maxFiles: 200_000,
  maxEntries: 5_000_000,
  maxFolderDepth: 64,
  maxArchiveEntries: 100_000,
  maxArchiveBytes: 512 * 1024 * 1024,
  maxArchiveRatio: 200,
  maxBuildDepth: 50,
  maxKustomizations: 1_000,
  maxObjects: 50_000,
  maxCopiedValues: 2_000_000,
});
