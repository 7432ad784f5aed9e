import { KeelsonError } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const registryErrorCodes = Object.freeze({
  REGISTRY_DENIED: 'A registry wants credentials that were not given, or does not allow what was asked.',
  REGISTRY_REFUSED: 'A registry says that a request is wrong.',
  REGISTRY_FAILED: 'A registry failed, or stayed too busy.',
  REGISTRY_ANSWER_INVALID: 'A registry answered with what the distribution specification does not allow.',
  REGISTRY_LIMIT: 'A registry passes a bound, which the message names.',
  CREDENTIALS_UNAVAILABLE: 'A file of credentials or a credential helper failed.',
  STORE_INVALID: 'An image layout, an archive or a folder is damaged, or does not hold what it should.',
  STORE_UNREADABLE: 'An image layout, an archive or a folder cannot be read.',
  STORE_UNWRITABLE: 'An image layout cannot be written.',
});
export type RegistryErrorCode = keyof typeof registryErrorCodes;

/** A registry or another store of images that does not do what it should. */
export class RegistryError extends KeelsonError<RegistryErrorCode> {}
