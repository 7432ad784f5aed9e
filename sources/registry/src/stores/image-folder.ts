import {
  algorithmOf,
  type ContentName,
  type Descriptor,
  type Digest,
  digestOf,
  hexOf,
  type ImageSource,
  isDigest,
  type LoadedManifest,
  loadManifest,
  OciError,
  verified,
} from '@keelson/oci';
import type { RegistryLimits } from '../limits.ts';
import { type FileTree, readFile } from './file-tree.ts';

/** A folder as `skopeo copy … dir:` makes it: `manifest.json`, and blobs by the digits of their digest (containers-transports(5)). */
export class ImageFolder implements ImageSource {
  readonly name: string;
  readonly #tree: FileTree;
  readonly #limits: RegistryLimits;

  constructor(tree: FileTree, limits: RegistryLimits) {
    this.name = tree.name;
    this.#tree = tree;
    this.#limits = limits;
  }

  async resolve(reference?: string): Promise<LoadedManifest> {
    const bytes = await readFile(this.#tree, 'manifest.json', this.#limits.maxManifestBytes);
    const loaded = loadManifest(bytes, { digest: digestOf(bytes) }, this.#limits);
    if (reference === undefined || reference === loaded.digest) return loaded;
    if (isDigest(reference)) return await this.manifest({ digest: reference });
    throw new OciError(
      'CONTENT_NOT_FOUND',
      `${this.name} is one image without a name, and has no ${reference}`,
    );
  }

  async manifest(name: ContentName): Promise<LoadedManifest> {
    const path = `${fileName(name.digest)}.manifest.json`;
    const isThere = (await this.#tree.size(path)) !== undefined;
    const bytes = await readFile(this.#tree, isThere ? path : 'manifest.json', this.#limits.maxManifestBytes);
    return loadManifest(bytes, name, this.#limits);
  }

  async *blob(name: ContentName): AsyncGenerator<Uint8Array> {
    const path = fileName(name.digest);
    if ((await this.#tree.size(path)) === undefined)
      throw new OciError('CONTENT_NOT_FOUND', `${this.name} has no ${name.digest}`);
    yield* verified(this.#tree.stream(path), name);
  }

  async *tags(): AsyncGenerator<string> {}

  async referrers(): Promise<readonly Descriptor[]> {
    return [];
  }

  async close(): Promise<void> {
    await this.#tree.close();
  }
}

/** Other algorithms than sha256 stand before the digits. */
function fileName(digest: Digest): string {
  const algorithm = algorithmOf(digest);
  return algorithm === 'sha256' ? hexOf(digest) : `${algorithm}-${hexOf(digest)}`;
}
