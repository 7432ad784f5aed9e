import { TufError } from './errors.ts';
import type { TufFetch } from './fetch.ts';
import { beyond, type TufLimits } from './limits.ts';
import type { Authority } from './metadata/key.ts';
import { checkContent, type MetaFile } from './metadata/meta-files.ts';
import { checkExpiry, type Metadata, type Signed, verifySignatures } from './metadata/metadata.ts';
import { below, urlSegment } from './names.ts';
import type { TufStore } from './store.ts';

/** What a client works with. */
export interface Repository {
  readonly metadataUrl: string;
  readonly store: TufStore;
  /** Versions of root that lead from the first one to the newest. */
  readonly rootHistory: TufStore | undefined;
  /** Undefined where nothing may be fetched. */
  readonly fetch: TufFetch | undefined;
  readonly limits: TufLimits;
  /** When the update began, in milliseconds since 1970: all of it is judged at one time (specification 5.1). */
  readonly now: number;
  /** Take what is stored although it has expired. Never where something may be fetched. */
  readonly mayBeExpired: boolean;
}

/** A role of metadata that another one announces. */
export interface Announced<S extends Signed> {
  readonly name: string;
  readonly meta: MetaFile;
  readonly authority: Authority;
  readonly read: (bytes: Uint8Array) => Metadata<S>;
  readonly limit: 'maxSnapshotBytes' | 'maxTargetsBytes';
  readonly isConsistentSnapshot: boolean;
  /** A further rule for what is fetched, which stands before the one on expiry. */
  readonly check?: (signed: S) => void;
}

/** The bytes of a metadata file; undefined where it is not there. */
export async function fetchMetadata(
  { fetch, metadataUrl }: Repository,
  name: string,
  version: number | undefined,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const file = `${version === undefined ? '' : `${version}.`}${urlSegment(name)}.json`;
  return await fetch?.(below(metadataUrl, file), maxBytes);
}

/**
 * The metadata of an announced role: from the store where the same stands there, else fetched, and stored when all is right with it
 * (specification 5.5 and 5.6).
 *
 * @throws TufError
 */
export async function loadAnnounced<S extends Signed>(
  repository: Repository,
  role: Announced<S>,
): Promise<Metadata<S>> {
  const { store, limits, fetch } = repository;
  const stored = await store.read(role.name, limits[role.limit]);
  try {
    if (stored !== undefined) return accepted(repository, role, stored);
  } catch (error) {
    // What is stored may well be of before. Without a way to newer metadata, the reason is all there is to tell.
    if (!(error instanceof TufError) || fetch === undefined) throw error;
  }
  const { length } = role.meta;
  if (length !== undefined && length > limits[role.limit])
    throw beyond(`metadata of ${role.name}`, role.limit, limits);
  const version = role.isConsistentSnapshot ? role.meta.version : undefined;
  const bytes = await fetchMetadata(repository, role.name, version, length ?? limits[role.limit]);
  if (bytes === undefined) throw missing(repository, role.name, role.meta.version);
  const metadata = accepted(repository, role, bytes);
  await store.write(role.name, bytes);
  return metadata;
}

function accepted<S extends Signed>(
  repository: Repository,
  role: Announced<S>,
  bytes: Uint8Array,
): Metadata<S> {
  checkContent(`metadata of ${role.name}`, bytes, role.meta);
  const metadata = role.read(bytes);
  verifySignatures(role.name, metadata, role.authority);
  const { version } = metadata.signed;
  if (version !== role.meta.version)
    throw new TufError(
      'TUF_VERSION_REFUSED',
      `metadata of ${role.name} is of version ${version}, and was announced with ${role.meta.version}`,
    );
  role.check?.(metadata.signed);
  if (!repository.mayBeExpired) checkExpiry(role.name, metadata.signed, repository.now);
  return metadata;
}

export function missing({ fetch }: Repository, name: string, version?: number): TufError {
  const which = version === undefined ? '' : ` of version ${version}`;
  const where = fetch === undefined ? 'stored, and nothing may be fetched' : 'in the repository';
  return new TufError('TUF_NOT_AVAILABLE', `metadata of ${name}${which} is not ${where}`);
}
