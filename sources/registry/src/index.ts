export { RegistryClient, type RegistryOptions } from './client.ts';
export { askCredentialHelper, type HelperOptions } from './credential-helper.ts';
export {
  anonymous,
  authFiles,
  type CredentialProvider,
  configuredCredentials,
  credentialsFromFiles,
  fixedCredentials,
} from './credentials.ts';
export { RegistryError, type RegistryErrorCode, registryErrorCodes } from './errors.ts';
export { defaultRegistryLimits, type RegistryLimits } from './limits.ts';
export { openSource, openStore, resolveReference } from './open.ts';
export { RegistryRepository } from './repository.ts';
