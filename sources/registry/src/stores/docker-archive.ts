import { isObject, type JsonValue } from '@keelson/core';
import {
  type ContentName,
  type Descriptor,
  type Digest,
  Digester,
  digestOf,
  formatReference,
  type ImageSource,
  isDigest,
  type LoadedManifest,
  loadManifest,
  mediaTypes,
  OciError,
  parseImageConfig,
  parseReference,
  verified,
  writeManifest,
} from '@keelson/oci';
import { RegistryError } from '../errors.ts';
import type { RegistryLimits } from '../limits.ts';
import { type FileTree, invalid, readFile } from './file-tree.ts';
import { jsonOf } from './oci-layout.ts';

/** An image of the archive, as its `manifest.json` has it. */
interface ArchivedImage {
  readonly config: string;
  readonly names: readonly string[];
  readonly layers: readonly string[];
}

/**
 * A tar archive of `docker save` (moby, image/spec). Images there have no manifest of their own, so one is made: the same for the same
 * archive, with the layers as they stand in it.
 */
export class DockerArchive implements ImageSource {
  readonly name: string;
  readonly #tree: FileTree;
  readonly #limits: RegistryLimits;
  readonly #images: readonly ArchivedImage[];
  /** Content that was hashed, by its path and by its digest. */
  readonly #digests = new Map<string, Descriptor>();
  readonly #paths = new Map<Digest, string>();
  readonly #manifests = new Map<Digest, LoadedManifest>();

  private constructor(tree: FileTree, limits: RegistryLimits, images: readonly ArchivedImage[]) {
    this.name = tree.name;
    this.#tree = tree;
    this.#limits = limits;
    this.#images = images;
  }

  /** @throws RegistryError STORE_INVALID, REGISTRY_LIMIT */
  static async open(tree: FileTree, limits: RegistryLimits): Promise<DockerArchive> {
    const list = jsonOf(
      tree,
      'manifest.json',
      await readFile(tree, 'manifest.json', limits.maxManifestBytes),
    );
    if (!Array.isArray(list)) throw invalid(tree, 'manifest.json is no list');
    if (list.length > limits.maxDescriptors)
      throw new RegistryError(
        'REGISTRY_LIMIT',
        `${tree.name}: more than maxDescriptors (${limits.maxDescriptors}) images`,
      );
    return new DockerArchive(
      tree,
      limits,
      list.map((item) => imageFrom(tree, item, limits)),
    );
  }

  async resolve(reference?: string): Promise<LoadedManifest> {
    if (reference !== undefined && isDigest(reference)) {
      for (const image of this.#images) await this.#load(image);
      return await this.manifest({ digest: reference });
    }
    const wanted = reference === undefined ? undefined : fullName(reference);
    const found = this.#images.filter(
      ({ names }) => wanted === undefined || names.map(fullName).includes(wanted),
    );
    const [only] = found;
    if (only !== undefined && found.length === 1) return await this.#load(only);
    const names = this.#images.flatMap((image) => image.names).slice(0, 20);
    const what = wanted === undefined ? 'images, and none is named' : `images ${reference}`;
    throw new OciError(
      'CONTENT_NOT_FOUND',
      `${this.name} has ${found.length} ${what}; it has ${names.join(', ')}`,
    );
  }

  async #load(image: ArchivedImage): Promise<LoadedManifest> {
    const config = await this.#describe(image.config, mediaTypes.dockerConfig);
    const { diffIds } = parseImageConfig(
      await readFile(this.#tree, image.config, this.#limits.maxManifestBytes),
    );
    if (diffIds.length !== image.layers.length)
      throw invalid(
        this.#tree,
        `${image.config} has ${diffIds.length} layers, and manifest.json ${image.layers.length}`,
      );
    const layers: Descriptor[] = [];
    for (const [at, path] of image.layers.entries()) {
      const layer = await this.#describe(path);
      if (layer.mediaType === mediaTypes.dockerLayer && layer.digest !== diffIds[at])
        throw new OciError(
          'DIGEST_MISMATCH',
          `${this.name}: ${path} has digest ${layer.digest}, not ${diffIds[at]}`,
        );
      layers.push(layer);
    }
    const mediaType = mediaTypes.dockerManifest;
    const bytes = writeManifest({ kind: 'manifest', mediaType, config, layers, annotations: new Map() });
    const loaded = loadManifest(bytes, { digest: digestOf(bytes), mediaType }, this.#limits);
    this.#manifests.set(loaded.digest, loaded);
    return loaded;
  }

  /** Hashes a file; a layer's type shows in its first bytes. */
  async #describe(path: string, mediaType?: string): Promise<Descriptor> {
    const known = this.#digests.get(path);
    if (known !== undefined) return known;
    const digester = new Digester();
    let isGzip: boolean | undefined;
    for await (const piece of this.#tree.stream(path)) {
      isGzip ??= piece[0] === 0x1f && piece[1] === 0x8b;
      digester.update(piece);
    }
    const layer = isGzip === true ? mediaTypes.dockerLayerGzip : mediaTypes.dockerLayer;
    const { size } = digester;
    const descriptor = {
      mediaType: mediaType ?? layer,
      digest: digester.digest(),
      size,
      annotations: new Map(),
    };
    this.#digests.set(path, descriptor);
    this.#paths.set(descriptor.digest, path);
    return descriptor;
  }

  async manifest({ digest }: ContentName): Promise<LoadedManifest> {
    const found = this.#manifests.get(digest);
    if (found === undefined) throw new OciError('CONTENT_NOT_FOUND', `${this.name} has no ${digest}`);
    return found;
  }

  async *blob(name: ContentName): AsyncGenerator<Uint8Array> {
    const path = this.#paths.get(name.digest);
    if (path === undefined) throw new OciError('CONTENT_NOT_FOUND', `${this.name} has no ${name.digest}`);
    yield* verified(this.#tree.stream(path), name);
  }

  async *tags(): AsyncGenerator<string> {
    for (const { names } of this.#images) yield* names;
  }

  async referrers(): Promise<readonly Descriptor[]> {
    return [];
  }

  async close(): Promise<void> {
    await this.#tree.close();
  }
}

function imageFrom(tree: FileTree, value: JsonValue, limits: RegistryLimits): ArchivedImage {
  const { Config: config, RepoTags: names, Layers: layers } = isObject(value) ? value : {};
  if (typeof config !== 'string') throw invalid(tree, 'manifest.json: an image without Config');
  return { config, names: textsOf(tree, names, limits), layers: textsOf(tree, layers, limits) };
}

function textsOf(tree: FileTree, value: JsonValue | undefined, { maxDescriptors }: RegistryLimits): string[] {
  const list = value ?? [];
  if (!Array.isArray(list) || list.length > maxDescriptors)
    throw invalid(tree, `manifest.json: no list, or one of more than maxDescriptors (${maxDescriptors})`);
  return list.map((item) => {
    if (typeof item !== 'string') throw invalid(tree, 'manifest.json: a name is no text');
    return item;
  });
}

/** `app` and `docker.io/library/app:latest` name one image. */
function fullName(text: string): string {
  try {
    const reference = parseReference(text);
    if (reference.kind !== 'registry') return text;
    return formatReference({ ...reference, tag: reference.tag ?? 'latest' });
  } catch (error) {
    if (error instanceof OciError) return text;
    throw error;
  }
}
