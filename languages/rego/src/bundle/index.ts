export { type Bundle, type BundleModule, type DataPatch, nameMatches, readBundle } from './bundle.ts';
export { isBundleFile, isDataFile, signaturesFile } from './bundle-files.ts';
export {
  DocumentConflict,
  documentAt,
  documentBelow,
  emptyDocument,
  isMembers,
  mergeDocuments,
} from './documents.ts';
export {
  emptyManifest,
  type Manifest,
  manifestFrom,
  manifestJson,
  overlap,
  rootsPermit,
} from './manifest.ts';
export { patchDocument } from './patch-document.ts';
export { readDocument, readDocuments } from './read-document.ts';
export { type SigningKey, signBundle } from './sign.ts';
export { type ArchiveFile, type ArchiveLimits, defaultArchiveLimits, readTar, writeTar } from './tar.ts';
export { type VerificationKey, verifyBundle } from './verify.ts';
