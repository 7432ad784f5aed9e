export {
  type ArchivedRepository,
  archivedRepository,
  defaultTufArchiveLimits,
  type TufArchiveLimits,
} from './archive.ts';
export { TufClient, type TufOptions } from './client.ts';
export { TufError, type TufErrorCode, tufErrorCodes } from './errors.ts';
export { httpFetch, type TufFetch } from './fetch.ts';
export { defaultTufLimits, type TufLimits } from './limits.ts';
export type { Hashes, MetaFile, Snapshot, Timestamp } from './metadata/meta-files.ts';
export type { Root } from './metadata/root.ts';
export type { TargetInfo, Targets } from './metadata/targets.ts';
export type { Trusted } from './refresh.ts';
export { type PinnedRoot, rootVersion } from './root-chain.ts';
export {
  type Freshness,
  npmKeysTarget,
  publicSigstoreRoot,
  publicSigstoreUrl,
  type SigstoreOptions,
  SigstoreRepository,
} from './sigstore.ts';
export { DiskStore, MemoryStore, repositoryStores, type TufStore } from './store.ts';
