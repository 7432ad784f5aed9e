import { type Cluster, type Endpoint, qualifiedName } from '../model/cluster.ts';
import { AddressPartition, type AddressRange } from '../sets/addresses.ts';
import { compareTexts, peerText, type WorkloadPeer } from './peers.ts';

/** A workload with its endpoints, as indexes of the cluster. */
export interface Workload {
  peer: WorkloadPeer;
  text: string;
  members: readonly number[];
  /** Endpoints by `namespace/name` of each Pod. */
  pods: ReadonlyMap<string, number>;
}

/**
 * Folds Pods into the objects that control them. Pods of one owner that nothing tells apart are one endpoint; those
 * that differ in labels or ports, or in which of some ranges their addresses are, stay endpoints of their own.
 */
export function foldWorkloads(
  cluster: Cluster,
  ranges: readonly AddressRange[] = [],
): { cluster: Cluster; workloads: Workload[] } {
  const partition = new AddressPartition(ranges);
  const groups = Map.groupBy(cluster.endpoints, (endpoint) => peerText(workloadOf(endpoint)));
  const endpoints: Endpoint[] = [];
  const workloads = [...groups].flatMap(([text, pods]) => {
    const [first] = pods;
    if (first === undefined) return [];
    // An object that is written twice is the one written last.
    const written = first.owner === undefined ? pods.slice(-1) : pods;
    const known = new Map<string, number>();
    const byName = written.map((pod) => {
      const key = likeness(pod, partition);
      const member = known.get(key) ?? endpoints.push(pod) - 1;
      known.set(key, member);
      return [qualifiedName(pod), member] as const;
    });
    return [{ peer: workloadOf(first), text, members: [...known.values()], pods: new Map(byName) }];
  });
  return { cluster: { ...cluster, endpoints }, workloads };
}

function workloadOf({ namespace, name, kind, owner }: Endpoint): WorkloadPeer {
  return { type: 'workload', namespace, name: owner?.name ?? name, kind: owner?.kind || kind };
}

/** Equal for Pods that no policy tells apart. */
function likeness(
  { labels, ports, hostNetwork, serviceAccount, addresses }: Endpoint,
  partition: AddressPartition,
): string {
  const sorted = [...labels].sort(([a], [b]) => compareTexts(a, b));
  const parts = addresses.map(({ family, value }) => partition.span({ family, low: value, high: value }));
  return JSON.stringify([sorted, ports, hostNetwork, serviceAccount, parts]);
}
