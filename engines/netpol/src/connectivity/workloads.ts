import type { Cluster, Endpoint } from '../model/cluster.ts';
import { peerText, type WorkloadPeer } from './peers.ts';

/** A workload with its endpoints, as indexes of the cluster. */
export interface Workload {
  peer: WorkloadPeer;
  text: string;
  members: readonly number[];
}

/**
 * Folds Pods into the objects that control them. Pods of one owner that nothing tells apart are one endpoint; those
 * that differ in labels or ports stay endpoints of their own.
 */
export function foldWorkloads(cluster: Cluster): { cluster: Cluster; workloads: Workload[] } {
  const groups = Map.groupBy(cluster.endpoints, (endpoint) => peerText(workloadOf(endpoint)));
  const endpoints: Endpoint[] = [];
  const workloads = [...groups].flatMap(([text, pods]) => {
    const [first] = pods;
    if (first === undefined) return [];
    // An object that is written twice is the one written last.
    const alike = first.owner === undefined ? pods.slice(-1) : distinct(pods);
    const members = alike.map((endpoint) => endpoints.push(endpoint) - 1);
    return [{ peer: workloadOf(first), text, members }];
  });
  return { cluster: { ...cluster, endpoints }, workloads };
}

function workloadOf({ namespace, name, kind, owner }: Endpoint): WorkloadPeer {
  return { type: 'workload', namespace, name: owner?.name ?? name, kind: owner?.kind || kind };
}

function distinct(pods: readonly Endpoint[]): Endpoint[] {
  const known = new Map<string, Endpoint>();
  for (const pod of pods) {
    const { labels, ports, hostNetwork, serviceAccount } = pod;
    const sorted = [...labels].sort(([a], [b]) => (a < b ? -1 : 1));
    known.set(JSON.stringify([sorted, ports, hostNetwork, serviceAccount]), pod);
  }
  return [...known.values()];
}
