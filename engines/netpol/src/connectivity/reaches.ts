import type { Direction } from '../model/policy.ts';
import { noConnections, type SetId } from '../sets/connections.ts';
import type { Connectivity } from './connectivity.ts';
import { podNetwork } from './networks.ts';
import { restrictedIn } from './restricted.ts';
import type { Workload } from './workloads.ts';

/** What one workload may send to another. */
export interface Reach {
  source: Workload;
  destination: Workload;
  connections: SetId;
}

/**
 * Which workloads may connect to which. Of those that no policy is about every source may send everything to every
 * destination: they are told one by one, and not in pairs.
 */
export interface Reaches {
  openSources: readonly Workload[];
  openDestinations: readonly Workload[];
  /** All other pairs, by source, then destination. */
  pairs: readonly Reach[];
  /** Sources whose pairs are all told; fewer than there are where a bound was met. */
  toldSources: number;
}

export interface ReachesBounds {
  /** Pairs that are looked at; 4 million unless said. */
  maxPairs?: number;
  /** Pairs that are told; 20,000 unless said. */
  maxReaches?: number;
}

/** Who reaches whom among workloads, in the network that their Pods have their first interface in. */
export function reachesOf(connectivity: Connectivity, bounds: ReachesBounds = {}): Reaches {
  const { maxPairs = 4_000_000, maxReaches = 20_000 } = bounds;
  const { workloads, primary, connections, reported } = connectivity;
  const open = openWorkloads(connectivity);
  const pairs: Reach[] = [];
  let looks = 0;
  let toldSources = 0;
  const networks = new Map(workloads.map((each) => [each, connectivity.primaryNetworkOf(each.peer)]));
  for (const source of workloads) {
    const isOpen = open.egress.has(source);
    const network = networks.get(source);
    for (const destination of workloads) {
      if (source === destination || (isOpen && open.ingress.has(destination))) continue;
      if (looks++ >= maxPairs) break;
      const isNear = network === networks.get(destination);
      if (!isNear && connectivity.networkBetween(source.peer, destination.peer) === undefined) continue;
      const set = connections.intersection(primary.between(source, destination), reported);
      if (set !== noConnections) pairs.push({ source, destination, connections: set });
      if (pairs.length > maxReaches) break;
    }
    if (looks > maxPairs || pairs.length > maxReaches) break;
    toldSources++;
  }
  return {
    openSources: [...open.egress],
    openDestinations: [...open.ingress],
    pairs: pairs.slice(0, maxReaches),
    toldSources,
  };
}

/** Workloads of the cluster's own network that no policy is about, by direction. */
function openWorkloads(connectivity: Connectivity): Record<Direction, ReadonlySet<Workload>> {
  const { workloads, primary } = connectivity;
  const inPodNetwork = workloads.filter(
    ({ peer }) => connectivity.primaryNetworkOf(peer)?.type === podNetwork.type,
  );
  const openIn = (direction: Direction) => {
    const restricted = restrictedIn(primary.analysis, direction);
    return new Set(inPodNetwork.filter(({ members }) => !members.some((member) => restricted.has(member))));
  };
  return { ingress: openIn('ingress'), egress: openIn('egress') };
}
