import type { Connection } from '../connectivity/connectivity.ts';
import type { Network } from '../connectivity/networks.ts';
import { podNetwork } from '../connectivity/networks.ts';
import { compareTexts, type Peer, peerText } from '../connectivity/peers.ts';
import type { Direction } from '../model/policy.ts';
import { ConnectionTexts } from './connection-text.ts';
import { edgeLine, groupLines, isExternal, nodeLabel, nodeLine, quoted, weightOf } from './dot-lines.ts';
import { ExposureTexts, entireCluster, namespaceText, podText } from './exposure-rows.ts';
import type { Report } from './report.ts';
import { sortedNetworks } from './txt.ts';

const edgeColors = { list: 'gold2', ingress: 'darkorange2', egress: 'darkorange4' };
const edgeFont = 'darkgreen';
const addressColor = 'red2';
const representedColor = 'red2';

/** A graph in the DOT language of Graphviz: workloads grouped by namespace and network. */
export function reportDot(report: Report): string {
  const graph = new Graph();
  const { connectivity } = report;
  const texts = new ConnectionTexts(connectivity.connections);
  const edges: string[] = [];
  for (const connection of connectivity.pairs()) {
    const [from, to] = graph.ends(connection);
    const color = edgeColors.list;
    edges.push(edgeLine(from, to, texts.of(connection.connections), color, edgeFont, weightOf(from, to)));
  }
  for (const { peer } of connectivity.workloadsInFocus) graph.add(peer, podNetwork);
  edges.push(...exposureEdges(report, graph));
  return ['digraph {', ...graph.lines(), ...edges.sort(compareTexts), '}'].join('\n');
}

/** Nodes of a graph, each once, in the groups of their namespaces. */
class Graph {
  readonly #seen = new Set<string>();
  readonly external: string[] = [];
  /** By network, then by namespace. */
  readonly #groups = new Map<string, { network: Network; namespaces: Map<string, string[]> }>();
  readonly represented = new Map<string, string[]>();

  /** Names of the nodes of a connection, which are added. */
  ends({ source, destination, network }: Connection): readonly [from: string, to: string] {
    return [this.add(source, network), this.add(destination, network)];
  }

  /** Interfaces in further networks are nodes of their own. */
  add(peer: Peer, network: Network): string {
    const name = peerText(peer) + (network.type === 'nad' ? network.name : '');
    if (this.#seen.has(name)) return name;
    this.#seen.add(name);
    const color = peer.type === 'addresses' ? addressColor : 'blue';
    const line = nodeLine(name, nodeLabel(peer), color);
    if (isExternal(peer)) this.external.push(line);
    else if (peer.type === 'workload') this.#group(peer.namespace, network).push(line);
    return name;
  }

  lines(): string[] {
    const networks = sortedNetworks([...this.#groups.values()].map(({ network }) => network));
    const own = [
      ...this.#namespaceLines(podNetwork, 'namespace'),
      ...groupLines(this.represented, 'namespace', representedColor),
    ];
    const others = networks.filter(({ type }) => type !== 'pod');
    if (others.length === 0) return [...own, ...this.external.sort(compareTexts)];
    return [
      ...(own.length === 0
        ? []
        : ['\tsubgraph "cluster_pod_network" {', '\tlabel="pod network"', ...own, '\t}']),
      ...this.#userDefined(others),
      ...others.filter(({ type }) => type !== 'udn').flatMap((network) => this.#networkLines(network)),
      ...this.external.sort(compareTexts),
    ];
  }

  #userDefined(networks: readonly Network[]): string[] {
    const groups = networks
      .filter(({ type }) => type === 'udn')
      .flatMap((network) => [...(this.#groups.get(keyOf(network))?.namespaces ?? [])]);
    return groupLines(new Map(groups), 'udn', 'black');
  }

  #networkLines(network: Network): string[] {
    const label = `${network.name}[${network.type === 'nad' ? 'nad' : 'cluster-udn'}]`;
    return [
      `\tsubgraph ${quoted(`cluster_${network.name}`)} {`,
      `\tlabel=${quoted(label)}`,
      ...this.#namespaceLines(network, 'namespace'),
      '\t}',
    ];
  }

  #namespaceLines(network: Network, label: string): string[] {
    return groupLines(this.#groups.get(keyOf(network))?.namespaces ?? new Map(), label, 'black');
  }

  #group(namespace: string, network: Network): string[] {
    const key = keyOf(network);
    const found = this.#groups.get(key) ?? { network, namespaces: new Map<string, string[]>() };
    this.#groups.set(key, found);
    const lines = found.namespaces.get(namespace) ?? [];
    found.namespaces.set(namespace, lines);
    return lines;
  }
}

function keyOf({ type, name }: Network): string {
  return `${type} ${name}`;
}

/** Edges to and from Pods to come, whose nodes are added. */
function exposureEdges({ exposures, connectivity }: Report, graph: Graph): string[] {
  const texts = new ExposureTexts(connectivity);
  const seen = new Set<string>();
  const edges: string[] = [];
  for (const exposure of exposures) {
    for (const direction of ['ingress', 'egress'] as const) {
      for (const item of exposure[direction].items) {
        const label = item.to === undefined ? undefined : podText(item.to.selectors);
        const where = item.to === undefined ? '' : namespaceText(item.to.selectors).text;
        const name = label === undefined ? entireCluster : `${label}_in_${where}`;
        if (!seen.has(name)) {
          seen.add(name);
          if (label === undefined)
            graph.external.push(nodeLine(name, name, representedColor, ' shape=diamond'));
          else addRepresented(graph, where, nodeLine(name, label, representedColor));
        }
        edges.push(exposureEdge(exposure.workload.text, name, texts.of(item), direction));
      }
    }
  }
  return edges;
}

function addRepresented({ represented }: Graph, namespace: string, line: string): void {
  represented.set(namespace, [...(represented.get(namespace) ?? []), line]);
}

function exposureEdge(workload: string, peer: string, connections: string, direction: Direction): string {
  const style = ' style=dashed';
  const color = edgeColors[direction];
  return direction === 'ingress'
    ? edgeLine(peer, workload, connections, color, edgeFont, '1', style)
    : edgeLine(workload, peer, connections, color, edgeFont, '0.5', style);
}
