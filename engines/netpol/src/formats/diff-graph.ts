import type { ConnectionDiff } from '../connectivity/diff.ts';
import { type Peer, peerText } from '../connectivity/peers.ts';
import { noConnections, type SetId } from '../sets/connections.ts';
import { ConnectionTexts } from './connection-text.ts';
import type { DiffReport } from './diff.ts';
import { placed } from './graph.ts';
import { GraphBuilder } from './graph-builder.ts';
import type { EdgeMark, ReachGraph } from './reach-graph.ts';

/** A difference as a graph: what a pair may do more, what it may do no longer, and what it may do still are edges of their own. */
export function diffGraphOf({ diffs, connections }: DiffReport): ReachGraph {
  const builder = new GraphBuilder();
  const texts = new ConnectionTexts(connections);
  const remarks = new Map(diffs.flatMap(remarksOf));
  const end = (peer: Peer) => placed(builder, peer, peerText(peer), '', remarks.get(peerText(peer)));
  for (const { source, destination, before, after } of diffs) {
    const parts: readonly [EdgeMark, SetId][] = [
      ['opened', connections.difference(after, before)],
      ['closed', connections.difference(before, after)],
      ['unchanged', connections.intersection(before, after)],
    ];
    for (const [mark, set] of parts) {
      if (set !== noConnections) builder.edge(end(source), end(destination), texts.of(set), mark);
    }
  }
  return builder.graph();
}

/** Workloads that only one of the states has. */
function remarksOf(diff: ConnectionDiff): (readonly [name: string, remark: string])[] {
  const remark = diff.type === 'added' ? ' (new)' : ' (gone)';
  return [
    ...(diff.isSourceOneSided ? [[peerText(diff.source), remark] as const] : []),
    ...(diff.isDestinationOneSided ? [[peerText(diff.destination), remark] as const] : []),
  ];
}
