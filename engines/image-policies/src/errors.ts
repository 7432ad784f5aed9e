import { KeelsonError } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const imagePolicyErrorCodes = Object.freeze({
  IMAGE_POLICY_INVALID: 'A policy of images breaks a rule of its kind; the message names the field.',
  IMAGE_POLICY_UNKNOWN: 'A document is of no kind that keelson reads as a policy of images.',
  IMAGE_TRUST_ROOT_INVALID: 'A TrustRoot breaks a rule of its kind; the message names the field.',
  IMAGE_POLICY_UNSUPPORTED:
    'A policy of images asks for something that keelson does not do, which the message names; it counts as not passed.',
  IMAGE_POLICY_REFUSED: 'A policy of images does not let the image pass; the message says why.',
  IMAGE_SIGNATURE_UNWANTED:
    'A signature beside an image is of another form or kind than an authority asks for.',
});
export type ImagePolicyErrorCode = keyof typeof imagePolicyErrorCodes;

/** Why a policy of images, or an image, is refused. */
export class ImagePolicyError extends KeelsonError<ImagePolicyErrorCode> {}
