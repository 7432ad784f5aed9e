import type { HttpAnswer } from '@keelson/http';
import {
  algorithmOf,
  bareMediaType,
  type ContentBytes,
  type ContentName,
  type Descriptor,
  type Digest,
  digestOf,
  type ImageStore,
  isDigest,
  isTag,
  type LoadedManifest,
  loadManifest,
  manifestMediaTypes,
  OciError,
  parseDigest,
  verified,
} from '@keelson/oci';
import type { RegistryClient } from './client.ts';
import { downloadBlob } from './download.ts';
import { RegistryError } from './errors.ts';
import { objectIn } from './json.ts';
import { pagesOf } from './paging.ts';
import { Referrers } from './referrers.ts';
import type { Scope } from './scopes.ts';
import { Uploads } from './uploads.ts';

/** A repository of a registry (distribution-spec 1.1). */
export class RegistryRepository implements ImageStore {
  readonly name: string;
  readonly #client: RegistryClient;
  readonly #repository: string;
  readonly #pull: readonly Scope[];
  readonly #push: readonly Scope[];
  readonly #referrers: Referrers;
  readonly #uploads: Uploads;

  /** @param repository in full, without the registry: `library/nginx`. */
  constructor(client: RegistryClient, repository: string) {
    this.name = `${client.registry}/${repository}`;
    this.#client = client;
    this.#repository = repository;
    this.#pull = [{ repository, actions: ['pull'] }];
    this.#push = [{ repository, actions: ['pull', 'push'] }];
    this.#referrers = new Referrers(client, repository, this);
    this.#uploads = new Uploads(client, repository);
  }

  async resolve(reference = 'latest'): Promise<LoadedManifest> {
    if (!isTag(reference)) return await this.manifest({ digest: parseDigest(reference) });
    const { answer, bytes } = await this.#manifestBytes(reference);
    const digest = digestOf(bytes);
    const said = answer.headers.get('docker-content-digest') ?? '';
    // A registry may name the content by another algorithm than ours, and must not be wrong about it.
    if (isDigest(said) && digestOf(bytes, algorithmOf(said)) !== said)
      throw new OciError(
        'DIGEST_MISMATCH',
        `${this.name}:${reference}: the registry calls ${digest} ${said}`,
      );
    return this.#load(bytes, { digest, mediaType: answer.headers.get('content-type') ?? '' }, reference);
  }

  async manifest(name: ContentName): Promise<LoadedManifest> {
    const { answer, bytes } = await this.#manifestBytes(name.digest);
    const mediaType = name.mediaType ?? answer.headers.get('content-type') ?? '';
    return this.#load(bytes, { ...name, mediaType }, name.digest);
  }

  async #manifestBytes(reference: string): Promise<{ answer: HttpAnswer; bytes: Uint8Array }> {
    const answer = await this.#client.send({
      path: `${this.#repository}/manifests/${reference}`,
      headers: { accept: manifestMediaTypes.join(', ') },
      scopes: this.#pull,
      accept: [200],
    });
    return { answer, bytes: await answer.bytes(this.#client.limits.maxManifestBytes) };
  }

  #load(bytes: Uint8Array, name: ContentName, reference: string): LoadedManifest {
    try {
      return loadManifest(bytes, name, this.#client.limits);
    } catch (error) {
      if (!(error instanceof OciError)) throw error;
      const at = isDigest(reference) ? '@' : ':';
      throw new OciError(error.code, `${this.name}${at}${reference}: ${error.message}`, { cause: error });
    }
  }

  async *blob(name: ContentName): AsyncGenerator<Uint8Array> {
    const request = {
      path: `${this.#repository}/blobs/${name.digest}`,
      // An encoding would be undone before the digest is looked at, and its bytes could be many times more.
      headers: { accept: 'application/octet-stream, */*', 'accept-encoding': 'identity' },
      scopes: this.#pull,
      accept: [200],
    };
    yield* verified(downloadBlob(this.#client, request, name), name);
  }

  /**
   * @throws RegistryError REGISTRY_LIMIT, REGISTRY_ANSWER_INVALID and those of a request
   */
  async *tags(): AsyncGenerator<string> {
    const { maxTags } = this.#client.limits;
    let count = 0;
    const path = `${this.#repository}/tags/list`;
    for await (const { bytes } of pagesOf(this.#client, { path, scopes: this.#pull, accept: [200] })) {
      for (const tag of tagsOf(this.name, bytes)) {
        if (++count > maxTags)
          throw new RegistryError('REGISTRY_LIMIT', `${this.name} has more than maxTags (${maxTags}) tags`);
        yield tag;
      }
    }
  }

  async referrers(subject: Digest): Promise<readonly Descriptor[]> {
    return await this.#referrers.list(subject);
  }

  async hasBlob({ digest }: ContentName): Promise<boolean> {
    const path = `${this.#repository}/blobs/${digest}`;
    const answer = await this.#client.send({ path, method: 'HEAD', scopes: this.#pull, accept: [200, 404] });
    await answer.discard();
    return answer.status === 200;
  }

  async putBlob(descriptor: Pick<Descriptor, 'digest' | 'size'>, content: () => ContentBytes): Promise<void> {
    if (await this.hasBlob(descriptor)) return;
    await this.#uploads.upload(descriptor, content());
  }

  /**
   * Takes a blob over from another repository of the same registry, without sending it.
   *
   * @returns false where the registry does not do it.
   */
  async mountBlob(digest: Digest, from: string): Promise<boolean> {
    return await this.#uploads.mount(digest, from);
  }

  async putManifest(bytes: Uint8Array, mediaType: string, tag?: string): Promise<LoadedManifest> {
    const loaded = loadManifest(bytes, { digest: digestOf(bytes), mediaType }, this.#client.limits);
    const answer = await this.#client.send({
      path: `${this.#repository}/manifests/${tag ?? loaded.digest}`,
      method: 'PUT',
      headers: { 'content-type': bareMediaType(loaded.mediaType) },
      body: bytes,
      scopes: this.#push,
      accept: [201],
    });
    await answer.discard();
    // A registry that does not name the subject has not listed the referrer (distribution-spec 1.1, "Pushing Manifests with Subject").
    if (loaded.manifest.subject !== undefined && answer.headers.get('oci-subject') === null)
      await this.#referrers.add(loaded.manifest.subject.digest, loaded);
    return loaded;
  }

  async settle(): Promise<void> {
    await this.#client.settle();
  }

  /** Deletes a manifest by its digest, or a tag. */
  async delete(reference: string): Promise<void> {
    const scopes = [{ repository: this.#repository, actions: ['pull', 'delete'] }];
    const path = `${this.#repository}/manifests/${isTag(reference) ? reference : parseDigest(reference)}`;
    await (await this.#client.send({ path, method: 'DELETE', scopes, accept: [202] })).discard();
  }

  async close(): Promise<void> {}
}

function tagsOf(name: string, bytes: Uint8Array): readonly string[] {
  const { tags } = objectIn(bytes);
  // Registries write null for no tags.
  if (tags === null) return [];
  if (!Array.isArray(tags))
    throw new RegistryError('REGISTRY_ANSWER_INVALID', `${name}: the list of tags is none`);
  return tags.map((tag) => {
    if (typeof tag === 'string' && isTag(tag)) return tag;
    throw new RegistryError('REGISTRY_ANSWER_INVALID', `${name}: a tag in the list is none`);
  });
}
