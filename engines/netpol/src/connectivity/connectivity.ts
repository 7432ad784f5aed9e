import type { Resource } from '@keelson/kubernetes';
import { clusterOf } from '../dialects/read-cluster.ts';
import { type ReadOptions, readPolicies } from '../dialects/read-policies.ts';
import { Analysis } from '../engine/analysis.ts';
import { endpointRangesOf } from '../engine/peer-sets.ts';
import { portNameProblems } from '../engine/unknown-port-names.ts';
import type { Cluster } from '../model/cluster.ts';
import type { OwnerOptions } from '../model/owners.ts';
import type { Policy, PolicyProblem } from '../model/policy.ts';
import type { AddressFamily } from '../sets/addresses.ts';
import { Connections, noConnections, protocolNumbers, type SetId } from '../sets/connections.ts';
import { type Focus, isInFocus, isNamedInFocus } from './focus.ts';
import { type IngressRule, ingressRules } from './ingress.ts';
import { withIngressController } from './ingress-controller.ts';
import {
  attachmentsOf,
  isSameNetwork,
  type Network,
  type Networks,
  networksOf,
  podNetwork,
} from './networks.ts';
import { compareTexts, ingressController, type Peer, peerText } from './peers.ts';
import { type Node, type Pair, Plane } from './plane.ts';
import { secondaryNetworks } from './secondary-network.ts';
import { splitWorkloads } from './split-workloads.ts';
import { withVirtualMachines } from './virtual-machines.ts';
import { foldWorkloads, type Workload } from './workloads.ts';

export interface ConnectivityOptions extends ReadOptions, OwnerOptions {
  /** Families of addresses outside the cluster that are reported; both unless said. */
  families?: readonly AddressFamily[];
  focus?: Focus;
  /** Only pairs that this one connection is allowed between. */
  connection?: { protocol: number; port: number };
  /** True where policies hold for Pods in their node's network as for all others, which real data planes rarely do. */
  hostNetworkAlike?: boolean;
  /** True where further and user-defined networks are told apart, and virtual machines are endpoints. */
  networks?: boolean;
  /** True where Pods of one owner that may not all do the same are ends of their own. */
  splitWorkloads?: boolean;
  /** For states that are to be compared: the same for both. */
  connections?: Connections;
}

/** What may go from one peer to another in a network. */
export interface Connection {
  source: Peer;
  destination: Peer;
  network: Network;
  connections: SetId;
}

/** Who can reach whom among the workloads of objects and the addresses outside, as reports tell it. */
export class Connectivity {
  readonly connections: Connections;
  readonly options: ConnectivityOptions;
  readonly cluster: Cluster;
  /** Of the network that Pods have their first interface in. */
  readonly primary: Plane;
  readonly secondary: readonly { network: Network; plane: Plane }[];
  readonly problems: readonly PolicyProblem[];
  /** Sorted by their text. */
  readonly workloads: readonly Workload[];
  readonly #networks: Networks;
  /** What sets come to where one connection is asked for. */
  readonly #focusedSets = new Map<SetId, SetId>();
  readonly #ingress: ReadonlyMap<string, readonly IngressRule[]>;
  /** Protocols that have ports, which reports speak of. */
  readonly reported: SetId;

