import { isKeelsonError } from '@keelson/core';
import {
  type CheckedReferrer,
  checkedReferrers,
  cosignTag,
  type Descriptor,
  type Digest,
  type ImageSource,
  type LoadedManifest,
  OciError,
  readBlob,
} from '@keelson/oci';
import { SigningError } from '../../errors.ts';
import { defaultSigningLimits, type SigningLimits } from '../../limits.ts';
import { type Bundle, readBundle } from '../bundle.ts';
import { bundleOfLayer } from './legacy.ts';
import { simpleSigningMediaType } from './simple-signing.ts';

/** A signature or an attestation that a registry keeps beside an image. Nothing in it has been verified. */
export interface StoredSignature {
  /** The manifest that holds it. */
  readonly manifest: Digest;
  /** How it is kept: a Sigstore bundle that refers to the image, or a layer at a tag of cosign 1 and 2. */
  readonly form: 'bundle' | 'simplesigning' | 'envelope';
  /** Which layer of the manifest holds it, from 1 on, where there are several. */
  readonly layer?: number;
  readonly bundle: Bundle;
  /** What was signed, where that names the image: simple signing. */
  readonly payload?: Uint8Array;
}

/** Something beside an image that looks like a signature and cannot be read. */
export interface UnreadableSignature {
  readonly manifest: Digest;
  readonly layer?: number;
  readonly fault: Error;
}

export interface StoredSignatures {
  readonly found: readonly StoredSignature[];
  readonly unreadable: readonly UnreadableSignature[];
  /** Manifests that refer to the image and are no Sigstore signatures: other signatures, SBOM and the like. */
  readonly others: readonly CheckedReferrer[];
}

const bundleTypes =
  /^application\/vnd\.dev\.sigstore\.bundle(?:\.v0\.[1-9][0-9]*)?\+json(?:;version=0\.[1-9][0-9]*)?$/;

/**
 * All Sigstore signatures and attestations of an image, wherever cosign has put them: manifests that refer to it, and the tags `.sig` and
 * `.att`. One that cannot be read hides none of the others.
 *
 * @throws OciError for a source that fails, MANIFEST_LIMIT
 */
export async function storedSignatures(
  source: ImageSource,
  subject: Digest,
  limits: SigningLimits = defaultSigningLimits,
): Promise<StoredSignatures> {
  const found: StoredSignature[] = [];
  const unreadable: UnreadableSignature[] = [];
  const attempt = async (
    place: Pick<StoredSignature, 'manifest' | 'layer'>,
    read: () => Promise<Omit<StoredSignature, 'manifest' | 'layer'>>,
  ): Promise<void> => {
    try {
      found.push({ ...place, ...(await read()) });
    } catch (error) {
      if (!isKeelsonError(error)) throw error;
      unreadable.push({ ...place, fault: error });
    }
  };
  let bytes = 0;
  const blobOf = async (layer: Descriptor): Promise<Uint8Array> => {
    bytes += layer.size;
    if (bytes > limits.maxStoredBytes)
      throw new SigningError(
        'SIGNING_LIMIT',
        `the signatures of the image have more than maxStoredBytes (${limits.maxStoredBytes}) bytes`,
      );
    return await readBlob(source, layer, limits.maxDocumentBytes);
  };
  const { referrers, leftOut } = await checkedReferrers(
    source,
    subject,
    undefined,
    limits.maxStoredSignatures,
  );
  for (const { digest, reason } of leftOut)
    unreadable.push({ manifest: digest, fault: new SigningError('BUNDLE_INVALID', reason) });
  const [bundles, others] = [referrers.filter(isBundle), referrers.filter((each) => !isBundle(each))];
  for (const each of bundles) await attempt({ manifest: each.digest }, () => bundleOf(each, blobOf, limits));
  for (const kind of ['sig', 'att'] as const) {
    const loaded = await manifestAt(source, cosignTag(subject, kind));
    if (loaded === undefined) continue;
    const layers = layersOf(loaded);
    holdBound(found.length + layers.length, limits);
    for (const [at, layer] of layers.entries()) {
      const place = { manifest: loaded.digest, ...(layers.length > 1 ? { layer: at + 1 } : {}) };
      await attempt(place, async () => {
        const blob = await blobOf(layer);
        const bundle = bundleOfLayer(layer, blob, limits);
        return layer.mediaType === simpleSigningMediaType
          ? { form: 'simplesigning', bundle, payload: blob }
          : { form: 'envelope', bundle };
      });
    }
  }
  return { found, unreadable, others };
}

function isBundle({ artifactType, manifest }: CheckedReferrer): boolean {
  // Some registries and old clients name the artifact by its layer alone.
  const types = manifest.kind === 'manifest' ? manifest.layers.map(({ mediaType }) => mediaType) : [];
  return [artifactType ?? '', ...types].some((type) => bundleTypes.test(type));
}

async function bundleOf(
  { manifest, digest }: CheckedReferrer,
  blobOf: (layer: Descriptor) => Promise<Uint8Array>,
  limits: SigningLimits,
): Promise<Pick<StoredSignature, 'form' | 'bundle'>> {
  const [layer, ...others] = layersOf({ manifest });
  if (layer === undefined || others.length > 0)
    throw new SigningError('BUNDLE_INVALID', `the manifest ${digest} does not have exactly one layer`);
  const blob = await blobOf(layer);
  return { form: 'bundle', bundle: readBundle(blob, limits) };
}

/** Undefined where nothing is at the tag. */
export async function manifestAt(source: ImageSource, tag: string): Promise<LoadedManifest | undefined> {
  try {
    return await source.resolve(tag);
  } catch (error) {
    if (error instanceof OciError && error.code === 'CONTENT_NOT_FOUND') return undefined;
    throw error;
  }
}

function layersOf({ manifest }: Pick<LoadedManifest, 'manifest'>) {
  return manifest.kind === 'manifest' ? manifest.layers : [];
}

function holdBound(count: number, limits: SigningLimits): void {
  if (count > limits.maxStoredSignatures)
    throw new SigningError(
      'SIGNING_LIMIT',
      `the image has more than maxStoredSignatures (${limits.maxStoredSignatures}) signatures`,
    );
}
