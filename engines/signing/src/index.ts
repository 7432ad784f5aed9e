export { SigningError, type SigningErrorCode, signingErrorCodes } from './errors.ts';
export {
  generateKey,
  type KeyKind,
  keyKinds,
  readPrivateKey,
  writeEncryptedKey,
} from './keys/private-key.ts';
export { type Signer, signerOfKey } from './keys/signer.ts';
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
export { attachBundle, type BundleNote } from './sigstore/images/attach-bundle.ts';
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
  noWitnesses,
  type SignedContent,
  type SigningCertificates,
  type SignOptions,
  signBlob,
  signStatement,
  type Witnesses,
} from './sigstore/sign/sign.ts';
export { imageStatement, type StatementInput, writeStatement } from './sigstore/sign/statements.ts';
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
