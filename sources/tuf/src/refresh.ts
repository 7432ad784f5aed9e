import { TufError } from './errors.ts';
import type { Authority } from './metadata/key.ts';
import {
  type MetaFile,
  readSnapshot,
  readTimestamp,
  type Snapshot,
  type Timestamp,
} from './metadata/meta-files.ts';
import { checkExpiry, type Metadata, type Signed, verifySignatures } from './metadata/metadata.ts';
import type { Root } from './metadata/root.ts';
import { readTargets, type Targets } from './metadata/targets.ts';
import { fetchMetadata, loadAnnounced, missing, type Repository } from './repository.ts';
import { currentRoot, type PinnedRoot } from './root-chain.ts';

/** The top-level roles after an update. */
export interface Trusted {
  readonly root: Root;
  readonly timestamp: Timestamp;
  readonly snapshot: Snapshot;
  readonly targets: Targets;
}

/**
 * Brings the top-level roles up to date (specification 5.2 to 5.6). What was stored before stays where a step fails, so the next update can
 * go on from there.
 *
 * @param initialRoot shipped with the program, or its digest
 * @throws TufError; what `fetch` throws
 */
export async function refresh(
  repository: Repository,
  initialRoot: Uint8Array | PinnedRoot | undefined,
): Promise<Trusted> {
  const root = await currentRoot(repository, initialRoot);
  if (!repository.mayBeExpired) checkExpiry('root', root, repository.now);
  const timestamp = await updateTimestamp(repository, root);
  const snapshot = await updateSnapshot(repository, root, timestamp);
  const meta = snapshot.meta.get('targets.json');
  if (meta === undefined) throw missing(repository, 'targets');
  const targets = await loadTargets(repository, root, {
    name: 'targets',
    meta,
    authority: root.authorities.targets,
  });
  return { root, timestamp, snapshot, targets: targets.signed };
}

/** Metadata of targets or of a role that it delegates to. */
export async function loadTargets(
  repository: Repository,
  { isConsistentSnapshot }: Root,
  { name, meta, authority }: { name: string; meta: MetaFile; authority: Authority },
): Promise<Metadata<Targets>> {
  const read = (bytes: Uint8Array) => readTargets(bytes, name);
  return await loadAnnounced(repository, {
    name,
    meta,
    authority,
    read,
    limit: 'maxTargetsBytes',
    isConsistentSnapshot,
  });
}

/** Specification 5.4. */
async function updateTimestamp(repository: Repository, root: Root): Promise<Timestamp> {
  const { store, limits, fetch } = repository;
  const authority = root.authorities.timestamp;
  const stored = await storedBefore(
    repository,
    'timestamp',
    limits.maxTimestampBytes,
    readTimestamp,
    authority,
  );
  if (fetch === undefined) return current(repository, 'timestamp', stored);
  const bytes = await fetchMetadata(repository, 'timestamp', undefined, limits.maxTimestampBytes);
  if (bytes === undefined) throw missing(repository, 'timestamp');
  const next = readTimestamp(bytes);
  verifySignatures('timestamp', next, authority);
  const { version, snapshot } = next.signed;
  // 5.4.3.1: the same version is nothing new, whatever else is in it.
  if (stored !== undefined && version === stored.version) return current(repository, 'timestamp', stored);
  if (stored !== undefined) {
    checkNotOlder('timestamp', version, stored.version);
    checkNotOlder('snapshot as timestamp has it', snapshot.version, stored.snapshot.version);
  }
  checkExpiry('timestamp', next.signed, repository.now);
  await store.write('timestamp', bytes);
  return next.signed;
}

function current<S extends Signed>(repository: Repository, name: string, signed: S | undefined): S {
  if (signed === undefined) throw missing(repository, name);
  if (!repository.mayBeExpired) checkExpiry(name, signed, repository.now);
  return signed;
}

/** Specification 5.5. */
async function updateSnapshot(repository: Repository, root: Root, timestamp: Timestamp): Promise<Snapshot> {
  const authority = root.authorities.snapshot;
  const before = await storedBefore(
    repository,
    'snapshot',
    repository.limits.maxSnapshotBytes,
    readSnapshot,
    authority,
  );
  const { signed } = await loadAnnounced(repository, {
    name: 'snapshot',
    meta: timestamp.snapshot,
    authority,
    read: readSnapshot,
    limit: 'maxSnapshotBytes',
    isConsistentSnapshot: root.isConsistentSnapshot,
    check: (next) => checkKept(before, next),
  });
  return signed;
}

/** 5.5.5: no role goes back, and none disappears. */
function checkKept(before: Snapshot | undefined, next: Snapshot): void {
  for (const [file, { version }] of before?.meta ?? []) {
    const meta = next.meta.get(file);
    if (meta === undefined)
      throw new TufError(
        'TUF_VERSION_REFUSED',
        `metadata of snapshot no longer has ${file}, which it had before`,
      );
    checkNotOlder(`${file} as snapshot has it`, meta.version, version);
  }
}

function checkNotOlder(what: string, version: number, before: number): void {
  if (version < before)
    throw new TufError(
      'TUF_VERSION_REFUSED',
      `${what} is of version ${version}, and was of ${before} before`,
    );
}

/** What is stored, if it is still signed by whom it must be. It may have expired: it only says what must not go back. */
async function storedBefore<S extends Signed>(
  { store }: Repository,
  name: string,
  maxBytes: number,
  read: (bytes: Uint8Array) => Metadata<S>,
  authority: Authority,
): Promise<S | undefined> {
  const bytes = await store.read(name, maxBytes);
  if (bytes === undefined) return undefined;
  try {
    const metadata = read(bytes);
    verifySignatures(name, metadata, authority);
    return metadata.signed;
  } catch (error) {
    if (error instanceof TufError) return undefined;
    throw error;
  }
}
