export type { Identity } from './identity-provider.ts';
export { type ServiceAnswer, TestSigstore, type TestSigstoreOptions } from './sigstore.ts';
export { requestFrom } from './timestamp-authority.ts';
export type { LogKeyType } from './transparency-log.ts';
