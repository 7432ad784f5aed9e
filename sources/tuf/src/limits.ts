import { TufError } from './errors.ts';

/** Bounds on a repository. Passing one is an error that names it. */
export interface TufLimits {
  /** Bytes of one version of root (W of the specification, 5.3.3). */
  readonly maxRootBytes: number;
  readonly maxTimestampBytes: number;
  readonly maxSnapshotBytes: number;
  /** Bytes of targets and of each role that it delegates to. */
  readonly maxTargetsBytes: number;
  /** Bytes of one target. */
  readonly maxTargetBytes: number;
  /** Versions of root that one refresh follows (Y of 5.3.3). */
  readonly maxRootVersions: number;
  /** Roles that are asked for one target (5.6.7.1). */
  readonly maxRoles: number;
}

export const defaultTufLimits: TufLimits = Object.freeze({
  maxRootBytes: 512 * 1024,
  maxTimestampBytes: 32 * 1024,
  maxSnapshotBytes: 4 * 1024 * 1024,
  maxTargetsBytes: 8 * 1024 * 1024,
  maxTargetBytes: 256 * 1024 * 1024,
  maxRootVersions: 256,
  maxRoles: 32,
});

export function beyond(what: string, name: keyof TufLimits, limits: TufLimits): TufError {
  return new TufError('TUF_LIMIT', `${what} passes ${name} (${limits[name]})`);
}
