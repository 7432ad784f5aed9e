import { TufError } from './errors.ts';
import type { TufFetch } from './fetch.ts';
import { beyond, defaultTufLimits, type TufLimits } from './limits.ts';
import type { Delegation } from './metadata/delegations.ts';
import type { Authority } from './metadata/key.ts';
import { checkContent, namingHash } from './metadata/meta-files.ts';
import type { TargetInfo, Targets } from './metadata/targets.ts';
import { below, targetUrlPath } from './names.ts';
import { loadTargets, refresh, type Trusted } from './refresh.ts';
import { missing, type Repository } from './repository.ts';
import type { PinnedRoot } from './root-chain.ts';
import type { TufStore } from './store.ts';

export interface TufOptions {
  /** Where `timestamp.json` stands. */
  readonly metadataUrl: string;
  /** Where the targets stand; `targets/` below `metadataUrl` where it is not given. */
  readonly targetsUrl?: string;
  /** The root that is trusted from the start, or which one it is. It may be left out where the store has one. */
  readonly root?: Uint8Array | PinnedRoot;
  /** Trusted metadata, kept from one update to the next: without it, nothing tells that a repository goes back. */
  readonly store: TufStore;
  /**
   * Versions of root between `root` and the newest. With it only what `root` leads to is believed, whatever stands in `store`; a stored
   * root is trusted as it stands else.
   */
  readonly rootHistory?: TufStore;
  /** Targets that were downloaded before. */
  readonly targetStore?: TufStore;
  /** Where it is not given, everything must be stored. */
  readonly fetch?: TufFetch | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly limits?: Partial<TufLimits>;
  /** Take stored metadata that has expired. Only without `fetch`. */
  readonly allowExpired?: boolean;
}

interface State {
  readonly repository: Repository;
  readonly trusted: Trusted;
  /**
   * Delegated roles that were loaded, by who may sign for them in the delegation, and by name: a role that one delegation has
   * right is not trusted by another one.
   */
  readonly roles: WeakMap<Authority, Map<string, Targets>>;
}

/** A client of one repository. Metadata is brought up to date once, at the first need or by `refresh`. */
export class TufClient {
  readonly #options: TufOptions;
  readonly #limits: TufLimits;
  #state: Promise<State> | undefined;

  constructor(options: TufOptions) {
    if (options.allowExpired === true && options.fetch !== undefined)
      throw new TypeError('allowExpired is for a client without fetch');
    this.#options = options;
    this.#limits = Object.freeze({ ...defaultTufLimits, ...options.limits });
  }

  /**
   * Brings the top-level roles up to date, at the time it is now.
   *
   * @throws TufError; what `fetch` throws
   */
  async refresh(): Promise<Trusted> {
    this.#state = this.#refreshed();
    return (await this.#state).trusted;
  }

  async #refreshed(): Promise<State> {
    const { metadataUrl, store, rootHistory, fetch, now, root, allowExpired = false } = this.#options;
    const repository = {
      metadataUrl,
      store,
      rootHistory,
      fetch,
      limits: this.#limits,
      now: now(),
      mayBeExpired: allowExpired,
    };
    return { repository, trusted: await refresh(repository, root), roles: new WeakMap() };
  }

  /** A failed update is tried again at the next need. */
  async #current(): Promise<State> {
    const state = this.#state ?? this.#refreshed();
    this.#state = state;
    try {
      return await state;
    } catch (error) {
      if (this.#state === state) this.#state = undefined;
      throw error;
    }
  }

  /**
   * What the repository says of a target.
   *
   * @throws TufError TUF_TARGET_UNKNOWN and others; what `fetch` throws
   */
  async target(path: string): Promise<TargetInfo> {
    const info = await find(path, await this.#current());
    if (info !== undefined) return info;
    throw new TufError('TUF_TARGET_UNKNOWN', `the target ${shown(path)} is not in the repository`);
  }

  /**
   * A target, from the store of targets or fetched, held against its length and hashes.
   *
   * @throws TufError; what `fetch` throws
   */
  async download(path: string): Promise<Uint8Array> {
    const { repository, trusted } = await this.#current();
    const info = await this.target(path);
    const stored = await this.#storedTarget(info);
    if (stored !== undefined) return stored;
    if (info.length > this.#limits.maxTargetBytes)
      throw beyond(`the target ${shown(path)}`, 'maxTargetBytes', this.#limits);
    const hash = trusted.root.isConsistentSnapshot ? namingHash(info.hashes) : undefined;
    const base = this.#options.targetsUrl ?? below(repository.metadataUrl, 'targets');
    const bytes = await repository.fetch?.(below(base, targetUrlPath(path, hash)), info.length);
    if (bytes === undefined)
      throw new TufError(
        'TUF_NOT_AVAILABLE',
        `the target ${shown(path)} is not ${repository.fetch === undefined ? 'stored, and nothing may be fetched' : 'in the repository'}`,
      );
    checkContent(`the target ${shown(path)}`, bytes, info);
    await this.#options.targetStore?.write(path, bytes);
    return bytes;
  }

  async #storedTarget(info: TargetInfo): Promise<Uint8Array | undefined> {
    const bytes = await this.#options.targetStore?.read(info.path, info.length);
    if (bytes === undefined) return undefined;
    try {
      checkContent('the stored target', bytes, info);
      return bytes;
    } catch (error) {
      if (error instanceof TufError) return undefined;
      throw error;
    }
  }
}

/** Searches the roles in order, each before those that it delegates to (specification 5.6.7). */
async function find(path: string, state: State): Promise<TargetInfo | undefined> {
  const { limits } = state.repository;
  const visited = new Set<string>();
  const waiting: Delegation[] = [];
  let role: Targets = state.trusted.targets;
  for (;;) {
    const info = role.target(path);
    if (info !== undefined) return info;
    follow(role.delegations?.(path) ?? [], waiting);
    const next = nextOf(waiting, visited);
    if (next === undefined) return undefined;
    if (visited.size >= limits.maxRoles) throw beyond(`the search for ${shown(path)}`, 'maxRoles', limits);
    visited.add(next.name);
    role = await delegated(next, state);
  }
}

async function delegated(
  { name, authority }: Delegation,
  { repository, trusted, roles }: State,
): Promise<Targets> {
  const loaded = roles.get(authority) ?? new Map<string, Targets>();
  roles.set(authority, loaded);
  const before = loaded.get(name);
  if (before !== undefined) return before;
  const meta = trusted.snapshot.meta.get(`${name}.json`);
  if (meta === undefined) throw missing(repository, name);
  const { signed } = await loadTargets(repository, trusted.root, { name, meta, authority });
  loaded.set(name, signed);
  return signed;
}

/** Puts delegations before all that wait, in their order. A terminating one takes the place of all that stand behind it. */
function follow(delegations: readonly Delegation[], waiting: Delegation[]): void {
  const last = delegations.findIndex(({ isTerminating }) => isTerminating);
  if (last >= 0) waiting.length = 0;
  waiting.unshift(...(last < 0 ? delegations : delegations.slice(0, last + 1)));
}

function nextOf(waiting: Delegation[], visited: ReadonlySet<string>): Delegation | undefined {
  for (;;) {
    const next = waiting.shift();
    if (next === undefined || !visited.has(next.name)) return next;
  }
}

function shown(path: string): string {
  return JSON.stringify(path.slice(0, 200));
}
