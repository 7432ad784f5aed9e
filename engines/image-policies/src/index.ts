export { ImagePolicyError, type ImagePolicyErrorCode, imagePolicyErrorCodes } from './errors.ts';
export { type ClusterImagePolicy, readClusterImagePolicy } from './policy-controller/cluster-image-policy.ts';
export { readTrustRoot, type TrustRoot } from './policy-controller/trust-root.ts';
