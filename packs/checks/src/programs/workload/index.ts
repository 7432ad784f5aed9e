import type { Programs } from '@keelson/checks';
import {
  antiAffinityMissing,
  autoscaledReplicas,
  autoscalerWithoutRequests,
  budgetBlocksEviction,
  budgetMissing,
  sharedSingleNodeClaim,
  singleReplica,
} from './availability.ts';
import { dangerousSeccomp, looseAppArmor, permissiveSeccomp, unknownSeccomp } from './kernel-profiles.ts';
import {
  annotationSecrets,
  argumentSecrets,
  configMapSecrets,
  environmentSecrets,
  literalSecrets,
} from './secrets.ts';

/** Checks on workloads that look at several objects, or at more than CEL can say. */
export const workloadPrograms: Programs = {
  'workload-annotation-secrets': annotationSecrets,
  'workload-anti-affinity-missing': antiAffinityMissing,
  'workload-apparmor-loose': looseAppArmor,
  'workload-argument-secrets': argumentSecrets,
  'workload-autoscaled-replicas': autoscaledReplicas,
  'workload-autoscaler-without-requests': autoscalerWithoutRequests,
  'workload-budget-blocks-eviction': budgetBlocksEviction,
  'workload-budget-missing': budgetMissing,
  'workload-config-map-secrets': configMapSecrets,
  'workload-environment-secrets': environmentSecrets,
  'workload-literal-secrets': literalSecrets,
  'workload-seccomp-dangerous': dangerousSeccomp,
  'workload-seccomp-permissive': permissiveSeccomp,
  'workload-seccomp-unknown': unknownSeccomp,
  'workload-shared-single-node-claim': sharedSingleNodeClaim,
  'workload-single-replica': singleReplica,
};
