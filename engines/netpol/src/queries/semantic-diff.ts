import type { Analysis } from '../engine/analysis.ts';
import { noConnections, type SetId } from '../sets/connections.ts';
import { Comparison, relationOf } from './relation.ts';
import type { Setting } from './setting.ts';

/** Which ends a change is between; persistent endpoints are those that both settings have. */
export type DiffEnds =
  | 'removed endpoints'
  | 'removed endpoints and addresses'
  | 'removed and persistent endpoints'
  | 'persistent endpoints'
  | 'persistent endpoints and addresses'
  | 'persistent and added endpoints'
  | 'added endpoints'
  | 'added endpoints and addresses';

/** Connections that one setting allows and the other does not, as peers of the analysis that allows them. */
export interface DiffPart {
  ends: DiffEnds;
  change: 'removed' | 'added';
  analysis: Analysis;
  pairs: readonly { source: number; destination: number; connections: SetId }[];
}

type Side = 'first' | 'second';

/** What changes from the first setting to the second, in parts that are not empty. */
export function semanticDiff(first: Setting, second: Setting): DiffPart[] {
  const comparison = new Comparison(first, second);
  return [...partsOf(comparison, 'first'), ...partsOf(comparison, 'second')];
}

/** What one side allows beyond the other. */
function partsOf(comparison: Comparison, side: Side): DiffPart[] {
  const analysis = comparison[side];
  const own = relationOf(analysis);
  const other = relationOf(comparison[side === 'first' ? 'second' : 'first']);
  const matching = side === 'first' ? (peer: number) => comparison.matching(peer) : inverse(comparison);
  const { endpointCount, peerCount, connections } = analysis;
  const parts = new Map<DiffEnds, { source: number; destination: number; connections: SetId }[]>();
  for (let source = 0; source < peerCount; source++) {
    const last = source < endpointCount ? peerCount : endpointCount;
    for (let destination = 0; destination < last; destination++) {
      const allowed = own[source]?.[destination] ?? noConnections;
      const others = otherSet(other, matching(source), matching(destination));
      const changed = connections.difference(allowed, others);
      if (source === destination || changed === noConnections) continue;
      const ends = endsOf(kindOf(source), kindOf(destination), side);
      const pairs = parts.get(ends) ?? [];
      pairs.push({ source, destination, connections: changed });
      parts.set(ends, pairs);
    }
  }
  const change = side === 'first' ? 'removed' : 'added';
  return [...parts].map(([ends, pairs]) => ({ ends, change, analysis, pairs }));

  function kindOf(peer: number): EndKind {
    if (peer >= endpointCount) return 'address';
    return matching(peer) === undefined ? 'own' : 'persistent';
  }
}

type EndKind = 'address' | 'own' | 'persistent';

function otherSet(relation: readonly Uint32Array[], source?: number, destination?: number): SetId {
  if (source === undefined || destination === undefined) return noConnections;
  return relation[source]?.[destination] ?? noConnections;
}

/** By peer of the second setting, that of the first. */
function inverse(comparison: Comparison): (peer: number) => number | undefined {
  const known = new Map<number, number>();
  for (let peer = 0; peer < comparison.first.peerCount; peer++) {
    const other = comparison.matching(peer);
    if (other !== undefined) known.set(other, peer);
  }
  return (peer) => known.get(peer);
}

/** An endpoint that only its own side has was removed, or was added. */
function endsOf(a: EndKind, b: EndKind, side: Side): DiffEnds {
  const has = (kind: EndKind) => a === kind || b === kind;
  const word = side === 'first' ? 'removed' : 'added';
  if (has('own')) {
    if (has('address')) return `${word} endpoints and addresses`;
    if (!has('persistent')) return `${word} endpoints`;
    return word === 'removed' ? 'removed and persistent endpoints' : 'persistent and added endpoints';
  }
  return has('address') ? 'persistent endpoints and addresses' : 'persistent endpoints';
}