  constructor(resources: readonly Resource[], options: ConnectivityOptions = {}) {
    const { connections = new Connections() } = options;
    this.connections = connections;
    this.options = options;
    const { TCP, UDP, SCTP } = protocolNumbers;
    this.reported = connections.of([TCP, UDP, SCTP]);
    const { policies, problems } = readPolicies(resources, connections, options);
    const { cluster, workloads } = foldWorkloads(readCluster(resources, options), endpointRangesOf(policies));
    const leadsIn = (ends: readonly Workload[]) => ingressRules(resources, cluster, ends, connections);
    const hasController = leadsIn(workloads) !== undefined;
    this.cluster = hasController ? withIngressController(cluster) : cluster;
    const analysis = this.#analysisOf(policies);
    const ends = options.splitWorkloads === true ? splitWorkloads(workloads, analysis) : workloads;
    this.workloads = ends.toSorted((a, b) => compareTexts(a.text, b.text));
    this.#ingress = new Map([...(leadsIn(this.workloads) ?? [])].map(([{ text }, of]) => [text, of]));
    this.primary = this.#primaryPlane(analysis, hasController);
    this.#networks = networksOf(options.networks === true ? resources : [], cluster);
    const further = secondaryNetworks(resources, this.#networks, cluster, this.workloads, connections);
    this.secondary = further.networks.map((each) => {
      const network: Network = { type: 'nad', name: each.name };
      return { network, plane: new Plane(each.analysis, each.workloads) };
    });
    this.problems = [...problems, ...portNameProblems(analysis), ...further.problems];
  }

  /** Workloads that the focus names. */
  get workloadsInFocus(): Workload[] {
    const { focus = {} } = this.options;
    return this.workloads.filter(({ peer }) => isNamedInFocus(focus, peer));
  }

  /** The network of a workload's first interface, and those that it is attached to besides. */
  networksOf({ peer, members }: Workload): { primary: Network; secondary: readonly string[] } {
    const endpoint = this.cluster.endpoints[members.at(-1) ?? -1];
    const attachments = endpoint === undefined ? [] : attachmentsOf(endpoint);
    return {
      primary: this.#networks.primaryOf(peer.namespace),
      secondary: attachments.map(({ network }) => network).sort(compareTexts),
    };
  }

  /** Pairs that something is allowed between: in the first network by source, then destination; then in each further one. */
  *pairs(): Generator<Connection> {
    for (const { pair, plane, isApart } of this.pairsInFocus()) {
      if (isApart) continue;
      const set = this.#focused(this.between(plane, pair));
      if (set !== noConnections)
        yield {
          source: pair.source.peer,
          destination: pair.destination.peer,
          network: pair.network,
          connections: set,
        };
    }
  }

  /** All pairs that are asked for, but those that no Ingress brings together; `isApart` where their networks are not the same. */
  *pairsInFocus(): Generator<{ pair: Pair; plane: Plane; isApart: boolean }> {
    const { focus = {} } = this.options;
    for (const { source, destination } of this.primary.pairs()) {
      if (!isInFocus(focus, source.peer, destination.peer)) continue;
      if (source.peer.type === 'ingress-controller' && !this.#ingress.has(destination.text)) continue;
      const shared = this.networkBetween(source.peer, destination.peer);
      const network = shared ?? this.#isolating(source.peer, destination.peer);
      const pair = { source, destination, network };
      yield { pair, plane: this.primary, isApart: shared === undefined };
    }
    for (const { network, plane } of this.secondary) {
      for (const { source, destination } of plane.pairs()) {
        if (isInFocus(focus, source.peer, destination.peer))
          yield { pair: { source, destination, network }, plane, isApart: false };
      }
    }
  }

  /** What is allowed between the ends of a pair. */
  between(plane: Plane, { source, destination }: Pair): SetId {
    const limit = source.peer.type === 'ingress-controller' ? this.#ingressTo(destination) : this.reported;
    return this.connections.intersection(plane.between(source, destination), limit);
  }

  /** Ingresses and Routes that lead to a workload. */
  ingressRulesOf({ text }: Node): readonly IngressRule[] {
    return this.#ingress.get(text) ?? [];
  }

  /** The first network that two peers share; those from outside come to every one. */
  networkBetween(source: Peer, destination: Peer): Network | undefined {
    const from = this.primaryNetworkOf(source);
    const to = this.primaryNetworkOf(destination);
    if (from === undefined || to === undefined) return from ?? to ?? podNetwork;
    return isSameNetwork(from, to) ? from : undefined;
  }

  /** The network of a peer's first interface; undefined for those outside. */
  primaryNetworkOf(peer: Peer): Network | undefined {
    return peer.type === 'workload' ? this.#networks.primaryOf(peer.namespace) : undefined;
  }

  /** The network that keeps two peers apart: the source's unless that is the cluster's own. */
  #isolating(source: Peer, destination: Peer): Network {
    const from = this.primaryNetworkOf(source) ?? podNetwork;
    return from.type === 'pod' ? (this.primaryNetworkOf(destination) ?? podNetwork) : from;
  }

  #analysisOf(policies: readonly Policy[]): Analysis {
    const { families } = this.options;
    const options = families === undefined ? {} : { families };
    return new Analysis(this.cluster, policies, this.connections, options);
  }

  #primaryPlane(analysis: Analysis, hasController: boolean): Plane {
    const controller = {
      peer: ingressController,
      text: peerText(ingressController),
      members: [analysis.endpointCount - 1],
    };
    return new Plane(analysis, this.workloads, hasController ? [controller] : []);
  }

  /** The one connection that is asked for where it is allowed; all that is allowed where none is asked for. */
  #focused(set: SetId): SetId {
    const { connection } = this.options;
    if (connection === undefined) return set;
    let focused = this.#focusedSets.get(set);
    if (focused === undefined) {
      const { protocol, port } = connection;
      const asked = this.connections.of([protocol], [[port, port]]);
      focused = this.connections.contains(set, asked) ? asked : noConnections;
      this.#focusedSets.set(set, focused);
    }
    return focused;
  }

  #ingressTo(destination: Node): SetId {
    const none: SetId = noConnections;
    return this.ingressRulesOf(destination).reduce(
      (all, rule) => this.connections.union(all, rule.connections),
      none,
    );
  }
}

/** Who is there, as the options have it. */
export function readCluster(
  resources: readonly Resource[],
  options: Pick<ConnectivityOptions, 'hostNetworkAlike' | 'networks' | 'ownersAsWritten'>,
): Cluster {
  const pods = clusterOf(resources, options);
  const alike = options.hostNetworkAlike === true ? ownNetworked(pods) : pods;
  return options.networks === true ? withVirtualMachines(alike, resources) : alike;
}

function ownNetworked(cluster: Cluster): Cluster {
  const endpoints = cluster.endpoints.map((endpoint) => ({ ...endpoint, hostNetwork: false }));
  return { ...cluster, endpoints };
}
