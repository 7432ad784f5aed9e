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
export type { BuildType } from './tekton/predicate-v1.ts';
export {
  type ProvenanceFormat,
  type ProvenanceOptions,
  provenanceFormats,
  runProvenance,
} from './tekton/provenance.ts';
export { type RunKind, readRun, type TektonRun } from './tekton/run.ts';
export { bundleOfPart, readSignedParts, type SignedPart, verifySignedPart } from './tekton/signed-run.ts';
