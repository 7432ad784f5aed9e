export { ImagePolicyError, type ImagePolicyErrorCode, imagePolicyErrorCodes } from './errors.ts';
export type { ReadOptions } from './material.ts';
export { type AdmissionVerdict, admitImage, type PolicyVerdict } from './model/evaluate.ts';
export {
  type ImageEvidence,
  type ImageToJudge,
  loadEvidence,
  type NotaryEvidence,
} from './model/evidence.ts';
export type {
  AttestationDemand,
  Demand,
  DemandSet,
  ImagePolicy,
  NamedDemand,
  NotationDemand,
  OwnDemand,
  OwnVerdict,
  Rule,
  RuleSubject,
  SigstoreDemand,
} from './model/policy.ts';
export type { AcceptedSignature, DemandVerdict } from './model/verdict.ts';
export type { Workload } from './model/workload.ts';
export { type ClusterImagePolicy, readClusterImagePolicy } from './policy-controller/cluster-image-policy.ts';
export { readTrustRoot, type TrustRepository, type TrustRoot } from './policy-controller/trust-root.ts';
export { type PolicyFile, readImagePolicies } from './read-policies.ts';
export type { PolicySurroundings } from './surroundings.ts';
export type { AttestingAnswer, KnownImage, SigningAnswer } from './verifier/known-image.ts';
export { type ImageOpener, type OpenedImage, PolicyImages } from './verifier/policy-images.ts';
