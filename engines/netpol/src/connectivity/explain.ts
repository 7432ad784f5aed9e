import type { Analysis } from '../engine/analysis.ts';
import type { Direction } from '../model/policy.ts';
import { noConnections, type SetId } from '../sets/connections.ts';
import type { Connectivity } from './connectivity.ts';
import { type Cause, DirectionTiers, type Fate } from './fates.ts';
import type { IngressRule } from './ingress.ts';
import type { Network } from './networks.ts';
import type { Peer } from './peers.ts';
import type { Node, Pair, Plane } from './plane.ts';

/** Connections of a pair with their fates in both directions; they pass where both allow. */
export interface PairFate {
  connections: SetId;
  egress: Fate;
  ingress: Fate;
}

/** Why connections pass, or do not, from one peer to another in a network. */
export interface Explained {
  source: Peer;
  destination: Peer;
  network: Network;
  /** Together all connections that are asked for; none where the ends are in networks apart. */
  fates: readonly PairFate[];
  /** Networks of both ends, where those are what keeps them apart. */
  apart: { source: Network | undefined; destination: Network | undefined } | undefined;
}

/** Why, for each pair that is asked for, in the order of `pairs`. */
export function* explained(connectivity: Connectivity): Generator<Explained> {
  const explainers = new Map<Plane, PlaneExplainer>();
  for (const { pair, plane, isApart } of connectivity.pairsInFocus()) {
    const explainer = explainers.get(plane) ?? new PlaneExplainer(connectivity, plane);
    explainers.set(plane, explainer);
    const [source, destination] = [pair.source.peer, pair.destination.peer];
    const ends = { source, destination, network: pair.network };
    if (isApart) {
      const apart = {
        source: connectivity.primaryNetworkOf(source),
        destination: connectivity.primaryNetworkOf(destination),
      };
      yield { ...ends, fates: [], apart };
    } else {
      // An Ingress that leads to no port at all is a problem of its own, and not told here.
      const isReached = connectivity.between(plane, pair) !== noConnections;
      if (source.type === 'ingress-controller' && !isReached) continue;
      yield { ...ends, fates: explainer.explain(pair), apart: undefined };
    }
  }
}

export function isPassing({ egress, ingress }: PairFate): boolean {
  return egress.isAllowed && ingress.isAllowed;
}

class PlaneExplainer {
  readonly #connectivity: Connectivity;
  readonly #analysis: Analysis;
  readonly #tiers: Readonly<Record<Direction, DirectionTiers>>;
  readonly #asked: SetId;
  /** What is said where no policy speaks: of further networks nothing, which are open by their nature. */
  readonly #unsaid: readonly Cause[];

  constructor(connectivity: Connectivity, plane: Plane) {
    const { analysis } = plane;
    const { connection } = connectivity.options;
    this.#unsaid = plane === connectivity.primary ? [{ type: 'default' }] : [];
    this.#connectivity = connectivity;
    this.#analysis = analysis;
    this.#tiers = {
      ingress: new DirectionTiers(analysis, 'ingress', this.#unsaid),
      egress: new DirectionTiers(analysis, 'egress', this.#unsaid),
    };
    this.#asked =
      connection === undefined
        ? connectivity.reported
        : connectivity.connections.of([connection.protocol], [[connection.port, connection.port]]);
  }

  explain({ source, destination }: Pair): PairFate[] {
    const { connections } = this.#analysis;
    const [from = -1] = source.members;
    const [to = -1] = destination.members;
    const egress = this.#fates('egress', from, to, to);
    const ingress = this.#ingressFates(source, destination, this.#fates('ingress', to, from, to));
    return egress.flatMap((out) =>
      ingress.flatMap((into) => {
        const both = connections.intersection(out.connections, into.connections);
        return both === noConnections ? [] : [{ connections: both, egress: out, ingress: into }];
      }),
    );
  }

  /** Addresses have no policies: everything may leave and reach them. */
  #fates(direction: Direction, subject: number, peer: number, destination: number): Fate[] {
    if (subject >= this.#analysis.endpointCount) {
      return [{ connections: this.#asked, isAllowed: true, causes: this.#unsaid }];
    }
    return this.#tiers[direction].fates(subject, peer, destination, this.#asked);
  }

  /** From the controller, Ingresses and Routes have to let in what policies let in. */
  #ingressFates(source: Node, destination: Node, fates: readonly Fate[]): readonly Fate[] {
    if (source.peer.type !== 'ingress-controller') return fates;
    const { connections } = this.#analysis;
    let parts: Fate[] = fates.map((fate) => {
      const causes = fate.causes.filter(({ type }) => type !== 'default');
      return { ...fate, causes: fate.causes.length === 1 ? causes : fate.causes };
    });
    const rules = this.#connectivity.ingressRulesOf(destination);
    for (const rule of rules) {
      parts = parts.flatMap((fate) => {
        const matched = connections.intersection(fate.connections, rule.connections);
        const rest = connections.difference(fate.connections, rule.connections);
        return [
          { ...fate, connections: matched, causes: [...fate.causes, ingressCause(rule, true)] },
          { ...fate, connections: rest, causes: [...fate.causes, ingressCause(rule, false)] },
        ].filter((each) => each.connections !== noConnections);
      });
    }
    return parts.map((fate) => {
      const isMatched = fate.causes.some((cause) => cause.type === 'ingress' && cause.isMatched);
      const causes = fate.causes.filter((cause) => cause.type !== 'ingress' || cause.isMatched === isMatched);
      return { ...fate, isAllowed: fate.isAllowed && isMatched, causes };
    });
  }
}

function ingressCause(rule: IngressRule, isMatched: boolean): Cause {
  return { type: 'ingress', rule, isMatched };
}
