import type { Cluster, Endpoint } from '../model/cluster.ts';
import { ClusterIndex } from '../model/cluster-index.ts';
import type { Direction, Policy } from '../model/policy.ts';
import { type AddressFamily, AddressPartition, type AddressRange } from '../sets/addresses.ts';
import { allConnections, type Connections, type SetId } from '../sets/connections.ts';
import { type CompiledRule, type CompiledTier, compileTiers, PolicyCompiler } from './compile.ts';
import { decide, type Outcome } from './decide.ts';
import { connectionsAt, NamedPorts } from './named-ports.ts';
import { forEachPairRow } from './pair-rows.ts';
import { rangesOf } from './peer-sets.ts';
import { Renumbering } from './renumbering.ts';
import { type KeptRows, Rows } from './rows.ts';

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
  readonly #options: AnalysisOptions;
  readonly #partition: AddressPartition;
  readonly #index: ClusterIndex;
  readonly #namedPorts: NamedPorts;
  readonly #compiler: PolicyCompiler;
  readonly #planes: readonly (readonly CompiledTier[])[];
  readonly #rows = new Map<Direction, Rows>();

  /**
   * `connections` are those that the policies were read with; `earlier` is an analysis of the same cluster, whose work on
   * policies that both have is used again.
   */
  constructor(
    cluster: Cluster,
    policies: readonly Policy[],
    connections: Connections,
    options: AnalysisOptions = {},
    earlier?: Analysis,
  ) {
    this.#options = options;
    this.cluster = cluster;
    this.connections = connections;
    this.policies = policies;
    this.#partition = new AddressPartition(
      [...rangesOf(policies), ...(options.ranges ?? [])],
      options.families,
    );
    this.addresses = this.#partition.parts;
    this.#index = earlier === undefined ? new ClusterIndex(cluster) : earlier.#index;
    this.#namedPorts =
      earlier === undefined ? new NamedPorts(cluster.endpoints, connections) : earlier.#namedPorts;
    this.#compiler = new PolicyCompiler(this.#index, this.#partition, this.#namedPorts);
    const renumbering = earlier && Renumbering.between(earlier.addresses, this.addresses, this.endpointCount);
    if (earlier !== undefined) this.#compiler.goOnFrom(earlier.#compiler, policies, renumbering);
    this.tiers = compileTiers(policies, this.#compiler);
    this.#planes = [...Map.groupBy(this.tiers, ({ plane }) => plane).values()];
    for (const [direction, rows] of earlier === undefined ? [] : earlier.#rows) {
      this.#rows.set(direction, this.#newRows(direction, rows.kept(renumbering)));
    }
  }

  /**
   * The analysis of other policies in the same cluster. Policies that are the same objects as before cost next to nothing:
   * only rows of endpoints that other policies are about are worked out again.
   */
  with(policies: readonly Policy[]): Analysis {
    return new Analysis(this.cluster, policies, this.connections, this.#options, this);
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

  /** True when one connection is allowed, with some requests at least; `sourcePort` matters to few dialects. */
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

  /** What the policies of an endpoint allow in one direction between it and a peer. */
  allowedAt(direction: Direction, endpoint: number, peer: number): SetId {
    return this.#rowsOf(direction).of(endpoint).at(peer);
  }

  /**
   * Calls with each source and what it may reach, by destination; connections of a peer to itself and between
   * addresses are left empty. The row is used again for the next source.
   */
  forEachSource(call: (source: number, row: Uint32Array) => void): void {
    const { endpointCount, peerCount, connections } = this;
    const rows = { egress: this.#rowsOf('egress'), ingress: this.#rowsOf('ingress') };
    forEachPairRow({ ...rows, endpointCount, peerCount, connections }, call);
  }

  #rowsOf(direction: Direction): Rows {
    let rows = this.#rows.get(direction);
    if (rows === undefined) {
      rows = this.#newRows(direction);
      this.#rows.set(direction, rows);
    }
    return rows;
  }

  #newRows(direction: Direction, kept?: KeptRows): Rows {
    return new Rows(direction, this.tiers, this.connections, this.#namedPorts, this.peerCount, kept);
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
