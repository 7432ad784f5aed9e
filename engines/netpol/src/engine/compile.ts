import type { ClusterIndex } from '../model/cluster-index.ts';
import {
  type Direction,
  directions,
  type PeerMatch,
  type Policy,
  type Rule,
  type Verdict,
} from '../model/policy.ts';
import type { AddressPartition, AddressRange } from '../sets/addresses.ts';
import { Bits } from '../sets/bits.ts';
import type { SetId } from '../sets/connections.ts';
import type { NamedPorts } from './named-ports.ts';

/** A rule with the endpoints that it is about and the peers that it speaks of. */
export interface CompiledRule {
  policy: Policy;
  rule: Rule;
  verdict: Verdict;
  subjects: Bits;
  /** Over endpoints, then parts of the addresses. */
  peers: Bits;
  /** Its connections, by what the names of the destination's ports mean (`NamedPorts`). */
  connections: readonly SetId[];
}

/** A tier: its rules in the order in which they are asked, and whom it denies what none of them decides. */
export interface CompiledTier {
  plane: Policy['tier']['plane'];
  name: string;
  policies: readonly Policy[];
  rules: Readonly<Record<Direction, readonly CompiledRule[]>>;
  isolated: Readonly<Record<Direction, Bits>>;
}

/** The ranges that policies cut the addresses by. */
export function rangesOf(policies: readonly Policy[]): AddressRange[] {
  return policies.flatMap(({ rules }) => rules.flatMap(({ peers }) => peers.flatMap(rangesOfPeer)));
}

function rangesOfPeer(peer: PeerMatch): readonly AddressRange[] {
  switch (peer.type) {
    case 'addresses':
      return [...peer.ranges, ...peer.except];
    case 'all':
    case 'either':
      return peer.peers.flatMap(rangesOfPeer);
    case 'not':
      return rangesOfPeer(peer.peer);
    default:
      return [];
  }
}

/** Puts policies into their tiers, in order. */
export function compileTiers(
  policies: readonly Policy[],
  index: ClusterIndex,
  partition: AddressPartition,
  namedPorts: NamedPorts,
): CompiledTier[] {
  const peers = new PeerSets(index, partition);
  const tiers = Map.groupBy(policies, ({ tier }) => `${tier.plane} ${tier.order} ${tier.name}`);
  const sorted = [...tiers.values()].sort(([a], [b]) => compareTiers(a, b));
  return sorted.flatMap((members) => {
    const [first] = members;
    return first === undefined ? [] : compileTier(first.tier, members, index, peers, namedPorts);
  });
}

function compareTiers(a: Policy | undefined, b: Policy | undefined): number {
  if (a === undefined || b === undefined) return 0;
  return (
    compareTexts(a.tier.plane, b.tier.plane) ||
    a.tier.order - b.tier.order ||
    compareTexts(a.tier.name, b.tier.name)
  );
}

function compileTier(
  { plane, name }: Policy['tier'],
  members: readonly Policy[],
  index: ClusterIndex,
  peers: PeerSets,
  namedPorts: NamedPorts,
): CompiledTier {
  const policies = members.toSorted((a, b) => a.order - b.order || compareTexts(a.sortName, b.sortName));
  const isolated = { ingress: new Bits(index.all.size), egress: new Bits(index.all.size) };
  const rules: Record<Direction, CompiledRule[]> = { ingress: [], egress: [] };
  for (const policy of policies) {
    const subjects = index.select(policy.subject);
    for (const direction of directions) {
      if (policy.isolates[direction]) isolated[direction].addAll(subjects);
    }
    for (const rule of policy.rules) {
      rules[rule.direction].push({
        policy,
        rule,
        verdict: rule.verdict,
        subjects: rule.subject === undefined ? subjects : peers.endpointsAmong(subjects, rule.subject),
        peers: peers.of(rule.peers),
        connections: namedPorts.resolve(rule.connections),
      });
    }
  }
  const byPrecedence = (a: CompiledRule, b: CompiledRule) =>
    (a.rule.precedence ?? 0) - (b.rule.precedence ?? 0);
  return {
    plane,
    name,
    policies,
    isolated,
    rules: { ingress: rules.ingress.sort(byPrecedence), egress: rules.egress.sort(byPrecedence) },
  };
}

/** What peers of rules are, as sets over endpoints and parts of the addresses. */
class PeerSets {
  readonly #index: ClusterIndex;
  readonly #partition: AddressPartition;
  readonly #size: number;

  constructor(index: ClusterIndex, partition: AddressPartition) {
    this.#index = index;
    this.#partition = partition;
    this.#size = index.all.size + partition.parts.length;
  }

  of(peers: readonly PeerMatch[]): Bits {
    const all = new Bits(this.#size);
    for (const peer of peers) {
      if (peer.type === 'any') return Bits.full(this.#size);
      if (peer.type === 'endpoints') all.addAll(this.#index.select(peer.matcher));
      else all.addAll(this.#one(peer));
    }
    return all;
  }

  /** Those of some endpoints that a peer matches. */
  endpointsAmong(endpoints: Bits, peer: PeerMatch): Bits {
    const matched = this.of([peer]);
    return Bits.of(
      endpoints.size,
      endpoints.members().filter((endpoint) => matched.has(endpoint)),
    );
  }

  #one(peer: PeerMatch): Bits {
    switch (peer.type) {
      case 'any':
      case 'endpoints':
        return this.of([peer]);
      case 'addresses':
        return this.#addresses(peer);
      case 'either':
        return this.of(peer.peers);
      case 'all':
        return peer.peers.reduce((left, each) => left.and(this.of([each])), Bits.full(this.#size));
      case 'not':
        return this.of([peer.peer]).not();
    }
  }

  #addresses({ ranges, except, endpoints }: PeerMatch & { type: 'addresses' }): Bits {
    const parts = this.#parts(ranges).without(this.#parts(except));
    if (endpoints) {
      this.#index.cluster.endpoints.forEach(({ addresses, hostNetwork }, i) => {
        const known = addresses.length > 0 && !hostNetwork;
        const inRange = (range: AddressRange) => addresses.some((address) => isWithin(address, range));
        if (known && ranges.some(inRange) && !except.some(inRange)) parts.add(i);
      });
    }
    return parts;
  }

  #parts(ranges: readonly AddressRange[]): Bits {
    const bits = new Bits(this.#size);
    const offset = this.#index.all.size;
    for (const range of ranges) {
      const span = this.#partition.span(range);
      if (span === undefined) continue;
      for (let part = span[0]; part <= span[1]; part++) bits.add(offset + part);
    }
    return bits;
  }
}

function isWithin(address: { family: number; value: bigint }, range: AddressRange): boolean {
  return address.family === range.family && range.low <= address.value && address.value <= range.high;
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
