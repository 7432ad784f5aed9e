import { verifyContent } from './content.ts';
import type { Descriptor } from './descriptor.ts';
import type { Digest } from './digest.ts';
import { OciError } from './errors.ts';
import { defaultManifestLimits, type ManifestLimits } from './limits.ts';
import { artifactTypeOf, type ImageManifest, type Manifest, parseManifest } from './manifest.ts';
import { type Platform, selectPlatform } from './platform.ts';

/** What content is asked by: a descriptor, or a digest alone. */
export interface ContentName {
  readonly digest: Digest;
  readonly size?: number;
  readonly mediaType?: string;
}

/** A manifest with the bytes that its digest is of. */
export interface LoadedManifest {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
}

/**
 * Images that can be read: a repository of a registry, a layout, an archive. What it gives has the digest that it was asked by; an
 * error of code DIGEST_MISMATCH or SIZE_MISMATCH stands in place of anything else.
 */
export interface ImageSource {
  /** For messages. */
  readonly name: string;
  /**
   * The manifest at a tag or digest. A tag may mean something else at the next call: resolve it once, and go by the digest
   * from there on.
   *
   * @param reference the source's own one image where it is not given.
   * @throws OciError CONTENT_NOT_FOUND
   */
  resolve(reference?: string): Promise<LoadedManifest>;
  manifest(name: ContentName): Promise<LoadedManifest>;
  /** The bytes as they come. They are good only once the last has come without an error. */
  blob(name: ContentName): AsyncIterable<Uint8Array>;
  tags(): AsyncIterable<string>;
  /** What says that it refers to a manifest. It is the source's word: `checkedReferrers` looks at the manifests themselves. */
  referrers(subject: Digest): Promise<readonly Descriptor[]>;
  close(): Promise<void>;
}

/** Content to be kept: at once, or piece by piece. */
export type ContentBytes = Uint8Array | AsyncIterable<Uint8Array>;

/** Images that can be written too. */
export interface ImageStore extends ImageSource {
  hasBlob(name: ContentName): Promise<boolean>;
  /** Keeps a blob; one that is there already is not asked for. */
  putBlob(descriptor: Pick<Descriptor, 'digest' | 'size'>, content: () => ContentBytes): Promise<void>;
  /** Keeps a manifest, under a tag where one is given, and adds it to its subject's referrers. */
  putManifest(bytes: Uint8Array, mediaType: string, tag?: string): Promise<LoadedManifest>;
  /**
   * Waits until whoever read a tag a moment ago has written it, which is when to look at what one wrote oneself: tags have no lock.
   * Absent where nobody else writes.
   */
  settle?(): Promise<void>;
}

/**
 * A manifest from bytes of a source, held against what it was asked by.
 *
 * @throws OciError SIZE_MISMATCH, DIGEST_MISMATCH and those of `parseManifest`
 */
export function loadManifest(bytes: Uint8Array, name: ContentName, limits?: ManifestLimits): LoadedManifest {
  verifyContent(bytes, name);
  const manifest = parseManifest(bytes, name.mediaType, limits);
  return { mediaType: manifest.mediaType, digest: name.digest, size: bytes.length, bytes, manifest };
}

/**
 * A blob in one piece.
 *
 * @throws OciError MANIFEST_LIMIT for one that is larger than the bound.
 */
export async function readBlob(
  source: ImageSource,
  name: ContentName,
  maxBytes: number,
): Promise<Uint8Array> {
  const tooLarge = (size: string) =>
    new OciError('MANIFEST_LIMIT', `${name.digest} has ${size} bytes, more than maxBytes (${maxBytes})`);
  if ((name.size ?? 0) > maxBytes) throw tooLarge(String(name.size));
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of source.blob(name)) {
    size += piece.length;
    if (size > maxBytes) throw tooLarge(`${size} or more`);
    pieces.push(piece);
  }
  return concatenate(pieces, size);
}

export function concatenate(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** An image: its manifest is no index. */
export interface LoadedImage extends LoadedManifest {
  readonly manifest: ImageManifest;
}

/**
 * The image for a platform, through indexes in indexes.
 *
 * @throws OciError PLATFORM_NOT_FOUND, MANIFEST_LIMIT and those of the source
 */
export async function imageFor(
  source: ImageSource,
  from: LoadedManifest,
  platform: Platform,
  limits: ManifestLimits = defaultManifestLimits,
): Promise<LoadedImage> {
  let loaded = from;
  for (let depth = 0; depth <= limits.maxIndexDepth; depth++) {
    const { manifest } = loaded;
    if (manifest.kind === 'manifest') return { ...loaded, manifest };
    loaded = await source.manifest(selectPlatform(manifest.manifests, platform));
  }
  throw new OciError(
    'MANIFEST_LIMIT',
    `${from.digest}: more than maxIndexDepth (${limits.maxIndexDepth}) indexes one in the other`,
  );
}

/** A referrer whose manifest was read: it names the subject itself. */
export interface CheckedReferrer extends LoadedManifest {
  readonly artifactType: string | undefined;
}

/** Why one of the manifests that a source named is left out. */
export interface LeftOutReferrer {
  readonly digest: Digest;
  readonly reason: string;
}

/**
 * The referrers of a subject by their own manifests. A source's list is only a hint: some registries give wrong artifact types,
 * annotations or manifests of other subjects.
 *
 * @throws OciError MANIFEST_LIMIT where more than `maxReferrers` are named.
 */
export async function checkedReferrers(
  source: ImageSource,
  subject: Digest,
  artifactType: string | undefined,
  maxReferrers = 1_000,
): Promise<{ referrers: readonly CheckedReferrer[]; leftOut: readonly LeftOutReferrer[] }> {
  const named = await source.referrers(subject);
  if (named.length > maxReferrers)
    throw new OciError('MANIFEST_LIMIT', `${subject} has more than maxReferrers (${maxReferrers}) referrers`);
  const referrers: CheckedReferrer[] = [];
  const leftOut: LeftOutReferrer[] = [];
  for (const descriptor of named) {
    try {
      const loaded = await source.manifest(descriptor);
      const type = artifactTypeOf(loaded.manifest);
      if (loaded.manifest.subject?.digest !== subject)
        leftOut.push({ digest: descriptor.digest, reason: 'its manifest names another subject' });
      else if (artifactType === undefined || type === artifactType)
        referrers.push({ ...loaded, artifactType: type });
    } catch (error) {
      // One that cannot be read hides none of the others.
      if (!(error instanceof OciError)) throw error;
      leftOut.push({ digest: descriptor.digest, reason: error.message });
    }
  }
  return { referrers, leftOut };
}
