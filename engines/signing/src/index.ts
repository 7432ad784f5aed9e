export { SigningError, type SigningErrorCode, signingErrorCodes } from './errors.ts';
export { defaultSigningLimits, type SigningLimits } from './limits.ts';
export { type Artifact, artifactOfBytes, artifactOfDigest } from './sigstore/artifact.ts';
export {
  type Bundle,
  type BundleContent,
  type BundleMaterial,
  type BundleVersion,
  bundleMediaType,
  readBundle,
} from './sigstore/bundle.ts';
export {
  type CertificateClaim,
  type CertificateIdentity,
  type IdentityMatcher,
  identityOf,
} from './sigstore/identity.ts';
export { bundleOfLayer, dsseMediaType, legacyAnnotations } from './sigstore/images/legacy.ts';
export {
  readSimpleSigning,
  type SimpleSigning,
  simpleSigningMediaType,
  writeSimpleSigning,
} from './sigstore/images/simple-signing.ts';
export {
  type StoredSignature,
  type StoredSignatures,
  storedSignatures,
  type UnreadableSignature,
} from './sigstore/images/stored-signatures.ts';
export {
  cosignSignPredicate,
  type ImageSignature,
  type ImageVerdict,
  type RefusedSignature,
  verifyImage,
  verifyStored,
  type Wanted,
} from './sigstore/images/verify-image.ts';
export type { InclusionProof, LogEntry } from './sigstore/log-entry.ts';
export type { EntryEvidence } from './sigstore/log-evidence.ts';
export {
  readStatementHeader,
  type StatementHeader,
  type StatementSubject,
  statementPayloadType,
} from './sigstore/statement.ts';
export { exactly, matching, matchingAnywhere, type TextMatcher } from './sigstore/text-matcher.ts';
export type { TrustedTimestamp } from './sigstore/timestamps.ts';
export {
  emptyTrustedRoot,
  readTrustedRoot,
  type TrustedAuthority,
  type TrustedLog,
  type TrustedRoot,
  type ValidityPeriod,
} from './sigstore/trusted-root.ts';
export {
  type AcceptedSigner,
  type BundleRequirements,
  type VerifiedBundle,
  verifyBundle,
} from './sigstore/verify.ts';
