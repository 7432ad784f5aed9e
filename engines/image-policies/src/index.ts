export { ImagePolicyError, type ImagePolicyErrorCode, imagePolicyErrorCodes } from './errors.ts';
export {
  type AdmissionVerdict,
  type AuthorityVerdict,
  admitImage,
  type ImageToJudge,
  type PolicyVerdict,
} from './model/evaluate.ts';
export type {
  AttestationDemand,
  Authority,
  Demand,
  ImagePolicy,
  Rule,
  SignedDemand,
  WholeRule,
  Workload,
} from './model/policy.ts';
export { type ClusterImagePolicy, readClusterImagePolicy } from './policy-controller/cluster-image-policy.ts';
export { readTrustRoot, type TrustRoot } from './policy-controller/trust-root.ts';
export { type PolicyFile, readImagePolicies } from './read-policies.ts';
