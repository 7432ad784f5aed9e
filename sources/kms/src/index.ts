export { KmsError, type KmsErrorCode, kmsErrorCodes } from './errors.ts';
export { isKeyReference, openKey } from './open-key.ts';
export type { ServiceKey } from './service-key.ts';
export type { KeyServiceOptions } from './surroundings.ts';
