import { createHash } from 'node:crypto';
import { TufError } from './errors.ts';
import { type Metadata, verifySignatures } from './metadata/metadata.ts';
import { type Root, readRoot } from './metadata/root.ts';
import { fetchMetadata, missing, type Repository } from './repository.ts';
import type { TufStore } from './store.ts';

/** A version of root that is known by its digest, and comes from the repository or a mirror of it. */
export interface PinnedRoot {
  readonly version: number;
  /** In hex. */
  readonly sha256: string;
}

/**
 * The newest root that the first one leads to (specification 5.2 and 5.3). Its expiry does not matter yet.
 *
 * @throws TufError; what `fetch` throws
 */
export async function currentRoot(
  repository: Repository,
  initial: Uint8Array | PinnedRoot | undefined,
): Promise<Root> {
  const { rootHistory } = repository;
  const start =
    rootHistory === undefined || initial === undefined
      ? await storedOrShipped(repository, initial)
      : await endOfHistory(repository, rootHistory, await bytesOf(repository, initial));
  return await updateRoot(repository, start);
}

/**
 * The version of a root file that its own keys sign.
 *
 * @throws TufError
 */
export function rootVersion(bytes: Uint8Array): number {
  return selfSigned(bytes).version;
}

/** A root that is known by its digest comes from where roots are kept, or from the repository; any other bytes are refused. */
async function bytesOf(repository: Repository, root: Uint8Array | PinnedRoot): Promise<Uint8Array> {
  if (root instanceof Uint8Array) return root;
  const { rootHistory, limits } = repository;
  const isIt = (bytes: Uint8Array | undefined): bytes is Uint8Array =>
    bytes !== undefined && createHash('sha256').update(bytes).digest('hex') === root.sha256;
  const kept = await rootHistory?.read(historyName(root.version), limits.maxRootBytes);
  if (isIt(kept)) return kept;
  const served = await fetchMetadata(repository, 'root', root.version, limits.maxRootBytes);
  if (served === undefined && repository.fetch === undefined) throw missing(repository, 'root', root.version);
  if (!isIt(served))
    throw new TufError(
      'TUF_ROOT_UNKNOWN',
      `the repository's root of version ${root.version} is not the one that trust starts from, which has sha256:${root.sha256}`,
    );
  await rootHistory?.write(historyName(root.version), served);
  return served;
}

const historyName = (version: number) => `${version}.root`;

/** Follows the kept versions as if they were fetched: one that is broken, or not signed by the one before, is where they end. */
async function endOfHistory({ limits }: Repository, history: TufStore, initial: Uint8Array): Promise<Root> {
  let root = selfSigned(initial);
  for (let step = 0; step < limits.maxRootVersions; step++) {
    const bytes = await history.read(historyName(root.version + 1), limits.maxRootBytes);
    const next = bytes === undefined ? undefined : unlessBroken(() => successor(root, bytes));
    if (next === undefined) break;
    root = next;
  }
  return root;
}

/** The newer of what is stored and what was shipped. */
async function storedOrShipped(
  repository: Repository,
  initial: Uint8Array | PinnedRoot | undefined,
): Promise<Root> {
  const { store, limits } = repository;
  const shippedBytes = initial === undefined ? undefined : await bytesOf(repository, initial);
  const shipped = shippedBytes === undefined ? undefined : selfSigned(shippedBytes);
  const stored = await store.read('root', limits.maxRootBytes);
  // A stored root that is broken does not matter where there is another one.
  const found =
    stored === undefined || shipped === undefined
      ? stored && selfSigned(stored)
      : unlessBroken(() => selfSigned(stored));
  if (found !== undefined && found.version >= (shipped?.version ?? 0)) return found;
  if (shipped === undefined || shippedBytes === undefined) throw missing(repository, 'root');
  if (found !== undefined) await forgetRevoked(repository, found, shipped);
  await store.write('root', shippedBytes);
  return shipped;
}

function unlessBroken(read: () => Root): Root | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof TufError) return undefined;
    throw error;
  }
}

function selfSigned(bytes: Uint8Array): Root {
  const root = readRoot(bytes);
  verifySignatures('root', root, root.signed.authorities.root);
  return root.signed;
}

/** Specification 5.3. */
async function updateRoot(repository: Repository, start: Root): Promise<Root> {
  const { store, rootHistory, limits } = repository;
  let root = start;
  for (let step = 0; step < limits.maxRootVersions; step++) {
    const version = root.version + 1;
    const bytes = await fetchMetadata(repository, 'root', version, limits.maxRootBytes);
    if (bytes === undefined) break;
    const next = successor(root, bytes);
    await forgetRevoked(repository, root, next);
    await rootHistory?.write(historyName(version), bytes);
    await store.write('root', bytes);
    root = next;
  }
  return root;
}

/** The root of the next version, signed by the keys of the one before and by its own (5.3.4 and 5.3.5). */
function successor(root: Root, bytes: Uint8Array): Root {
  const version = root.version + 1;
  const next: Metadata<Root> = readRoot(bytes);
  verifySignatures(`root ${version} by the keys of root ${root.version}`, next, root.authorities.root);
  verifySignatures(`root ${version} by its own keys`, next, next.signed.authorities.root);
  if (next.signed.version !== version)
    throw new TufError(
      'TUF_VERSION_REFUSED',
      `metadata of root ${version} says that it is of version ${next.signed.version}`,
    );
  return next.signed;
}

/**
 * 5.3.11: with the keys of timestamp or snapshot an attacker may have counted far ahead, which only forgetting undoes. Before the root is
 * kept: an update that breaks off between would never forget.
 */
async function forgetRevoked({ store }: Repository, before: Root, after: Root): Promise<void> {
  if (!isRevoked(before, after, 'timestamp') && !isRevoked(before, after, 'snapshot')) return;
  await store.remove('timestamp');
  await store.remove('snapshot');
}

/** True where a key that could sign for the role no longer can. */
function isRevoked(before: Root, after: Root, role: 'timestamp' | 'snapshot'): boolean {
  const left = new Set(after.authorities[role].keyIds);
  return before.authorities[role].keyIds.some((id) => !left.has(id));
}
