import type { Labels } from '../model/cluster.ts';
import type { Direction } from '../model/policy.ts';

/** Pods by the labels of their workload, and the keys that they may not have, so that others are not chosen. */
export interface WorkloadIdentity {
  namespace: string;
  name: string;
  labels: Labels;
  /** Keys of labels that tell other workloads, which have all of these labels too, from this one. */
  absent: readonly string[];
  /** Values of a label of which Pods have one, where the identity is of several workloads. */
  oneOf?: { key: string; values: readonly string[] };
  /** Names of the workloads, where it is of several. */
  members?: readonly string[];
}

export type PlanPeer =
  | { type: 'workload'; workload: WorkloadIdentity }
  | { type: 'addresses'; cidrs: readonly string[]; names: readonly string[] }
  /** Every Pod of the cluster, and everybody. */
  | { type: 'cluster' }
  | { type: 'anyone' }
  | { type: 'resolvers' };

export interface PlanPort {
  protocol: 'TCP' | 'UDP' | 'SCTP';
  port: number;
}

/** What a workload needs towards some peers in one direction. */
export interface PlanNeed {
  direction: Direction;
  peers: readonly PlanPeer[];
  ports: readonly PlanPort[];
}

export interface PlannedWorkload {
  workload: WorkloadIdentity;
  needs: readonly PlanNeed[];
}

/** Who answers for names: Pods by labels, and addresses for engines that judge by address. */
export interface Resolvers {
  pods: readonly { namespace: string; labels: Labels }[];
  addresses: readonly string[];
  ports: readonly PlanPort[];
}

/** What policies have to allow, whatever dialect they are written in. All else is denied. */
export interface Plan {
  workloads: readonly PlannedWorkload[];
  resolvers: Resolvers;
  /** Namespaces in which all else is denied, those of the workloads and those to come, but for names. */
  closed: readonly string[];
}
