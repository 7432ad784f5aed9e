export type { Identity } from './identity-provider.ts';
export { type ServiceAnswer, TestSigstore, type TestSigstoreOptions } from './sigstore.ts';
export { requestFrom } from './timestamp-authority.ts';
export type { LogKeyType } from './transparency-log.ts';
export {
  type DelegatedRole,
  expiryOf,
  newSigner,
  type RootFile,
  SimulatedRepository,
  serveRepository,
  sha256Hex,
  signerOf,
  type TargetsFile,
} from './tuf-repository.ts';
