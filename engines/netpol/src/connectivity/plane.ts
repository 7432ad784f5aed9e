import type { Analysis } from '../engine/analysis.ts';
import { noConnections, type SetId } from '../sets/connections.ts';
import { addressParts } from './address-peers.ts';
import type { Network } from './networks.ts';
import { compareTexts, type Peer, peerText } from './peers.ts';

/** A peer with its indexes in an analysis and its text, which reports are sorted by. */
export interface Node {
  peer: Peer;
  text: string;
  members: readonly number[];
}

/** A source and a destination in a network. */
export interface Pair {
  source: Node;
  destination: Node;
  network: Network;
}

/** Those who may meet in an analysis: nodes of both sides, sorted. */
export class Plane {
  readonly analysis: Analysis;
  readonly sources: readonly Node[];
  readonly destinations: readonly Node[];

  /** Addresses are cut on each side by what rules of that direction name. */
  constructor(analysis: Analysis, nodes: readonly Node[], sourcesOnly: readonly Node[] = []) {
    this.analysis = analysis;
    this.sources = sorted([...nodes, ...sourcesOnly, ...addressNodes(analysis, 'ingress')]);
    this.destinations = sorted([...nodes, ...addressNodes(analysis, 'egress')]);
  }

  /** All pairs but those of addresses, and of a workload's Pods among each other. */
  *pairs(): Generator<{ source: Node; destination: Node }> {
    for (const source of this.sources) {
      for (const destination of this.destinations) {
        const isOutside = source.peer.type === 'addresses' && destination.peer.type === 'addresses';
        if (!isOutside && source.text !== destination.text) yield { source, destination };
      }
    }
  }

  /** What policies allow between any of the members of two nodes. */
  between(source: Node, destination: Node): SetId {
    const { connections } = this.analysis;
    let all: SetId = noConnections;
    for (const from of source.members) {
      for (const to of destination.members) all = connections.union(all, this.#betweenMembers(from, to));
    }
    return all;
  }

  /** From the rows that the analysis keeps for all endpoints alike. */
  #betweenMembers(from: number, to: number): SetId {
    const { analysis } = this;
    const { endpointCount } = analysis;
    if (from >= endpointCount) return analysis.allowedAt('ingress', to, from);
    const out = analysis.allowedAt('egress', from, to);
    if (to >= endpointCount || out === noConnections) return out;
    return analysis.connections.intersection(out, analysis.allowedAt('ingress', to, from));
  }
}

function addressNodes(analysis: Analysis, direction: 'ingress' | 'egress'): Node[] {
  return addressParts(analysis, direction).map(({ range, peer }) => {
    const address: Peer = { type: 'addresses', range };
    return { peer: address, text: peerText(address), members: [peer] };
  });
}

function sorted(nodes: readonly Node[]): Node[] {
  return nodes.toSorted((a, b) => compareTexts(a.text, b.text));
}
