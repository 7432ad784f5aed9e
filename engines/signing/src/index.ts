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
export { algorithmOfKey, type NotaryAlgorithm } from './notary/algorithms.ts';
export {
  type ExtendedAttribute,
  type NotaryEnvelope,
  type NotaryFormat,
  notaryMediaTypes,
  type SignedAttributes,
  type SigningScheme,
} from './notary/attributes.ts';
export { verifySigningChain, verifyTimestampingChain } from './notary/certificate-rules.ts';
export { readNotaryEnvelope } from './notary/envelope.ts';
export {
  type NotationImageVerdict,
  notarySignatures,
  notarySignaturesAmong,
  readNotarySignature,
  type StoredNotarySignature,
  type StoredNotarySignatures,
  storeNotarySignature,
  verifyNotarySignatures,
  verifyNotationImage,
} from './notary/images.ts';
export { type NotaryPayload, readPayload, type TargetDescriptor, writePayload } from './notary/payload.ts';
export {
  type PluginCommand,
  type PluginMetadata,
  type PluginRunner,
  pluginCapabilities,
  readPluginError,
  readPluginMetadata,
} from './notary/plugins.ts';
export {
  type CertificateRevocation,
  checkRevocation,
  demandNotRevoked,
  type RevocationCache,
  type RevocationOptions,
  type RevocationSource,
} from './notary/revocation.ts';
export {
  type NotarySignature,
  type NotarySignOptions,
  type NotaryTimestamp,
  notaryScheme,
  notarySignerOf,
  signNotation,
} from './notary/sign.ts';
export { blobTarget, type NotationTarget, statementFor } from './notary/target.ts';
export type { AuthenticTime } from './notary/timestamp.ts';
export {
  type DistinguishedName,
  distinguishedNameOf,
  parseDistinguishedName,
} from './notary/trust-policy/distinguished-name.ts';
export {
  readTrustPolicy,
  type TrustedIdentity,
  type TrustPolicy,
  type TrustPolicyKind,
  type TrustStatement,
  type TrustStoreName,
  type TrustStoreType,
} from './notary/trust-policy/document.ts';
export type {
  CheckAction,
  LevelName,
  NotaryCheck,
  VerificationLevel,
} from './notary/trust-policy/levels.ts';
export {
  readTrustStore,
  type TrustStoreEntry,
  type TrustStoreFolder,
  type TrustStores,
} from './notary/trust-store.ts';
export {
  type CheckResult,
  type NotationRequirements,
  type NotationVerdict,
  verifyNotation,
} from './notary/verify.ts';
export {
  type EnvelopeContent,
  prepareEnvelope,
  type UnsignedContent,
  type UnsignedEnvelope,
} from './notary/write-envelope.ts';
export { type Artifact, artifactOfBytes, artifactOfDigest } from './sigstore/artifact.ts';
export {
  type Bundle,
  type BundleContent,
  type BundleMaterial,
  type BundleVersion,
  bundleMediaType,
  readBundle,
} from './sigstore/bundle.ts';
export { bundleOfEnvelope } from './sigstore/envelope-bundle.ts';
export {
  type CertificateClaim,
  type CertificateIdentity,
  certificateClaims,
  type IdentityMatcher,
  identityOf,
} from './sigstore/identity.ts';
export { attachBundle, type BundleNote } from './sigstore/images/attach-bundle.ts';
export { attachLayer } from './sigstore/images/attach-layer.ts';
export { bundleOfLayer, dsseMediaType, legacyAnnotations } from './sigstore/images/legacy.ts';
export { type LegacyLayer, layerOfBundle } from './sigstore/images/legacy-layer.ts';
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
  mayState,
  type RefusedSignature,
  refusalOf,
  statedType,
  verifyImage,
  verifyStored,
  type Wanted,
} from './sigstore/images/verify-image.ts';
export type { InclusionProof, LogEntry } from './sigstore/log-entry.ts';
export type { EntryEvidence } from './sigstore/log-evidence.ts';
export { leafHash, rootFromPath } from './sigstore/merkle.ts';
export { predicateTypes, predicateTypeUri } from './sigstore/predicate-types.ts';
export { subjectOfToken } from './sigstore/sign/identity-token.ts';
export {
  noWitnesses,
  type SignedContent,
  type SignedPieces,
  type SigningCertificates,
  type SignOptions,
  signBlob,
  signPieces,
  signStatement,
  type Witnesses,
} from './sigstore/sign/sign.ts';
export { demandSigningCertificate, withoutRoot } from './sigstore/sign/signing-certificate.ts';
export {
  chosenServices,
  readSigningConfig,
  type ServiceSelector,
  type SigningConfig,
  type SigningService,
} from './sigstore/sign/signing-config.ts';
export { imageStatement, type StatementInput, writeStatement } from './sigstore/sign/statements.ts';
export { signerId } from './sigstore/signers.ts';
export {
  readStatementHeader,
  type StatementHeader,
  type StatementSubject,
  statementPayloadType,
  subjectsOf,
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
  schemesOf,
  type VerifiedBundle,
  verifyBundle,
} from './sigstore/verify.ts';
