import type { ExposureItem } from '../connectivity/exposure.ts';
import type { Network } from '../connectivity/networks.ts';
import { compareTexts, type Peer, peerText } from '../connectivity/peers.ts';
import type { Workload } from '../connectivity/workloads.ts';
import type { Direction } from '../model/policy.ts';
import { ConnectionTexts } from './connection-text.ts';
import { isExternal, nodeLabel } from './dot-lines.ts';
import { ExposureTexts, entireCluster, namespaceText, podText } from './exposure-rows.ts';
import type { GraphEdge, GraphGroup, GroupType, ReachGraph } from './reach-graph.ts';
import type { Report } from './report.ts';
import { nameIn } from './rows.ts';

/** A report as a graph; groups and nodes are sorted, and so are edges, by their ends. */
export function graphOf(report: Report): ReachGraph {
  const builder = new GraphBuilder();
  const { connectivity } = report;
  const texts = new ConnectionTexts(connectivity.connections);
  const end = (peer: Peer, network: Network) => {
    // A UserDefinedNetwork is the one of its namespace and has its name.
    const networkName = network.type === 'udn' ? 'udn' : network.name;
    const where = network.type === 'pod' ? '' : ` (${networkName})`;
    const name = nameIn(network, peer) + (network.type === 'nad' ? where : '');
    if (isExternal(peer)) return builder.node('outside', 'outside', peerText(peer), name);
    const namespace = peer.type === 'workload' ? peer.namespace : '';
    return builder.node('namespace', namespace + where, nodeLabel(peer), name);
  };
  for (const { source, destination, network, connections } of connectivity.pairs())
    builder.edge(end(source, network), end(destination, network), texts.of(connections));
  const place = (workload: Workload) => end(workload.peer, connectivity.networksOf(workload).primary);
  for (const workload of connectivity.workloadsInFocus) place(workload);
  addExposures(builder, report, place);
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
        if (direction === 'ingress') builder.edge(peer, workload, texts.of(item));
        else builder.edge(workload, peer, texts.of(item));
      }
    }
  }
}

function futureName({ to }: ExposureItem): string {
  return to === undefined ? entireCluster : `${podText(to.selectors)} in ${namespaceText(to.selectors).text}`;
}

const groupOrder: readonly GroupType[] = ['namespace', 'future', 'outside'];

class GraphBuilder {
  readonly #groups = new Map<string, GraphGroup>();
  readonly #nodes = new Map<string, { key: string; group: string; label: string; name: string }>();
  readonly #keys: string[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #connections = new Map<string, number>();
  readonly #edges: GraphEdge[] = [];

  /** The number of a node, in the order of first mention. */
  node(type: GroupType, groupName: string, label: string, name: string): number {
    const group = `${type} ${groupName}`;
    const key = `${group} ${name}`;
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    this.#groups.set(group, { type, name: groupName });
    this.#nodes.set(key, { key, group, label, name });
    this.#indexes.set(key, this.#keys.length);
    return this.#keys.push(key) - 1;
  }

  edge(source: number, destination: number, connections: string): void {
    const text = this.#connections.get(connections) ?? this.#connections.size;
    this.#connections.set(connections, text);
    this.#edges.push([source, destination, text]);
  }

  graph(): ReachGraph {
    const groups = [...this.#groups].sort(
      ([, a], [, b]) =>
        groupOrder.indexOf(a.type) - groupOrder.indexOf(b.type) || compareTexts(a.name, b.name),
    );
    const groupAt = new Map(groups.map(([key], i) => [key, i]));
    const nodes = [...this.#nodes.values()]
      .map(({ key, group, label, name }) => ({ key, group: groupAt.get(group) ?? -1, label, name }))
      .sort((a, b) => a.group - b.group || compareTexts(a.label, b.label));
    const nodeAt = new Map(nodes.map(({ key }, i) => [key, i]));
    const renumbered = this.#keys.map((key) => nodeAt.get(key) ?? -1);
    const at = (node: number) => renumbered[node] ?? -1;
    return {
      groups: groups.map(([, group]) => group),
      nodes: nodes.map(({ group, label, name }) => ({ group, label, name })),
      connections: [...this.#connections.keys()],
      edges: this.#edges
        .map(([from, to, text]): GraphEdge => [at(from), at(to), text])
        .sort(([a, b, c], [d, e, f]) => a - d || b - e || c - f),
    };
  }
}
