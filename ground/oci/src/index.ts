export {
  type AuthConfig,
  type CredentialPlace,
  type Credentials,
  credentialPlace,
  parseAuthConfig,
  parseHelperAnswer,
} from './auth-config.ts';
export { type Challenge, parseChallenges } from './challenge.ts';
export {
  ContentVerifier,
  Digester,
  digestOf,
  type ExpectedContent,
  verified,
  verifyContent,
} from './content.ts';
export { copyImage } from './copy.ts';
export { type Descriptor, descriptorFrom, descriptorJson } from './descriptor.ts';
export { algorithmOf, type Digest, type DigestAlgorithm, hexOf, isDigest, parseDigest } from './digest.ts';
export { OciError, type OciErrorCode, ociErrorCodes } from './errors.ts';
export {
  type ExecutionConfig,
  type HistoryEntry,
  type ImageConfig,
  parseImageConfig,
} from './image-config.ts';
export {
  type AskedOfImages,
  type AttestationAnswer,
  type AttestorAnswer,
  type AttestorIdentity,
  type AttestorText,
  evaluateWithImages,
  type ImageAttestation,
  type ImageAttestor,
  type ImageData,
  type ImageLookup,
  type ImageVerifier,
  type KeyHash,
  maxImagesOfEvaluation,
  type SigstoreTerms,
  type VerifiableImage,
} from './image-verifier.ts';
export { defaultManifestLimits, type ManifestLimits } from './limits.ts';
export {
  artifactTypeOf,
  type ImageIndex,
  type ImageManifest,
  type Manifest,
  parseManifest,
  writeManifest,
} from './manifest.ts';
export { bareMediaType, isMediaType, manifestMediaTypes, mediaTypes } from './media-types.ts';
export {
  formatPlatform,
  normalizePlatform,
  type Platform,
  parsePlatform,
  selectPlatform,
} from './platform.ts';
export {
  type DirectoryReference,
  type DockerArchiveReference,
  formatReference,
  type ImageReference,
  isTag,
  type LayoutReference,
  parseReference,
  parseRegistryReference,
  type RegistryReference,
  registryHost,
} from './reference.ts';
export {
  type CosignTagKind,
  cosignTag,
  ofArtifactType,
  referrerOf,
  referrersTag,
  subjectOfTag,
  withReferrer,
} from './referrers.ts';
export {
  type CheckedReferrer,
  type ContentBytes,
  type ContentName,
  checkedReferrers,
  concatenate,
  type ImageSource,
  type ImageStore,
  imageFor,
  type LeftOutReferrer,
  type LoadedImage,
  type LoadedManifest,
  loadManifest,
  readBlob,
} from './store.ts';
