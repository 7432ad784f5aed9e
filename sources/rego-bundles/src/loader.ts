import { HttpClient, type HttpOptions, shownUrl } from '@keelson/http';
import { formatReference } from '@keelson/oci';
import type { RegistryOptions } from '@keelson/registry';
import {
  type ArchiveFile,
  type Bundle,
  nodeCryptography,
  RegoError,
  readBundle,
  type VerificationKey,
  verifyBundle,
} from '@keelson/rego';
import { BundleError } from './errors.ts';
import { type BundleCredentials, type Fetched, fetchBundle, splitUrl } from './from-server.ts';
import { type BundleLimits, defaultBundleLimits } from './limits.ts';
import { type BundleLocation, bundleLocation } from './location.ts';
import { filesOnDisk } from './on-disk.ts';

/** A bundle with its files as they are. */
export interface LoadedBundle {
  /** As it was named, without credentials. */
  readonly name: string;
  readonly isArchive: boolean;
  readonly files: readonly ArchiveFile[];
  readonly bundle: Bundle;
  /** What a server or a registry calls this state of it: the `ETag`, or the digest of the layer. */
  readonly tag: string | undefined;
}

export interface BundleOptions {
  readonly limits?: Partial<BundleLimits>;
  /** Every bundle must be signed by it. */
  readonly verification?: VerificationKey | undefined;
  /** Names of files and folders that are left out of a folder. */
  readonly isIgnored?: (name: string) => boolean;
  /** What to send to a server whose URL brings no credentials itself; they go to its scheme, host and port only. */
  readonly credentials?: (url: URL) => BundleCredentials | undefined;
  /** Take delta bundles from servers that have them, once a bundle is known. */
  readonly deltas?: boolean;
  readonly http?: HttpOptions;
  readonly registry?: RegistryOptions;
}

/** Loads bundles from wherever they are, and keeps those of servers and registries until they change. */
export class BundleLoader {
  readonly #options: BundleOptions;
  readonly #limits: BundleLimits;
  readonly #known = new Map<string, LoadedBundle>();

  constructor(options: BundleOptions = {}) {
    this.#options = options;
    this.#limits = Object.freeze({ ...defaultBundleLimits, ...options.limits });
  }

  /**
   * Loads a bundle. One of a server or a registry that has not changed since it was loaded is the same object again.
   *
   * @param text a path, a URL or a reference, as `bundleLocation` reads it.
   * @throws RegoError `bundle_error` for what is wrong in it; BundleError, HttpError, OciError, RegistryError where it cannot be had.
   */
  async load(text: string): Promise<LoadedBundle> {
    const location = bundleLocation(text);
    if (location.kind === 'path') return this.#fromDisk(location.path);
    const known = this.#known.get(text);
    const { name, read, tag } = await this.#fetch(location, known);
    if (read === undefined && known !== undefined) return known;
    if (read === undefined) throw new BundleError('BUNDLE_NOT_GIVEN', `${name} gives no bundle`);
    const loaded = this.#read(name, () => ({ isArchive: true, files: read(), tag }));
    // A delta bundle's tag is that of the whole with its changes made.
    this.#known.set(text, loaded);
    return loaded;
  }

  #fromDisk(path: string): LoadedBundle {
    const { isIgnored = () => false } = this.#options;
    return this.#read(path, () => ({ ...filesOnDisk(path, isIgnored, this.#limits), tag: undefined }));
  }

  async #fetch(
    location: Exclude<BundleLocation, { kind: 'path' }>,
    known: LoadedBundle | undefined,
  ): Promise<Fetched & { name: string }> {
    const limits = this.#limits;
    if (location.kind === 'image') {
      // Registries are seldom used, and bring much along.
      const { pullBundle } = await import('./from-registry.ts');
      const registry = this.#options.registry ?? {};
      const fetched = await pullBundle(location.reference, known?.tag, { limits, registry });
      return { ...fetched, name: formatReference(location.reference) };
    }
    const { url, credentials = this.#options.credentials?.(url) } = splitUrl(location.url);
    // Who writes http means it.
    const http = new HttpClient({ plainHttp: url.protocol === 'http:', ...this.#options.http });
    const deltas = this.#options.deltas === true && known !== undefined;
    const fetched = await fetchBundle(url, known?.tag, { http, limits, credentials, deltas });
    return { ...fetched, name: shownUrl(url) };
  }

  /** Puts the bundle together; what is wrong in it is told with its name. */
  #read(name: string, files: () => Pick<LoadedBundle, 'isArchive' | 'files' | 'tag'>): LoadedBundle {
    try {
      const found = files();
      const { verification } = this.#options;
      if (verification !== undefined)
        verify(found.files, found.isArchive ? verification : { ...verification, folder: name });
      return { name, ...found, bundle: readBundle(found.files) };
    } catch (error) {
      if (error instanceof RegoError)
        throw new RegoError(error.code, `bundle ${name}: ${error.message}`, { cause: error });
      if (error instanceof BundleError)
        throw new BundleError(error.code, `bundle ${name}: ${error.message}`, { cause: error });
      throw error;
    }
  }
}

function verify(files: readonly ArchiveFile[], key: VerificationKey): void {
  const cryptography = nodeCryptography();
  if (cryptography === undefined)
    throw new BundleError('BUNDLE_UNREADABLE', 'it cannot be verified: this Node has no cryptography');
  verifyBundle(files, key, cryptography);
}
