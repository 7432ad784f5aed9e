import { isObject, JsonSyntaxError, type JsonValue, parseJsonBytes } from '@keelson/core';
import {
  algorithmOf,
  type ContentName,
  type Descriptor,
  type Digest,
  hexOf,
  type ImageIndex,
  type ImageSource,
  isDigest,
  type LoadedManifest,
  loadManifest,
  mediaTypes,
  OciError,
  parseManifest,
  referrerOf,
  subjectOfTag,
  verified,
} from '@keelson/oci';
import { RegistryError } from '../errors.ts';
import type { RegistryLimits } from '../limits.ts';
import { atTagOfCosign, imageOfCosign, isImageOfCosign } from './cosign-layout.ts';
import { type FileTree, invalid, readFile } from './file-tree.ts';

/** The name of an image in a layout (image-spec 1.1, annotations.md). */
export const refName = 'org.opencontainers.image.ref.name';

/** An OCI image layout (image-spec 1.1, image-layout.md) in a folder or a tar archive. */
export class OciLayout implements ImageSource {
  readonly name: string;
  readonly limits: RegistryLimits;
  readonly #tree: FileTree;

  /** Looks at nothing yet but the marker of a layout. @throws RegistryError STORE_INVALID */
  static async open(tree: FileTree, limits: RegistryLimits): Promise<OciLayout> {
    const layout = new OciLayout(tree, limits);
    await layout.checkMarker();
    return layout;
  }

  protected constructor(tree: FileTree, limits: RegistryLimits) {
    this.name = tree.name;
    this.limits = limits;
    this.#tree = tree;
  }

  protected async checkMarker(): Promise<void> {
    const marker = jsonOf(this.#tree, 'oci-layout', await readFile(this.#tree, 'oci-layout', 4_096));
    const version = isObject(marker) ? marker['imageLayoutVersion'] : undefined;
    if (version !== '1.0.0') throw invalid(this.#tree, 'it is no image layout of version 1.0.0');
  }

  async index(): Promise<ImageIndex> {
    const bytes = await readFile(this.#tree, 'index.json', this.limits.maxManifestBytes);
    const index = parseManifest(bytes, mediaTypes.ociIndex, this.limits);
    if (index.kind === 'index') return index;
    throw invalid(this.#tree, 'index.json is no index');
  }

  async resolve(reference?: string): Promise<LoadedManifest> {
    if (reference !== undefined && isDigest(reference)) return await this.manifest({ digest: reference });
    const index = await this.index();
    const { manifests } = index;
    const tagged = manifests.filter((each) =>
      reference === undefined ? !isBesideImage(each) : each.annotations.get(refName) === reference,
    );
    const named = reference === undefined || tagged.length > 0 ? tagged : atTagOfCosign(index, reference);
    const digests = new Set(named.map(({ digest }) => digest));
    const [only] = named;
    if (only !== undefined && digests.size === 1) return await this.manifest(only);
    const names = manifests.flatMap(({ annotations }) => annotations.get(refName) ?? []);
    const list = names.length === 0 ? '' : `; it has ${names.slice(0, 20).join(', ')}`;
    const what =
      reference === undefined
        ? `${manifests.length} images, and none is named`
        : `${named.length} images ${reference}`;
    throw new OciError('CONTENT_NOT_FOUND', `${this.name} has ${what}${list}`);
  }

  async manifest(name: ContentName): Promise<LoadedManifest> {
    const path = blobPath(name.digest);
    if ((await this.#tree.size(path)) === undefined) throw this.#absent(name.digest);
    return loadManifest(await readFile(this.#tree, path, this.limits.maxManifestBytes), name, this.limits);
  }

  async *blob(name: ContentName): AsyncGenerator<Uint8Array> {
    const path = blobPath(name.digest);
    if (!(await this.hasBlob(name))) throw this.#absent(name.digest);
    yield* verified(this.#tree.stream(path), name);
  }

  async hasBlob({ digest }: ContentName): Promise<boolean> {
    return (await this.#tree.size(blobPath(digest))) !== undefined;
  }

  async *tags(): AsyncGenerator<string> {
    const { manifests } = await this.index();
    for (const { annotations } of manifests) {
      const name = annotations.get(refName);
      if (name !== undefined) yield name;
    }
  }

  /** The manifests of `index.json` that name the subject; where cosign saved the layout, those that it does not list too. */
  async referrers(subject: Digest): Promise<readonly Descriptor[]> {
    const index = await this.index();
    this.#holdReferrers(index.manifests.length);
    const found = new Map<Digest, Descriptor>();
    for await (const { manifest, digest, size } of this.#besides(index, subject))
      if (manifest.subject?.digest === subject) found.set(digest, referrerOf(manifest, digest, size));
    return [...found.values()];
  }

  /** What may refer to a subject, one after another: all of them may be more than memory holds. */
  async *#besides(index: ImageIndex, subject: Digest): AsyncGenerator<LoadedManifest> {
    for (const descriptor of index.manifests) yield await this.manifest(descriptor);
    if (imageOfCosign(index) === subject) yield* this.#unlisted();
  }

  /** `cosign save` keeps what refers to an image as blobs alone: each that may be a manifest is looked at. */
  async *#unlisted(): AsyncGenerator<LoadedManifest> {
    const names = await this.#tree.names('blobs/sha256');
    this.#holdReferrers(names.length);
    for (const name of names) {
      const digest = `sha256:${name}`;
      const size = isDigest(digest) ? ((await this.#tree.size(blobPath(digest))) ?? 0) : 0;
      if (!isDigest(digest) || size > this.limits.maxManifestBytes) continue;
      const loaded = await this.manifest({ digest }).catch(unlessNoManifest);
      if (loaded !== undefined) yield loaded;
    }
  }

  #holdReferrers(count: number): void {
    if (count > this.limits.maxReferrers)
      throw new RegistryError(
        'REGISTRY_LIMIT',
        `${this.name} has more than maxReferrers (${this.limits.maxReferrers}) manifests to look at`,
      );
  }

  async close(): Promise<void> {
    await this.#tree.close();
  }

  #absent(digest: Digest): OciError {
    return new OciError('CONTENT_NOT_FOUND', `${this.name} has no ${digest}`);
  }
}

/** What refers to an image, as a signature does, is none itself; nor are the signatures at a tag of cosign 1 and 2. */
function isBesideImage(descriptor: Descriptor): boolean {
  const isImage = isImageOfCosign(descriptor);
  if (isImage !== undefined) return !isImage;
  const { annotations, artifactType } = descriptor;
  return artifactType !== undefined || subjectOfTag(annotations.get(refName) ?? '') !== undefined;
}

/** Most blobs are no manifests; one that is damaged may have been any. */
function unlessNoManifest(error: unknown): undefined {
  if (!(error instanceof OciError) || error.code === 'DIGEST_MISMATCH') throw error;
}

/** A digest's algorithm and digits are plain words, so the path leads nowhere else. */
export function blobPath(digest: Digest): string {
  return `blobs/${algorithmOf(digest)}/${hexOf(digest)}`;
}

/** @throws RegistryError STORE_INVALID */
export function jsonOf(tree: FileTree, path: string, bytes: Uint8Array): JsonValue {
  try {
    return parseJsonBytes(bytes);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw invalid(tree, `${path} is no JSON: ${error.message}`, error);
    throw error;
  }
}
