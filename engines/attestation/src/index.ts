export { AttestationError, type AttestationErrorCode, attestationErrorCodes } from './errors.ts';
export type { Artifacts } from './in-toto/artifacts.ts';
export { readLayoutKey } from './in-toto/keys.ts';
export type { Inspection, Layout, Step } from './in-toto/layout.ts';
export { type Link, readLink } from './in-toto/link.ts';
export {
  type ArtifactKind,
  type ArtifactRule,
  failingRule,
  type LinkArtifacts,
  type RuleContext,
  readRule,
} from './in-toto/rules.ts';
export { type LayoutInput, type VerifiedLayout, verifyLayout } from './in-toto/verify-layout.ts';
export { type AttestationLimits, defaultAttestationLimits } from './limits.ts';
export type { MemberKind, PredicateType } from './predicates/known-predicates.ts';
export { predicateTypeOf, type ReadPredicate, readPredicate } from './predicates/read-predicate.ts';
export { type CoseVerifier, type ReceiptEvidence, verifyReceipt } from './scitt/receipt.ts';
export {
  type TransparencyRequirements,
  type VerifiedTransparentStatement,
  verifyTransparentStatement,
} from './scitt/transparent-statement.ts';
export { buildKindOf } from './slsa/build-kind.ts';
export { type BuilderId, readBuilderId } from './slsa/builder-id.ts';
export {
  type CloudBuildDocument,
  type CloudBuildProvenance,
  readCloudBuild,
  signedCloudBuild,
} from './slsa/cloud-build.ts';
export {
  cloudBuilder,
  demandCloudBuilder,
  demandCloudSource,
  demandCloudSubject,
  demandImageSummary,
} from './slsa/cloud-build-claims.ts';
export type { SourceExpectations } from './slsa/expectations.ts';
export type { BuildKind } from './slsa/known-builders.ts';
export {
  demandNpmStatements,
  demandPublished,
  type NpmAttestations,
  type NpmPublication,
  type RegistryKey,
  readNpmAttestations,
  readNpmPublication,
  readRegistryKeys,
} from './slsa/npm-attestations.ts';
export { type Provenance, readProvenance } from './slsa/provenance.ts';
export {
  demandSummary,
  readSummary,
  type Summary,
  type SummaryExpectations,
  type SummaryKey,
  type SummaryResource,
  summaryPredicateType,
  type VerifiedSummary,
  verifySummary,
  writeSummary,
} from './slsa/summary.ts';
export {
  type BuildExpectations,
  type SignatureRequirements,
  type VerifiedBuild,
  verifyBuild,
} from './slsa/verify-build.ts';
export {
  type CloudBuildExpectations,
  type VerifiedCloudBuild,
  verifyCloudBuild,
} from './slsa/verify-cloud-build.ts';
export { type NpmExpectations, type VerifiedNpmPackage, verifyNpmPackage } from './slsa/verify-npm.ts';
export type { WorkflowIdentity } from './slsa/workflow-identity.ts';
export type { BuildType } from './tekton/predicate-v1.ts';
export {
  type ProvenanceFormat,
  type ProvenanceOptions,
  provenanceFormats,
  runProvenance,
} from './tekton/provenance.ts';
export { type RunKind, readRun, type TektonRun } from './tekton/run.ts';
export {
  bundleOfPart,
  namesRun,
  readSignedParts,
  type SignedPart,
  verifyPartAsBundle,
  verifySignedPart,
} from './tekton/signed-run.ts';
