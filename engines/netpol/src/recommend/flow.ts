import type { Labels } from '../model/cluster.ts';

/** One end of a connection that was seen. */
export type FlowEnd =
  | { type: 'workload'; namespace: string; name: string; kind: string; labels: Labels; address?: string }
  | { type: 'address'; address: string; names: readonly string[] }
  /** All hosts outside of a range, and a host of which nothing but its name is known: what manifests say. */
  | { type: 'range'; cidr: string }
  | { type: 'name'; name: string }
  /** A node, the API server or another part that no Pod is. */
  | { type: 'host'; name: string; address?: string }
  /** Every Pod of the cluster, and everybody: what manifests say of entry points. */
  | { type: 'cluster' }
  | { type: 'anyone' }
  | { type: 'unknown'; reason: string };

/** A connection that was seen, of whatever source. */
export interface ObservedFlow {
  source: FlowEnd;
  destination: FlowEnd;
  /** As Kubernetes names it: TCP, UDP, SCTP, or another name. */
  protocol: string;
  /** Destination port; 0 where the protocol has none. */
  port: number;
  /** False for what a policy denied. */
  allowed: boolean;
  /** Labels of namespaces by name, where the source tells them. */
  namespaces?: ReadonlyMap<string, Labels>;
  count: number;
  /** True for what passed only because the policies that deny it were not enforced. */
  audited?: boolean;
}

/**
 * What a line says: a connection, or nothing of its own, as answers and traces of translation do, how many flows the log lost, or
 * why it cannot be read.
 */
export type ReadFlow = ObservedFlow | 'skipped' | { lost: number } | { fault: string };

/** A line that could not be read. */
export interface FlowProblem {
  line: number;
  message: string;
}
