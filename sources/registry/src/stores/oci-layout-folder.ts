import { randomUUID } from 'node:crypto';
import { mkdir, open, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import {
  type ContentBytes,
  type Descriptor,
  digestOf,
  type ImageIndex,
  type ImageStore,
  type LoadedManifest,
  loadManifest,
  mediaTypes,
  OciError,
  verified,
  verifyContent,
  writeManifest,
} from '@keelson/oci';
import { RegistryError } from '../errors.ts';
import type { RegistryLimits } from '../limits.ts';
import { invalid, systemReason } from './file-tree.ts';
import { FolderTree } from './folder-tree.ts';
import { blobPath, OciLayout, refName } from './oci-layout.ts';

/** An image layout in a folder, which can be written. Every file is put in its place whole. */
export class OciLayoutFolder extends OciLayout implements ImageStore {
  readonly #root: string;

  private constructor(root: string, tree: FolderTree, limits: RegistryLimits) {
    super(tree, limits);
    this.#root = root;
  }

  /** @throws RegistryError STORE_UNREADABLE, STORE_INVALID */
  static async openFolder(path: string, limits: RegistryLimits): Promise<OciLayoutFolder> {
    const layout = new OciLayoutFolder(path, await FolderTree.open(path), limits);
    await layout.checkMarker();
    return layout;
  }

  /**
   * Opens a layout, made where there is none.
   *
   * @throws RegistryError STORE_UNWRITABLE, STORE_INVALID
   */
  static async create(path: string, limits: RegistryLimits): Promise<OciLayoutFolder> {
    try {
      await mkdir(join(path, 'blobs/sha256'), { recursive: true });
      const index: ImageIndex = {
        kind: 'index',
        mediaType: mediaTypes.ociIndex,
        manifests: [],
        annotations: new Map(),
      };
      await writeFile(join(path, 'index.json'), writeManifest(index), { flag: 'wx' }).catch(unlessThere);
      // The marker goes last: what has it is a layout.
      await writeFile(join(path, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}', { flag: 'wx' }).catch(
        unlessThere,
      );
    } catch (error) {
      throw unwritable(path, error);
    }
    return await OciLayoutFolder.openFolder(path, limits);
  }

  async putBlob(descriptor: Pick<Descriptor, 'digest' | 'size'>, content: () => ContentBytes): Promise<void> {
    if (await this.hasBlob(descriptor)) return;
    const bytes = content();
    if (bytes instanceof Uint8Array) verifyContent(bytes, descriptor);
    await this.#write(
      blobPath(descriptor.digest),
      bytes instanceof Uint8Array ? [bytes] : verified(bytes, descriptor),
    );
  }

  async putManifest(bytes: Uint8Array, mediaType: string, tag?: string): Promise<LoadedManifest> {
    const loaded = loadManifest(bytes, { digest: digestOf(bytes), mediaType }, this.limits);
    await this.#write(blobPath(loaded.digest), [bytes]);
    // One without a name is found through its index or its subject; of the former nothing stands in index.json.
    if (tag !== undefined || loaded.manifest.subject !== undefined) await this.#list(loaded, tag);
    return loaded;
  }

  async #list({ mediaType, digest, size, manifest }: LoadedManifest, tag: string | undefined): Promise<void> {
    const index = await this.index();
    const others = index.manifests.filter((entry) =>
      tag === undefined ? entry.digest !== digest : entry.annotations.get(refName) !== tag,
    );
    const entry: Descriptor = {
      mediaType,
      digest,
      size,
      annotations: new Map(tag === undefined ? [] : [[refName, tag]]),
      ...(manifest.artifactType === undefined ? {} : { artifactType: manifest.artifactType }),
    };
    await this.#write('index.json', [writeManifest({ ...index, manifests: [...others, entry] })]);
  }

  async #write(path: string, content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    const target = join(this.#root, path);
    const draft = join(dirname(target), `.${randomUUID()}.part`);
    try {
      await mkdir(dirname(target), { recursive: true });
      await this.#checkInside(dirname(target));
      const file = await open(draft, 'wx');
      try {
        for await (const piece of content) await file.writeFile(piece);
      } finally {
        await file.close();
      }
      await rename(draft, target);
    } catch (error) {
      await rm(draft, { force: true });
      throw error instanceof RegistryError || error instanceof OciError
        ? error
        : unwritable(this.#root, error);
    }
  }

  /** A link in a layout of somebody else's must lead no writing out of it. */
  async #checkInside(folder: string): Promise<void> {
    const root = await realpath(this.#root);
    const real = await realpath(folder);
    if (real !== root && !real.startsWith(`${root}${sep}`))
      throw invalid(this, `${folder} is a link that leads out of it`);
  }
}

function unlessThere(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
}

/** Errors of the content's source, which are no faults of the folder, go on as they are. */
function unwritable(path: string, error: unknown): unknown {
  const isSystem = error instanceof Error && 'syscall' in error;
  return isSystem
    ? new RegistryError('STORE_UNWRITABLE', `${path}: ${systemReason(error)}`, { cause: error })
    : error;
}
