import { Analysis, type Explanation } from '../engine/analysis.ts';
import type { Outcome } from '../engine/decide.ts';
import { noConnections, type SetId } from '../sets/connections.ts';

/**
 * By source and destination, what passes because some plane's rules at one of the ends allow it, or pass it on; `allowed` is
 * what passes at all.
 */
export function statedRelation(analysis: Analysis, allowed: readonly Uint32Array[]): Uint32Array[] {
  const planes = Map.groupBy(analysis.policies, ({ tier }) => tier.plane);
  const alone = [...planes.values()].map(
    (policies) =>
      new Analysis(analysis.cluster, policies, analysis.connections, {
        families: [...new Set(analysis.addresses.map(({ family }) => family))],
        ranges: analysis.addresses,
      }),
  );
  return allowed.map((row, source) =>
    row.map((set, destination) => {
      if (set === noConnections) return set;
      const { connections } = analysis;
      const stated = alone.reduce<SetId>(
        (all, plane) => connections.union(all, statedBetween(plane, source, destination)),
        noConnections,
      );
      return connections.intersection(set, stated);
    }),
  );
}

/** What rules of one plane allow at one of two ends. */
function statedBetween(analysis: Analysis, source: number, destination: number): SetId {
  const { egress, ingress }: Explanation = analysis.explain(source, destination);
  const { connections } = analysis;
  const about = analysis.tiers.reduce<SetId>(
    (all, tier) => connections.union(all, tier.about),
    noConnections,
  );
  const stated = (outcomes: readonly Outcome[]) => {
    // What is left to the default was passed on where anything else was decided at that end.
    const isSelected = outcomes.some(({ reason }) => reason.type !== 'default');
    return outcomes.reduce<SetId>((all, { allowed, reason, connections: set }) => {
      if (!allowed || (reason.type === 'default' && !isSelected)) return all;
      const own = reason.type === 'default' ? connections.intersection(set, about) : set;
      return connections.union(all, own);
    }, noConnections);
  };
  return connections.union(stated(egress), stated(ingress));
}
