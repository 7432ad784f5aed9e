import { Analysis } from '../engine/analysis.ts';
import type { CompiledRule } from '../engine/compile.ts';
import type { Cluster } from '../model/cluster.ts';
import { ClusterIndex } from '../model/cluster-index.ts';
import type { Direction, Policy, Rule, TierKey } from '../model/policy.ts';
import { directions } from '../model/policy.ts';
import type { AddressFamily, AddressRange } from '../sets/addresses.ts';
import type { Bits } from '../sets/bits.ts';
import type { Connections } from '../sets/connections.ts';

/** A cluster under policies: what queries ask about. */
export interface Setting {
  cluster: Cluster;
  policies: readonly Policy[];
  /** Those that the policies were read with; settings that are compared share them. */
  connections: Connections;
  /** Families of addresses that are told apart; both unless said. */
  families?: readonly AddressFamily[];
  /** Ranges that the addresses are cut by, beside those of the policies. */
  ranges?: readonly AddressRange[];
}

/** A policy and one of its rules as written; a dialect may make several of one, of which this is the first. */
export interface RuleOf {
  policy: Policy;
  rule: Rule;
}

/** The rules of a policy by the rule that was written. */
export function writtenRules({ rules }: Policy): (readonly [Rule, ...Rule[]])[] {
  return [...Map.groupBy(rules, ({ path }) => JSON.stringify(path)).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [[first, ...others] as const],
  );
}

/** The analysis of a setting, with its addresses cut by further ranges. */
export function analysisOf(
  { cluster, policies, connections, families, ranges = [] }: Setting,
  further: readonly AddressRange[] = [],
): Analysis {
  return new Analysis(cluster, policies, connections, {
    ranges: [...ranges, ...further],
    ...(families === undefined ? {} : { families }),
  });
}

/** The setting with the policies of one plane only, since planes are independent of each other. */
export function inPlane(setting: Setting, plane: TierKey['plane']): Setting {
  return { ...setting, policies: setting.policies.filter(({ tier }) => tier.plane === plane) };
}

/** The policies that somebody wrote. */
export function writtenPolicies({ policies }: Setting): Policy[] {
  return policies.filter((policy) => policy.isImplied !== true);
}

/** The setting with what holds without any policy only. */
export function withoutPolicies(setting: Setting): Setting {
  return { ...setting, policies: setting.policies.filter((policy) => policy.isImplied === true) };
}

/** The setting with one policy. */
export function only(setting: Setting, policy: Policy): Setting {
  return { ...setting, policies: [...withoutPolicies(setting).policies, policy] };
}

/** By rule, what it comes to in an analysis. */
export function compiledRules({ tiers }: Analysis): Map<Rule, CompiledRule> {
  return new Map(
    tiers.flatMap(({ rules }) =>
      directions.flatMap((direction) =>
        rules[direction].map((compiled) => [compiled.rule, compiled] as const),
      ),
    ),
  );
}

/** By written policy, the endpoints that it selects. */
export function subjectsOf(setting: Setting): Map<Policy, Bits> {
  const index = new ClusterIndex(setting.cluster);
  return new Map(writtenPolicies(setting).map((policy) => [policy, index.select(policy.subject)]));
}

/** Whether a policy is about a direction: it isolates there or has rules. */
export function isAbout(policy: Policy, direction: Direction): boolean {
  return policy.isolates[direction] || policy.rules.some((rule) => rule.direction === direction);
}
