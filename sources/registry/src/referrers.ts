import {
  bareMediaType,
  type Descriptor,
  type Digest,
  type ImageIndex,
  type ImageStore,
  type LoadedManifest,
  mediaTypes,
  OciError,
  parseManifest,
  referrerOf,
  referrersTag,
  withReferrer,
  writeManifest,
} from '@keelson/oci';
import type { RegistryClient } from './client.ts';
import { RegistryError } from './errors.ts';
import { pagesOf } from './paging.ts';

/** Times that a list in a tag is written again where another writer came between. */
const maxRewrites = 8;

/** The referrers of a repository's manifests: by the API, or in a tag where the registry has none (distribution-spec 1.1). */
export class Referrers {
  readonly #client: RegistryClient;
  readonly #repository: string;
  readonly #store: Pick<ImageStore, 'name' | 'resolve' | 'putManifest'>;

  constructor(
    client: RegistryClient,
    repository: string,
    store: Pick<ImageStore, 'name' | 'resolve' | 'putManifest'>,
  ) {
    this.#client = client;
    this.#repository = repository;
    this.#store = store;
  }

  /**
   * All that the registry names. It is not asked to filter: some compare another type than the artifact's, and would leave out
   * what is looked for.
   *
   * @throws RegistryError REGISTRY_LIMIT, REGISTRY_ANSWER_INVALID and those of a request; OciError
   */
  async list(subject: Digest): Promise<readonly Descriptor[]> {
    const { maxReferrers } = this.#client.limits;
    const found: Descriptor[] = [];
    const request = {
      path: `${this.#repository}/referrers/${subject}`,
      headers: { accept: mediaTypes.ociIndex },
      scopes: [{ repository: this.#repository, actions: ['pull'] }],
      accept: [200, 404],
    };
    for await (const { answer, bytes } of pagesOf(this.#client, request)) {
      if (answer.status === 404) return (await this.#inTag(subject))?.manifests ?? [];
      found.push(...this.#index(answer.headers.get('content-type') ?? '', bytes).manifests);
      if (found.length > maxReferrers)
        throw new RegistryError(
          'REGISTRY_LIMIT',
          `${this.#store.name}@${subject} has more than maxReferrers (${maxReferrers}) referrers`,
        );
    }
    return found;
  }

  #index(mediaType: string, bytes: Uint8Array): ImageIndex {
    const manifest = parseManifest(bytes, bareMediaType(mediaType), this.#client.limits);
    if (manifest.kind === 'index') return manifest;
    throw new RegistryError(
      'REGISTRY_ANSWER_INVALID',
      `${this.#store.name}: the list of referrers is no index`,
    );
  }

  async #inTag(subject: Digest): Promise<ImageIndex | undefined> {
    const tag = referrersTag(subject);
    try {
      const { manifest } = await this.#store.resolve(tag);
      if (manifest.kind === 'index') return manifest;
    } catch (error) {
      if (error instanceof OciError && error.code === 'CONTENT_NOT_FOUND') return undefined;
      throw error;
    }
    throw new RegistryError('REGISTRY_ANSWER_INVALID', `${this.#store.name}:${tag} is no index of referrers`);
  }

  /**
   * Adds a referrer to the tag of its subject. A tag has no lock: the list is read again a moment after it was written, and
   * written again where another writer came between.
   *
   * @throws RegistryError REGISTRY_FAILED where others always came between.
   */
  async add(subject: Digest, { manifest, digest, size }: LoadedManifest): Promise<void> {
    const referrer = referrerOf(manifest, digest, size);
    for (let attempt = 0; attempt < maxRewrites; attempt++) {
      const before = await this.#inTag(subject);
      const after = withReferrer(before, referrer);
      if (after === before) return;
      await this.#store.putManifest(writeManifest(after), after.mediaType, referrersTag(subject));
      await this.#client.settle();
    }
    if ((await this.#inTag(subject))?.manifests.some((entry) => entry.digest === digest) === true) return;
    throw new RegistryError(
      'REGISTRY_FAILED',
      `${this.#store.name}:${referrersTag(subject)}: others write to the list of referrers all the time`,
    );
  }
}
