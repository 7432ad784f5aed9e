import {
  type Descriptor,
  type Digest,
  digestOf,
  type Manifest,
  mediaTypes,
  OciError,
  ofArtifactType,
  parseManifest,
  referrerOf,
} from '@keelson/oci';
import { RegistryFault } from './fault.ts';

export interface StoredManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
}

/** An upload under way: the pieces so far. */
export interface Upload {
  readonly pieces: Uint8Array[];
  size: number;
}

/** What one repository keeps. */
export class Repository {
  readonly blobs = new Map<Digest, Uint8Array>();
  readonly manifests = new Map<Digest, StoredManifest>();
  readonly tags = new Map<string, Digest>();
  readonly uploads = new Map<string, Upload>();

  /** A manifest by its tag or digest. */
  find(reference: string): StoredManifest | undefined {
    const digest = this.tags.get(reference) ?? reference;
    for (const [key, manifest] of this.manifests) if (key === digest) return manifest;
    return undefined;
  }

  /** @throws RegistryFault MANIFEST_INVALID, MANIFEST_BLOB_UNKNOWN */
  putManifest(bytes: Uint8Array, mediaType: string, digest: Digest): StoredManifest {
    const manifest = this.#parse(bytes, mediaType);
    this.#checkContent(manifest);
    const stored = { digest, mediaType, bytes, manifest };
    this.manifests.set(digest, stored);
    return stored;
  }

  #parse(bytes: Uint8Array, mediaType: string): Manifest {
    try {
      return parseManifest(bytes, mediaType);
    } catch (error) {
      if (error instanceof OciError) throw new RegistryFault(400, 'MANIFEST_INVALID', error.message);
      throw error;
    }
  }

  /** What a manifest is made of must be there before it; its subject need not. */
  #checkContent(manifest: Manifest): void {
    const missing =
      manifest.kind === 'index'
        ? manifest.manifests.find(({ digest }) => !this.manifests.has(digest))
        : [manifest.config, ...manifest.layers].find(
            ({ digest, mediaType }) => !this.blobs.has(digest) && !mediaType.includes('.nondistributable.'),
          );
    if (missing !== undefined)
      throw new RegistryFault(404, 'MANIFEST_BLOB_UNKNOWN', `${missing.digest} is not there`);
  }

  deleteManifest(digest: Digest): boolean {
    for (const [tag, target] of this.tags) if (target === digest) this.tags.delete(tag);
    return this.manifests.delete(digest);
  }

  referrers(subject: Digest, artifactType: string | undefined): readonly Descriptor[] {
    const found: Descriptor[] = [];
    for (const { digest, bytes, manifest } of this.manifests.values())
      if (manifest.subject?.digest === subject) found.push(referrerOf(manifest, digest, bytes.length));
    return ofArtifactType(found, artifactType);
  }

  /** Puts a blob in by hand. */
  addBlob(content: Uint8Array | string, mediaType: string = mediaTypes.ociLayer): Descriptor {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const digest = digestOf(bytes);
    this.blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length, annotations: new Map() };
  }

  /** Puts a manifest in by hand, without any check but that it can be read. */
  addManifest(bytes: Uint8Array, mediaType: string, tag?: string): StoredManifest {
    const digest = digestOf(bytes);
    const stored = { digest, mediaType, bytes, manifest: parseManifest(bytes, mediaType) };
    this.manifests.set(digest, stored);
    if (tag !== undefined) this.tags.set(tag, digest);
    return stored;
  }
}
