import { isKeelsonError } from '@keelson/core';
import { TufClient, type TufOptions } from './client.ts';
import { TufError } from './errors.ts';
import type { PinnedRoot } from './root-chain.ts';

/** The repository of Sigstore's public instance. */
export const publicSigstoreUrl = 'https://tuf-repo-cdn.sigstore.dev';

/**
 * Where trust in that repository, and in each of its mirrors, starts: its `12.root.json`, as sigstore/root-signing keeps it in
 * `metadata/root_history` and theupdateframework/tuf-conformance as the first root of its static repository `sigstore-root-signing`.
 */
export const publicSigstoreRoot: PinnedRoot = Object.freeze({
  version: 12,
  sha256: '5fe1e509a47277183a004745942c0a116379297da9f1cca529774320f1a5dfab',
});

/**
 * What is taken: the `newest` that the repository has; what is stored as long as it has not expired (`unexpired`), and the newest
 * after that; or what is `stored`, and nothing is ever fetched.
 */
export type Freshness = 'newest' | 'unexpired' | 'stored';

export interface SigstoreOptions extends Omit<TufOptions, 'metadataUrl' | 'root'> {
  /** `publicSigstoreRoot` where it is not given. */
  readonly root?: Uint8Array | PinnedRoot;
  /** `publicSigstoreUrl` where it is not given. */
  readonly metadataUrl?: string;
  /** `newest` where it is not given. */
  readonly freshness?: Freshness;
}

const trustedRootName = 'trusted_root.json';
const signingConfigName = 'signing_config.v0.2.json';

/** The target that holds the keys which npm's registry signs attestations of packages with. */
export const npmKeysTarget = 'registry.npmjs.org/keys.json';

/** Keys, certificates and services of a Sigstore instance, as its repository has them. */
export class SigstoreRepository {
  readonly #first: TufClient;
  /** Asked where the first one cannot tell. */
  readonly #second: TufClient | undefined;

  constructor(given: SigstoreOptions) {
    const { freshness = 'newest', metadataUrl = publicSigstoreUrl, root = publicSigstoreRoot } = given;
    const options = { ...given, metadataUrl, root };
    const newest = () => new TufClient(options);
    const stored = (allowExpired = false) => new TufClient({ ...options, fetch: undefined, allowExpired });
    if (freshness === 'newest') this.#first = newest();
    else this.#first = stored(freshness === 'stored' ? options.allowExpired : false);
    this.#second = freshness === 'unexpired' ? newest() : undefined;
  }

  /**
   * The trusted root (sigstore/protobuf-specs, `TrustedRoot` in JSON).
   *
   * @throws TufError; what `fetch` throws
   */
  async trustedRoot(): Promise<Uint8Array> {
    return await this.#download(trustedRootName);
  }

  /**
   * The signing configuration, of version 0.2; undefined where the repository has none.
   *
   * @throws TufError; what `fetch` throws
   */
  async signingConfig(): Promise<Uint8Array | undefined> {
    try {
      return await this.#download(signingConfigName);
    } catch (error) {
      if (error instanceof TufError && error.code === 'TUF_TARGET_UNKNOWN') return undefined;
      throw error;
    }
  }

  /**
   * Another target.
   *
   * @throws TufError; what `fetch` throws
   */
  async target(path: string): Promise<Uint8Array> {
    return await this.#download(path);
  }

  async #download(name: string): Promise<Uint8Array> {
    try {
      return await this.#first.download(name);
    } catch (error) {
      // What is stored may be too old, too little, or without the target.
      if (this.#second === undefined || !(error instanceof TufError)) throw error;
      return await downloadNewer(this.#second, name, error);
    }
  }
}

/** @param fault of what is stored: it is why something newer is asked for, which a repository out of reach must not hide. */
async function downloadNewer(client: TufClient, name: string, fault: TufError): Promise<Uint8Array> {
  try {
    return await client.download(name);
  } catch (error) {
    if (fault.code !== 'TUF_EXPIRED' || error instanceof TufError || !isKeelsonError(error)) throw error;
    throw new TufError('TUF_EXPIRED', `${fault.message}, and nothing newer can be had: ${error.message}`, {
      cause: error,
    });
  }
}
