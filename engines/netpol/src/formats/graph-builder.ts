import { compareTexts } from '../connectivity/peers.ts';
import type { EdgeMark, GraphEdge, GraphGroup, GroupType, ReachGraph } from './reach-graph.ts';

const groupOrder: readonly GroupType[] = ['entry', 'namespace', 'future', 'outside'];

/** Gathers nodes and edges, and puts them in order. */
export class GraphBuilder {
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

  edge(source: number, destination: number, connections: string, mark?: EdgeMark): void {
    const text = this.#connections.get(connections) ?? this.#connections.size;
    this.#connections.set(connections, text);
    this.#edges.push(mark === undefined ? [source, destination, text] : [source, destination, text, mark]);
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
        .map(([from, to, ...rest]): GraphEdge => [at(from), at(to), ...rest])
        .sort(([a, b, c], [d, e, f]) => a - d || b - e || c - f),
    };
  }
}
