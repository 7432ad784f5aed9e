import {
  type Descriptor,
  type Digest,
  digestOf,
  type ImageStore,
  type LoadedManifest,
  loadManifest,
  OciError,
} from '@keelson/oci';

/** A registry in memory, with all that refers to anything. */
export class MemoryImages implements ImageStore {
  readonly name = 'memory';
  readonly #blobs = new Map<Digest, Uint8Array>();
  readonly #manifests: LoadedManifest[] = [];
  readonly #tags = new Map<string, LoadedManifest>();
  /** How often a blob was asked for. */
  fetched = 0;

  async putBlob({ digest }: Pick<Descriptor, 'digest'>, content: () => unknown): Promise<void> {
    const bytes = content();
    if (bytes instanceof Uint8Array) this.#blobs.set(digest, bytes);
  }

  async putManifest(bytes: Uint8Array, mediaType: string, tag?: string): Promise<LoadedManifest> {
    const loaded = loadManifest(bytes, { digest: digestOf(bytes), mediaType });
    if (tag === undefined) this.#manifests.push(loaded);
    else this.#tags.set(tag, loaded);
    return loaded;
  }

  async referrers(): Promise<readonly Descriptor[]> {
    return this.#manifests.map((each) => ({ ...each, annotations: new Map() }));
  }

  async manifest({ digest }: { digest: Digest }): Promise<LoadedManifest> {
    const found = this.#manifests.find((each) => each.digest === digest);
    if (found === undefined) throw new OciError('CONTENT_NOT_FOUND', digest);
    return found;
  }

  async *blob({ digest }: { digest: Digest }): AsyncIterable<Uint8Array> {
    this.fetched++;
    const found = this.#blobs.get(digest);
    if (found === undefined) throw new OciError('CONTENT_NOT_FOUND', digest);
    yield found;
  }

  async resolve(reference = ''): Promise<LoadedManifest> {
    const found = this.#tags.get(reference);
    if (found === undefined) throw new OciError('CONTENT_NOT_FOUND', reference);
    return found;
  }

  tags = async function* (): AsyncIterable<string> {};
  close = async () => undefined;
  hasBlob = async () => false;
}
