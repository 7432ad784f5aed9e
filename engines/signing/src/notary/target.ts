import { algorithmOf, type Digest, type DigestAlgorithm, digestOf } from '@keelson/oci';
import { SigningError } from '../errors.ts';
import type { TargetDescriptor } from './payload.ts';
import {
  statementForBlob,
  statementForImage,
  type TrustPolicy,
  type TrustStatement,
} from './trust-policy/document.ts';

/** What has to be signed: an image by its manifest, or a blob. */
export type NotationTarget =
  | {
      readonly kind: 'image';
      readonly descriptor: TargetDescriptor;
      /** Registry and repository in full: `docker.io/library/nginx`. */
      readonly repository: string;
    }
  | {
      readonly kind: 'blob';
      readonly size: number;
      /** The digest of the blob by the algorithm that its signature names. */
      readonly digest: (algorithm: DigestAlgorithm) => Digest;
      /** Any, where it is not given. */
      readonly mediaType?: string;
      /** The statement of the policy; the global one where it is not given. */
      readonly statement?: string;
    };

/** A blob in memory as a target. */
export function blobTarget(
  bytes: Uint8Array,
  options: { readonly mediaType?: string; readonly statement?: string } = {},
): NotationTarget {
  return { kind: 'blob', size: bytes.length, digest: (algorithm) => digestOf(bytes, algorithm), ...options };
}

/**
 * The statement of a trust policy that is for a target.
 *
 * @throws SigningError TRUST_POLICY_MISSING, and TRUST_POLICY_INVALID for a policy of the other kind
 */
export function statementFor(policy: TrustPolicy, target: NotationTarget): TrustStatement {
  if ((policy.kind === 'oci') !== (target.kind === 'image'))
    throw new SigningError(
      'TRUST_POLICY_INVALID',
      `a trust policy for ${policy.kind === 'oci' ? 'images' : 'blobs'} says nothing of the target, which is of the kind ${target.kind}`,
    );
  return target.kind === 'image'
    ? statementForImage(policy, target.repository)
    : statementForBlob(policy, target.statement);
}

/** @throws SigningError ARTIFACT_MISMATCH */
export function checkTarget(signed: TargetDescriptor, target: NotationTarget): void {
  const digest =
    target.kind === 'image' ? target.descriptor.digest : target.digest(algorithmOf(signed.digest));
  const { size, mediaType } = target.kind === 'image' ? target.descriptor : target;
  const isTarget =
    signed.digest === digest &&
    signed.size === size &&
    (mediaType === undefined || signed.mediaType === mediaType);
  if (!isTarget)
    throw new SigningError(
      'ARTIFACT_MISMATCH',
      `the signature is of ${signed.digest} (${signed.mediaType}, ${signed.size} bytes), not of ${digest} (${mediaType ?? 'any type'}, ${size} bytes)`,
    );
}
