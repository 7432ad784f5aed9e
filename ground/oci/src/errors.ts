import { KeelsonError } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const ociErrorCodes = Object.freeze({
  REFERENCE_INVALID: 'The name of an image does not have the form of a reference.',
  DIGEST_INVALID: 'A digest does not have the form algorithm:hex.',
  DIGEST_UNSUPPORTED: 'A digest is of an algorithm that keelson does not know.',
  DIGEST_MISMATCH: 'Content does not have the digest that it was named by.',
  SIZE_MISMATCH: 'Content is shorter or longer than its descriptor says.',
  MANIFEST_INVALID: 'A manifest, an index, a configuration or a descriptor has a missing or wrong field.',
  MANIFEST_UNSUPPORTED: 'A manifest is of a media type that keelson does not read.',
  MANIFEST_LIMIT: 'A manifest passes a bound, which the message names.',
  PLATFORM_INVALID: 'A platform does not have the form os/architecture or os/architecture/variant.',
  PLATFORM_NOT_FOUND: 'An image index has no manifest for the platform.',
  CONTENT_NOT_FOUND: 'An image, a manifest or a blob is not there.',
  AUTH_CONFIG_INVALID: 'A file of registry credentials cannot be read.',
});
export type OciErrorCode = keyof typeof ociErrorCodes;

/** A fault in the name, the content or the credentials of an image. */
export class OciError extends KeelsonError<OciErrorCode> {}
