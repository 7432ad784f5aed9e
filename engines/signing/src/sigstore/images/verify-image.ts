import { isKeelsonError } from '@keelson/core';
import type { Digest } from '@keelson/oci';
import { SigningError } from '../../errors.ts';
import { artifactOfBytes, artifactOfDigest } from '../artifact.ts';
import type { Bundle } from '../bundle.ts';
import { readStatementHeader, subjectsOf } from '../statement.ts';
import { type BundleRequirements, type VerifiedBundle, verifyBundle } from '../verify.ts';
import { demandImage, readSimpleSigning } from './simple-signing.ts';
import type { StoredSignature, StoredSignatures } from './stored-signatures.ts';

/** The predicate type of a Statement that is nothing but cosign's signature of an image. */
export const cosignSignPredicate = 'https://sigstore.dev/cosign/sign/v1';

/** What is asked of an image: that it is signed, or that a statement of some type about it is. */
export type Wanted =
  | {
      readonly kind: 'signature' /** Texts that the signer must have added. */;
      readonly annotations: ReadonlyMap<string, string>;
    }
  | { readonly kind: 'attestation'; readonly predicateType: string };

/** A signature of an image that holds. */
export interface ImageSignature {
  readonly stored: StoredSignature;
  readonly verified: VerifiedBundle;
  readonly annotations: ReadonlyMap<string, string>;
  /** Of an attestation. */
  readonly predicateType?: string;
}

/** A signature of an image that does not, and why. */
export interface RefusedSignature {
  readonly manifest: Digest;
  readonly layer?: number;
  readonly form?: StoredSignature['form'];
  readonly fault: Error;
}

export interface ImageVerdict {
  /** The image is verified where there is at least one. */
  readonly accepted: readonly ImageSignature[];
  readonly refused: readonly RefusedSignature[];
  /** Signatures of the other kind, or attestations of other types, which were not asked for: none of them was verified. */
  readonly leftOut: readonly StoredSignature[];
}

/** Verifies what a registry keeps beside an image. No signature is an empty verdict, which is no verified image. */
export function verifyImage(
  stored: StoredSignatures,
  image: Digest,
  wanted: Wanted,
  requirements: BundleRequirements,
): ImageVerdict {
  const accepted: ImageSignature[] = [];
  const refused: RefusedSignature[] = [...stored.unreadable];
  const leftOut: StoredSignature[] = [];
  for (const each of stored.found) {
    if (claims(each, wanted)) {
      try {
        const signature = verifyStored(each, image, requirements);
        if (isWanted(signature, wanted)) accepted.push(signature);
        else leftOut.push(each);
      } catch (error) {
        if (!isKeelsonError(error)) throw error;
        refused.push(refusalOf(each, error));
      }
    } else {
      leftOut.push(each);
    }
  }
  return { accepted, refused, leftOut };
}

/** A signature with the reason why it does not count. */
export function refusalOf({ manifest, layer, form }: StoredSignature, fault: Error): RefusedSignature {
  return { manifest, ...(layer === undefined ? {} : { layer }), form, fault };
}

/**
 * Whether it says itself that it is what is asked for. Nothing has been verified: what says something else was signed by whomever, and need
 * not be refused. What cannot be read stays, so that its verification tells why.
 */
function claims({ form, bundle }: StoredSignature, wanted: Wanted): boolean {
  if (form === 'simplesigning') return wanted.kind === 'signature';
  // The envelopes of `.att` tags are never signatures.
  if (form === 'envelope' && wanted.kind === 'signature') return false;
  return mayState(
    bundle,
    new Set([wanted.kind === 'signature' ? cosignSignPredicate : wanted.predicateType]),
  );
}

/** Whether a bundle that nobody has verified may hold a Statement with a predicate of one of the types. */
export function mayState(bundle: Bundle, types: ReadonlySet<string>): boolean {
  const stated = statedType(bundle);
  return stated === undefined || types.has(stated);
}

/** The predicate type that a bundle has as it says itself, a plain signature cosign's; undefined where that cannot be read. */
export function statedType({ content }: Bundle): string | undefined {
  if (content.kind !== 'dsse') return cosignSignPredicate;
  try {
    return readStatementHeader(content.envelope.payload).predicateType;
  } catch (error) {
    if (isKeelsonError(error)) return undefined;
    throw error;
  }
}

/**
 * Verifies one signature of an image.
 *
 * @throws SigningError
 */
export function verifyStored(
  stored: StoredSignature,
  image: Digest,
  requirements: BundleRequirements,
): ImageSignature {
  if (stored.payload !== undefined) {
    const verified = verifyBundle(stored.bundle, artifactOfBytes(stored.payload), requirements);
    const payload = readSimpleSigning(stored.payload);
    demandImage(payload, image);
    return { stored, verified, annotations: payload.annotations };
  }
  const artifact = artifactOfDigest(image);
  const verified = verifyBundle(stored.bundle, artifact, requirements);
  const { statement } = verified;
  if (statement === undefined) return { stored, verified, annotations: new Map() };
  const annotations = new Map(subjectsOf(statement, artifact).flatMap((subject) => [...subject.annotations]));
  return statement.predicateType === cosignSignPredicate
    ? { stored, verified, annotations }
    : { stored, verified, annotations, predicateType: statement.predicateType };
}

/** @throws SigningError ATTESTATION_MISMATCH for a signature without an annotation that is asked for */
function isWanted(signature: ImageSignature, wanted: Wanted): boolean {
  if (wanted.kind === 'attestation') return signature.predicateType === wanted.predicateType;
  if (signature.predicateType !== undefined) return false;
  for (const [name, value] of wanted.annotations)
    if (signature.annotations.get(name) !== value)
      throw new SigningError('ATTESTATION_MISMATCH', `the signature does not carry ${name}=${value}`);
  return true;
}
