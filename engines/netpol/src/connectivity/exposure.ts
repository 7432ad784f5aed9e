import { Analysis } from '../engine/analysis.ts';
import type { Direction, PortName } from '../model/policy.ts';
import type { Bits } from '../sets/bits.ts';
import { allConnections, noConnections, type SetId } from '../sets/connections.ts';
import type { Connectivity } from './connectivity.ts';
import { isFocusWorkload } from './focus.ts';
import { type Node, Plane } from './plane.ts';
import {
  anyPod,
  forRepresentatives,
  type Representative,
  representativesOf,
  withRepresentatives,
} from './representatives.ts';
import { restrictedIn } from './restricted.ts';
import type { Workload } from './workloads.ts';

/** Connections, with ports by name that nobody can resolve before there is a Pod. */
export interface NamedConnections {
  connections: SetId;
  names: readonly PortName[];
}

/** Pods that may come, and what may pass between them and a workload. */
export interface ExposureItem extends NamedConnections {
  /** Undefined for any Pod of the cluster. */
  to: Representative | undefined;
}

/** What a workload lets in or out from Pods that are not in the input. */
export interface SideExposure {
  /** False where no policy is about the direction: everything passes. */
  isProtected: boolean;
  items: readonly ExposureItem[];
}

export interface Exposure {
  workload: Workload;
  ingress: SideExposure;
  egress: SideExposure;
}

const safe: SideExposure = { isProtected: true, items: [] };

/** Workloads that Pods to come can reach or be reached from, in the order of the workloads. */
export function exposuresOf(connectivity: Connectivity): Exposure[] {
  const { options, workloads } = connectivity;
  const { focus = {} } = options;
  const analyser = new ExposureAnalyser(connectivity);
  const inFocus = workloads.filter(({ peer }) => isFocusWorkload(focus, peer));
  const isAsked = (direction: Direction) =>
    (focus.workloads ?? []).length === 0 || focus.direction === undefined || focus.direction === direction;
  return inFocus.flatMap((workload) => {
    const side = (direction: Direction) => (isAsked(direction) ? analyser.side(workload, direction) : safe);
    const [ingress, egress] = [side('ingress'), side('egress')];
    const isSafe = [ingress, egress].every(({ isProtected, items }) => isProtected && items.length === 0);
    return isSafe ? [] : [{ workload, ingress, egress }];
  });
}

class ExposureAnalyser {
  readonly #connectivity: Connectivity;
  readonly #plane: Plane;
  readonly #restricted: Readonly<Record<Direction, Bits>>;
  readonly #representatives: readonly { representative: Representative; node: Node }[];
  /** Index of the endpoint that stands for any Pod. */
  readonly #any: number;

  constructor(connectivity: Connectivity) {
    const { cluster, primary } = connectivity;
    const { policies, connections, addresses } = primary.analysis;
    const representatives = [...representativesOf(policies, cluster), anyPod];
    const first = cluster.endpoints.length;
    const analysis = new Analysis(
      withRepresentatives(cluster, representatives),
      forRepresentatives(policies, representatives, first),
      connections,
      { families: [...new Set(addresses.map(({ family }) => family))] },
    );
    this.#connectivity = connectivity;
    this.#plane = new Plane(analysis, []);
    this.#restricted = {
      ingress: restrictedIn(analysis, 'ingress'),
      egress: restrictedIn(analysis, 'egress'),
    };
    this.#any = first + representatives.length - 1;
    this.#representatives = representatives.slice(0, -1).map((representative, i) => {
      const { key: name } = representative;
      const peer = { type: 'workload', namespace: '', name, kind: '' } as const;
      return { representative, node: { peer, text: name, members: [first + i] } };
    });
  }

  side(workload: Workload, direction: Direction): SideExposure {
    if (!this.#isProtected(workload, direction)) {
      return { isProtected: false, items: [{ to: undefined, connections: allConnections, names: [] }] };
    }
    const general = this.#focused(this.#toAny(workload, direction));
    const isOpen = general.connections !== noConnections || general.names.length > 0;
    const items: ExposureItem[] = isOpen ? [{ to: undefined, ...general }] : [];
    for (const { representative, node } of this.#representatives) {
      const found = this.#focused(this.#to(workload, node, direction));
      // Without an opening to all, no connection is nothing to tell; with one, it is an exception.
      if (!isSame(found, general)) items.push({ to: representative, ...found });
    }
    return { isProtected: true, items };
  }

  #isProtected({ members }: Workload, direction: Direction): boolean {
    return members.some((member) => this.#restricted[direction].has(member));
  }

  /** What the workload itself lets pass: of Pods of which nothing is known, no policy is known either. */
  #toAny({ members }: Workload, direction: Direction): NamedConnections {
    const { analysis } = this.#plane;
    const none: SetId = noConnections;
    const all = members
      .map((member) => analysis.allowedAt(direction, member, this.#any))
      .reduce((sum, one) => analysis.connections.union(sum, one), none);
    return this.#told(all, this.#names(members, this.#any, direction));
  }

  #to(workload: Workload, node: Node, direction: Direction): NamedConnections {
    const set =
      direction === 'ingress' ? this.#plane.between(node, workload) : this.#plane.between(workload, node);
    // Names are the destination's, which towards the workload is known.
    const isKnown = direction === 'ingress';
    return this.#told(set, isKnown ? [] : this.#names(workload.members, node.members[0] ?? -1, direction));
  }

  /** Names say nothing where all ports of their protocol are open anyway. */
  #told(set: SetId, names: readonly PortName[]): NamedConnections {
    const { connections } = this.#plane.analysis;
    const told = connections.intersection(set, this.#connectivity.reported);
    const isOpen = ({ protocol }: PortName) =>
      protocol === undefined ? told === this.#connectivity.reported : connections.hasAllOf(told, protocol);
    return { connections: told, names: names.filter((name) => !isOpen(name)) };
  }

  /** Names of ports that rules allow and that cannot be resolved: the other end is not there, or the workload lacks them. */
  #names(members: readonly number[], peer: number, direction: Direction): PortName[] {
    const { tiers, cluster } = this.#plane.analysis;
    const found = tiers.flatMap(({ rules }) =>
      rules[direction]
        .filter(({ verdict, peers }) => verdict === 'allow' && peers.has(peer))
        .filter(({ subjects }) => members.some((member) => subjects.has(member)))
        .flatMap(({ rule }) => rule.connections.named),
    );
    const isOwn = ({ name, protocol }: PortName) =>
      members.some((member) =>
        cluster.endpoints[member]?.ports.some(
          (port) => port.name === name && (protocol === undefined || port.protocol === protocol),
        ),
      );
    const open = direction === 'ingress' ? found.filter((name) => !isOwn(name)) : found;
    return [...new Map(open.map((each) => [`${each.protocol} ${each.name}`, each])).values()];
  }

  /** The one connection that is asked for, where it is allowed. */
  #focused(found: NamedConnections): NamedConnections {
    const { connection } = this.#connectivity.options;
    if (connection === undefined) return found;
    const { connections } = this.#connectivity;
    const asked = connections.of([connection.protocol], [[connection.port, connection.port]]);
    const isAllowed = connections.contains(found.connections, asked);
    return { connections: isAllowed ? asked : noConnections, names: [] };
  }
}

function isSame(a: NamedConnections, b: NamedConnections): boolean {
  const texts = ({ names }: NamedConnections) =>
    names
      .map(({ name, protocol }) => `${protocol} ${name}`)
      .sort()
      .join();
  return a.connections === b.connections && texts(a) === texts(b);
}
