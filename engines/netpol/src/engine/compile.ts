import type { ClusterIndex } from '../model/cluster-index.ts';
import { type Direction, directions, type Policy, type Rule, type Verdict } from '../model/policy.ts';
import type { AddressPartition } from '../sets/addresses.ts';
import { Bits } from '../sets/bits.ts';
import { allConnections, type SetId } from '../sets/connections.ts';
import type { NamedPorts } from './named-ports.ts';
import { PeerSets } from './peer-sets.ts';
import type { Renumbering } from './renumbering.ts';

/** A rule with the endpoints that it is about and the peers that it speaks of. */
export interface CompiledRule {
  /** Tells the rule from all others of the analysis and of those that go on from it. */
  id: number;
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
  /** Tells the tier from all others. */
  key: string;
  plane: Policy['tier']['plane'];
  name: string;
  /** What it may deny at its end. */
  about: SetId;
  policies: readonly Policy[];
  rules: Readonly<Record<Direction, readonly CompiledRule[]>>;
  isolated: Readonly<Record<Direction, Bits>>;
}

/** What one policy is in a cluster, whatever other policies there are. */
interface CompiledPolicy {
  subjects: Bits;
  rules: readonly CompiledRule[];
}

/** Works out what policies are in a cluster, each once. */
export class PolicyCompiler {
  readonly size: number;
  readonly #index: ClusterIndex;
  readonly #peers: PeerSets;
  readonly #namedPorts: NamedPorts;
  readonly #compiled = new Map<Policy, CompiledPolicy>();
  #nextId = 0;

  constructor(index: ClusterIndex, partition: AddressPartition, namedPorts: NamedPorts) {
    this.size = index.all.size;
    this.#index = index;
    this.#peers = new PeerSets(index, partition);
    this.#namedPorts = namedPorts;
  }

  of(policy: Policy): CompiledPolicy {
    let compiled = this.#compiled.get(policy);
    if (compiled === undefined) {
      compiled = this.#compile(policy);
      this.#compiled.set(policy, compiled);
    }
    return compiled;
  }

  /** Takes over what an earlier compiler knows of policies, its peers numbered anew. */
  goOnFrom(earlier: PolicyCompiler, policies: readonly Policy[], renumbering: Renumbering | undefined): void {
    this.#nextId = earlier.#nextId;
    for (const policy of policies) {
      const known = earlier.#compiled.get(policy);
      if (known === undefined) continue;
      const rules =
        renumbering === undefined
          ? known.rules
          : known.rules.map((rule) => ({ ...rule, peers: renumbering.bits(rule.peers) }));
      this.#compiled.set(policy, { subjects: known.subjects, rules });
    }
  }

  #compile(policy: Policy): CompiledPolicy {
    const subjects = this.#index.select(policy.subject);
    const rules = policy.rules.map((rule) => ({
      id: this.#nextId++,
      policy,
      rule,
      verdict: rule.verdict,
      subjects: rule.subject === undefined ? subjects : this.#peers.endpointsAmong(subjects, rule.subject),
      peers: this.#peers.of(rule.peers),
      connections: this.#namedPorts.resolve(rule.connections),
    }));
    return { subjects, rules };
  }
}

/** Puts policies into their tiers, in order. */
export function compileTiers(policies: readonly Policy[], compiler: PolicyCompiler): CompiledTier[] {
  const tiers = Map.groupBy(policies, ({ tier }) => `${tier.plane} ${tier.order} ${tier.name}`);
  const sorted = [...tiers].sort(([, [a]], [, [b]]) => compareTiers(a, b));
  return sorted.flatMap(([key, members]) => {
    const [first] = members;
    return first === undefined ? [] : { key, ...compileTier(first.tier, members, compiler) };
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
  { plane, name, about = allConnections }: Policy['tier'],
  members: readonly Policy[],
  compiler: PolicyCompiler,
): Omit<CompiledTier, 'key'> {
  const policies = members.toSorted((a, b) => a.order - b.order || compareTexts(a.sortName, b.sortName));
  const isolated = { ingress: new Bits(compiler.size), egress: new Bits(compiler.size) };
  const rules: Record<Direction, CompiledRule[]> = { ingress: [], egress: [] };
  for (const policy of policies) {
    const compiled = compiler.of(policy);
    for (const direction of directions) {
      if (policy.isolates[direction]) isolated[direction].addAll(compiled.subjects);
    }
    for (const each of compiled.rules) rules[each.rule.direction].push(each);
  }
  const byPrecedence = (a: CompiledRule, b: CompiledRule) =>
    (a.rule.precedence ?? 0) - (b.rule.precedence ?? 0);
  return {
    plane,
    name,
    about,
    policies,
    isolated,
    rules: { ingress: rules.ingress.sort(byPrecedence), egress: rules.egress.sort(byPrecedence) },
  };
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

export { rangesOf } from './peer-sets.ts';
