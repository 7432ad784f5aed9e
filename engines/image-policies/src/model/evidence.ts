import { isKeelsonError } from '@keelson/core';
import type { Digest, ImageSource, LoadedManifest } from '@keelson/oci';
import {
  defaultSigningLimits,
  notarySignaturesAmong,
  readNotarySignature,
  type SigningLimits,
  type StoredNotarySignature,
  type StoredNotarySignatures,
  type StoredSignatures,
  storedSignatures,
  type TargetDescriptor,
} from '@keelson/signing';
import type { Workload } from './workload.ts';

/** An image that is to run, with what a registry keeps beside it. */
export interface ImageToJudge {
  /** As it is written where the image is run. */
  readonly name: string;
  readonly evidence: ImageEvidence;
  /** What runs it, where that is known. */
  readonly workload?: Workload;
}

/** An image and the signatures beside it, read once. Nothing has been verified. */
export interface ImageEvidence {
  readonly descriptor: TargetDescriptor;
  /** Registry and repository in full, `docker.io/library/nginx`; the place of a local image. */
  readonly repository: string;
  readonly stored: StoredSignatures;
  readonly notary: NotaryEvidence;
  /** The same of something that refers to the image, for policies that look so far. @throws KeelsonError */
  readonly nested?: (referrer: Digest) => Promise<ImageEvidence>;
}

/** Signatures of the Notary Project with their bytes. */
export interface NotaryEvidence extends StoredNotarySignatures {
  /** @throws KeelsonError why a signature could not be had */
  readonly read: (signature: StoredNotarySignature) => Promise<Uint8Array>;
}

/**
 * Reads what stands beside an image.
 *
 * @throws OciError for a source that fails, MANIFEST_LIMIT
 */
export async function loadEvidence(
  source: ImageSource,
  { mediaType, digest, size }: Pick<LoadedManifest, 'mediaType' | 'digest' | 'size'>,
  repository: string,
  limits: SigningLimits = defaultSigningLimits,
): Promise<ImageEvidence> {
  const stored = await storedSignatures(source, digest, limits);
  const notary = await notaryEvidence(source, notarySignaturesAmong(stored.others), limits);
  return { descriptor: { mediaType, digest, size }, repository, stored, notary };
}

/** The bytes of as many signatures as may be tried. */
export async function notaryEvidence(
  source: ImageSource,
  signatures: StoredNotarySignatures,
  limits: SigningLimits = defaultSigningLimits,
): Promise<NotaryEvidence> {
  const bytes = new Map<Digest, Uint8Array | Error>();
  for (const each of signatures.found.slice(0, limits.maxSignatureAttempts)) {
    try {
      bytes.set(each.manifest, await readNotarySignature(source, each, limits));
    } catch (error) {
      if (!isKeelsonError(error)) throw error;
      bytes.set(each.manifest, error);
    }
  }
  return {
    ...signatures,
    read: async ({ manifest }) => {
      const found = bytes.get(manifest);
      if (found instanceof Uint8Array) return found;
      throw found ?? new Error(`${manifest} was not read`);
    },
  };
}
