import type { ExposureItem } from '../connectivity/exposure.ts';
import { isEnteredInFocus } from '../connectivity/focus.ts';
import type { Network } from '../connectivity/networks.ts';
import { type Peer, peerText } from '../connectivity/peers.ts';
import type { Workload } from '../connectivity/workloads.ts';
import type { Direction } from '../model/policy.ts';
import { noConnections } from '../sets/connections.ts';
import { ConnectionTexts, noConnectionsText } from './connection-text.ts';
import { isExternal, nodeLabel } from './dot-lines.ts';
import { admittedText, entryPointTitle } from './entry-point-text.ts';
import { ExposureTexts, entireCluster, namespaceText, podText } from './exposure-rows.ts';
import { GraphBuilder } from './graph-builder.ts';
import type { ReachGraph } from './reach-graph.ts';
import type { Report } from './report.ts';
import { askedConnection, nameIn } from './rows.ts';

/** A report as a graph; groups and nodes are sorted, and so are edges, by their ends. */
export function graphOf(report: Report): ReachGraph {
  const builder = new GraphBuilder();
  const { connectivity } = report;
  const texts = new ConnectionTexts(connectivity.connections);
  const end = (peer: Peer, network: Network) => {
    // A UserDefinedNetwork is the one of its namespace and has its name.
    const networkName = network.type === 'udn' ? 'udn' : network.name;
    const where = network.type === 'pod' ? '' : ` (${networkName})`;
    return placed(builder, peer, nameIn(network, peer) + (network.type === 'nad' ? where : ''), where);
  };
  for (const { source, destination, network, connections } of connectivity.pairs())
    builder.edge(end(source, network), end(destination, network), texts.of(connections));
  const place = (workload: Workload) => end(workload.peer, connectivity.networksOf(workload).primary);
  for (const workload of connectivity.workloadsInFocus) place(workload);
  addExposures(builder, report, place);
  addEntryPoints(builder, report, place);
  return builder.graph();
}

function addExposures(builder: GraphBuilder, report: Report, place: (workload: Workload) => number): void {
  const texts = new ExposureTexts(report.connectivity);
  const sides: readonly Direction[] = ['ingress', 'egress'];
  for (const exposure of report.exposures) {
    const workload = place(exposure.workload);
    for (const direction of sides) {
      for (const item of exposure[direction].items) {
        const name = futureName(item);
        const peer = builder.node('future', 'Pods to come', name, name);
        const text = texts.of(item);
        const mark = text === noConnectionsText ? 'nothing' : undefined;
        if (direction === 'ingress') builder.edge(peer, workload, text, mark);
        else builder.edge(workload, peer, text, mark);
      }
    }
  }
}

/** Where traffic comes in, and what policies let in of what it leads to; of the one connection that is asked for, where there is one. */
function addEntryPoints(
  builder: GraphBuilder,
  { connectivity, entryPoints }: Report,
  place: (workload: Workload) => number,
): void {
  const { options, connections } = connectivity;
  const texts = new ConnectionTexts(connections);
  const asked = askedConnection(connectivity);
  for (const entry of entryPoints) {
    const title = entryPointTitle(entry);
    for (const destination of entry.destinations) {
      if (!isEnteredInFocus(options.focus ?? {}, destination.workload.peer)) continue;
      const targets = connections.intersection(destination.targets, asked);
      const admitted = connections.intersection(destination.admitted, asked);
      if (targets === noConnections) continue;
      const mark = admitted === noConnections ? 'nothing' : undefined;
      const source = builder.node('entry', 'entry points', title, title);
      builder.edge(source, place(destination.workload), admittedText({ targets, admitted }, texts), mark);
    }
  }
}

/** A peer of one of two graphs' forms: in its namespace, or outside of all. */
export function placed(builder: GraphBuilder, peer: Peer, name: string, where = '', remark = ''): number {
  if (isExternal(peer)) return builder.node('outside', 'outside', peerText(peer) + remark, name);
  const namespace = peer.type === 'workload' ? peer.namespace : '';
  return builder.node('namespace', namespace + where, nodeLabel(peer) + remark, name);
}

function futureName({ to }: ExposureItem): string {
  return to === undefined ? entireCluster : `${podText(to.selectors)} in ${namespaceText(to.selectors).text}`;
}
