import type { Cluster, Endpoint } from '../model/cluster.ts';
import { ClusterIndex } from '../model/cluster-index.ts';
import type { Direction, Policy } from '../model/policy.ts';
import { type AddressFamily, AddressPartition, type AddressRange } from '../sets/addresses.ts';
import { allConnections, type Connections, type SetId } from '../sets/connections.ts';
import { type CompiledRule, type CompiledTier, compileTiers, rangesOf } from './compile.ts';
import { decide, type Outcome } from './decide.ts';
import { connectionsAt, NamedPorts } from './named-ports.ts';
import { type Row, Rows } from './rows.ts';

/** What an analysis may be told beside the cluster and its policies. */
export interface AnalysisOptions {
  /** Families of addresses outside the cluster that are told apart; both unless said. */
  families?: readonly AddressFamily[];
  /** Ranges to cut the addresses by, beside those that policies name. */
  ranges?: readonly AddressRange[];
}

/** What both ends say of the connections from a source to a destination; an address has no policies. */
export interface Explanation {
  egress: readonly Outcome[];
  ingress: readonly Outcome[];
}

/**
 * Who can reach whom under a set of policies. A peer is a number: endpoints as they stand in the cluster, then the
 * parts of the addresses outside. All ways of asking give the same answers.
 */
export class Analysis {
  readonly cluster: Cluster;
  readonly connections: Connections;
  readonly policies: readonly Policy[];
  readonly tiers: readonly CompiledTier[];
  /** Parts of the addresses that no policy tells apart. */
  readonly addresses: readonly AddressRange[];
  readonly #index: ClusterIndex;
  readonly #partition: AddressPartition;
  readonly #namedPorts: NamedPorts;
  readonly #planes: readonly (readonly CompiledTier[])[];
  readonly #rows = new Map<Direction, Rows>();

  /** `connections` are those that the policies were read with. */
  constructor(
    cluster: Cluster,
    policies: readonly Policy[],
    connections: Connections,
    options: AnalysisOptions = {},
  ) {
    this.cluster = cluster;
    this.connections = connections;
    this.policies = policies;
    this.#partition = new AddressPartition(
      [...rangesOf(policies), ...(options.ranges ?? [])],
      options.families,
    );
    this.addresses = this.#partition.parts;
    this.#namedPorts = new NamedPorts(cluster.endpoints, connections);
    this.#index = new ClusterIndex(cluster);
    this.tiers = compileTiers(policies, this.#index, this.#partition, this.#namedPorts);
    this.#planes = [...Map.groupBy(this.tiers, ({ plane }) => plane).values()];
  }

  get endpointCount(): number {
    return this.cluster.endpoints.length;
  }

  get peerCount(): number {
    return this.endpointCount + this.addresses.length;
  }

  /** The endpoint of a peer; undefined for addresses. */
  endpointOf(peer: number): Endpoint | undefined {
    return this.cluster.endpoints[peer];
  }

  /** The addresses of a peer; undefined for endpoints. */
  addressesOf(peer: number): AddressRange | undefined {
    return this.addresses[peer - this.endpointCount];
  }

  /** The peer that an address outside the cluster belongs to. */
  peerOfAddress(address: { family: AddressFamily; value: bigint }): number | undefined {
    const { family, value } = address;
    const span = this.#partition.span({ family, low: value, high: value });
    return span === undefined ? undefined : this.endpointCount + span[0];
  }

  /** What is allowed from a source to a destination: what both directions allow. A Pod always reaches itself. */
  between(source: number, destination: number): SetId {
    if (source === destination) return allConnections;
    const { egress, ingress } = this.explain(source, destination);
    return this.connections.intersection(this.#allowed(egress), this.#allowed(ingress));
  }

  /** True when one connection is allowed; `sourcePort` matters to few dialects. */
  allows(source: number, destination: number, protocol: number, port: number, sourcePort?: number): boolean {
    return this.connections.has(this.between(source, destination), protocol, port, sourcePort);
  }

  /** Why: the outcomes of each direction, plane after plane. Those of one plane are all connections together. */
  explain(source: number, destination: number): Explanation {
    return {
      egress: this.#decide('egress', source, destination, destination),
      ingress: this.#decide('ingress', destination, source, destination),
    };
  }

  /** True when a policy is about an endpoint. */
  selects(policy: Policy, endpoint: number): boolean {
    return this.#index.select(policy.subject).has(endpoint);
  }

  /** The connections that a rule speaks of towards a destination, with the ports that it names there. */
  connectionsOf({ connections }: CompiledRule, destination: number): SetId {
    return connectionsAt(connections, this.#namedPorts.signatures[destination] ?? 0);
  }

  /** What one direction allows between an endpoint and every peer. */
  row(direction: Direction, endpoint: number): Row {
    return this.#rowsOf(direction).of(endpoint);
  }

  /**
   * Calls with each source and what it may reach, by destination; connections of a peer to itself and between
   * addresses are left empty. The row is used again for the next source.
   */
  forEachSource(call: (source: number, row: Row) => void): void {
    const ingress = this.#rowsOf('ingress');
    const { endpointCount, peerCount } = this;
    const columns = Array.from({ length: endpointCount }, (_, endpoint) => ingress.of(endpoint));
    const row = new Uint32Array(peerCount);
    const both = new PairTable(this.connections);
    for (let source = 0; source < peerCount; source++) {
      const egress = source < endpointCount ? this.row('egress', source) : undefined;
      for (let destination = 0; destination < endpointCount; destination++) {
        const into = columns[destination]?.[source] ?? 0;
        row[destination] = egress === undefined ? into : both.intersection(egress[destination] ?? 0, into);
      }
      for (let address = endpointCount; address < peerCount; address++) row[address] = egress?.[address] ?? 0;
      row[source] = 0;
      call(source, row);
    }
  }

  #rowsOf(direction: Direction): Rows {
    let rows = this.#rows.get(direction);
    if (rows === undefined) {
      rows = new Rows(direction, this.tiers, this.connections, this.#namedPorts, this.peerCount);
      this.#rows.set(direction, rows);
    }
    return rows;
  }

  #decide(direction: Direction, subject: number, peer: number, destination: number): Outcome[] {
    if (subject >= this.endpointCount) return [];
    const signature = this.#namedPorts.signatures[destination] ?? 0;
    return this.#planes.flatMap((tiers) =>
      decide(tiers, this.connections, { direction, subject, peer, signature }),
    );
  }

  /** Denied by one plane is denied: planes are all connections each, so what is left of all is what all allow. */
  #allowed(outcomes: readonly Outcome[]): SetId {
    return outcomes
      .filter(({ allowed }) => !allowed)
      .reduce(
        (left, { connections }) => this.connections.difference(left, connections),
        allConnections as SetId,
      );
  }
}

/** Intersections looked up in a table while sets are few, as they are. */
class PairTable {
  static readonly #width = 2_048;
  readonly #connections: Connections;
  readonly #table = new Int32Array(PairTable.#width * PairTable.#width).fill(-1);

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  intersection(a: SetId, b: SetId): SetId {
    if (a === b || a === 0) return a;
    const width = PairTable.#width;
    if (a >= width || b >= width) return this.#connections.intersection(a, b);
    const at = a * width + b;
    const known = this.#table[at] ?? -1;
    if (known >= 0) return known;
    const set = this.#connections.intersection(a, b);
    this.#table[at] = set;
    return set;
  }
}
