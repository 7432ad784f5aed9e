export { applyDelta, sameRoots } from './delta.ts';
export { BundleError, type BundleErrorCode, bundleErrorCodes } from './errors.ts';
export type { BundleCredentials } from './from-server.ts';
export { type BundleLimits, defaultBundleLimits } from './limits.ts';
export { BundleLoader, type BundleOptions, type LoadedBundle } from './loader.ts';
export { type BundleLocation, bundleLocation } from './location.ts';
export { type WalkedFile, walkFiles } from './walk.ts';
