import { type AddressRange, parseCidr } from '../sets/addresses.ts';
import { coverAddresses } from './cover-addresses.ts';
import { coverWorkloads } from './cover-workloads.ts';
import type { Plan, PlanNeed, PlannedWorkload, PlanPeer, WorkloadIdentity } from './plan.ts';

export interface AggregateOptions {
  /** Whether workloads that need the same, and peers of the same ports, are told by one selector where it chooses no other. */
  group: boolean;
  /** Whether a namespace stands for all of its workloads, and so for those to come. */
  groupNamespaces: boolean;
  /** How many addresses that were not seen the ranges of one rule may hold. */
  widening: number;
}

/** The plan with fewer policies, rules and ranges that say the same, or as much more as the options allow. */
export function aggregate(
  plan: Plan,
  identities: readonly WorkloadIdentity[],
  { group, groupNamespaces, widening }: AggregateOptions,
): Plan {
  const isGrouping = group || groupNamespaces;
  const byNamespace = Map.groupBy(identities, ({ namespace }) => namespace);
  const cover = (members: readonly WorkloadIdentity[]) =>
    [...Map.groupBy(members, ({ namespace }) => namespace)].flatMap(([namespace, own]) =>
      coverWorkloads(own, byNamespace.get(namespace) ?? own, groupNamespaces),
    );
  const joined = plan.workloads.map(({ workload, needs }) => ({
    workload,
    needs: [...Map.groupBy(needs, (need) => groupKey(need, isGrouping)).values()].flatMap((same) =>
      joinNeeds(same, cover, widening),
    ),
  }));
  return { ...plan, workloads: isGrouping ? joinWorkloads(joined, cover) : joined };
}

type Cover = (members: readonly WorkloadIdentity[]) => WorkloadIdentity[];

/** Needs of equal keys become one: those of addresses, and where it is asked for those of workloads too. */
function groupKey(need: PlanNeed, isGrouping: boolean): string {
  const { direction, peers, ports } = need;
  const [type] = peers.map((peer) => peer.type);
  const isJoined = type === 'addresses' || (isGrouping && type === 'workload');
  const own = isJoined ? (isGrouping ? '' : type) : JSON.stringify(peers.map(peerKey));
  return JSON.stringify([direction, ports, own]);
}

function joinNeeds(needs: readonly PlanNeed[], cover: Cover, widening: number): PlanNeed[] {
  const [first] = needs;
  if (first === undefined) return [];
  const peers = needs.flatMap((need) => need.peers);
  const workloads = peers.flatMap((peer) => (peer.type === 'workload' ? [peer.workload] : []));
  const addresses = peers.flatMap((peer) => (peer.type === 'addresses' ? [peer] : []));
  const others = peers.filter(({ type }) => type !== 'workload' && type !== 'addresses');
  return [
    {
      ...first,
      peers: [
        ...cover(workloads).map((workload): PlanPeer => ({ type: 'workload', workload })),
        ...joinAddresses(addresses, widening),
        ...others,
      ],
    },
  ];
}

type AddressPeer = PlanPeer & { type: 'addresses' };

/** Hosts with names are a peer of their own, and are not widened: dialects that have names would not say the same. */
function joinAddresses(peers: readonly AddressPeer[], widening: number): PlanPeer[] {
  const [named, plain] = [
    peers.filter(({ names }) => names.length > 0),
    peers.filter(({ names }) => names.length === 0),
  ];
  return [...joinSimilar(plain, widening), ...joinSimilar(named, 0)];
}

function joinSimilar(peers: readonly AddressPeer[], widening: number): PlanPeer[] {
  if (peers.length === 0) return [];
  const ranges = peers.flatMap(({ cidrs }) => cidrs.map((cidr) => parseCidr(cidr)));
  const isOne = ({ low, high }: AddressRange) => low === high;
  const wide = ranges.filter((range) => !isOne(range));
  const addresses = ranges.filter(isOne).filter((one) => !wide.some((range) => contains(range, one)));
  const blocks = peers.flatMap(({ cidrs }) => cidrs.filter((cidr) => !isOne(parseCidr(cidr))));
  const single = coverAddresses(
    addresses.map(({ family, low }) => ({ family, value: low })),
    widening,
  );
  const names = [...new Set(peers.flatMap((peer) => peer.names))].sort();
  return [{ type: 'addresses', cidrs: [...new Set([...single, ...blocks])], names }];
}

function contains(range: AddressRange, { family, low }: AddressRange): boolean {
  return family === range.family && range.low <= low && low <= range.high;
}

/** Workloads of a namespace that need the same get one policy. */
function joinWorkloads(planned: readonly PlannedWorkload[], cover: Cover): PlannedWorkload[] {
  const same = Map.groupBy(planned, ({ workload, needs }) =>
    JSON.stringify([workload.namespace, needs.map(needKey)]),
  );
  return [...same.values()].flatMap((group) =>
    cover(group.map(({ workload }) => workload)).map((workload) => ({
      workload,
      needs: group[0]?.needs ?? [],
    })),
  );
}

function needKey({ direction, peers, ports }: PlanNeed) {
  return [direction, peers.map(peerKey), ports];
}

/** Equal for peers that are the same. */
export function peerKey(peer: PlanPeer): string {
  if (peer.type === 'workload') return `pods ${peer.workload.namespace}/${peer.workload.name}`;
  return peer.type === 'addresses' ? `addresses ${peer.cidrs.join(' ')} ${peer.names.join(' ')}` : peer.type;
}
