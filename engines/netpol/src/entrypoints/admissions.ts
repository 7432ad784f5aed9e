import type { Connectivity } from '../connectivity/connectivity.ts';
import { withIngressController } from '../connectivity/ingress-controller.ts';
import { ingressController } from '../connectivity/peers.ts';
import { Analysis } from '../engine/analysis.ts';
import type { CompiledRule } from '../engine/compile.ts';
import type { AddressRange } from '../sets/addresses.ts';
import { noConnections, type SetId } from '../sets/connections.ts';
import type { Admission, Lead } from './entry-point.ts';

/** Asks policies whom they let in, among addresses outside and the controller. */
export class Admissions {
  readonly #analysis: Analysis;
  /** Rules that let Pods in. */
  readonly #rules: readonly CompiledRule[];

  /** Addresses are cut by what policies name, and by the sources of the leads. */
  constructor(connectivity: Connectivity, leads: readonly Lead[]) {
    const { cluster, connections, primary } = connectivity;
    const { addresses, policies } = primary.analysis;
    this.#analysis = new Analysis(withIngressController(cluster), policies, connections, {
      families: [...new Set(addresses.map(({ family }) => family))],
      ranges: leads.flatMap(({ sources = [] }) => sources),
    });
    this.#rules = this.#analysis.tiers.flatMap(({ rules }) =>
      rules.ingress.filter(
        ({ verdict, rule }) => verdict === 'allow' && rule.peers.some(({ type }) => type !== 'addresses'),
      ),
    );
  }

  /** Who of those that a lead brings may connect to endpoints, by what each of them is asked for. */
  of({ source, sources }: Lead, asked: ReadonlyMap<number, SetId>): Admission[] {
    const { addresses, endpointCount } = this.#analysis;
    if (source === 'ingress-controller') {
      const connections = this.#admitted(endpointCount - 1, asked);
      return connections === noConnections ? [] : [{ peer: ingressController, connections }];
    }
    const admissions: { range: AddressRange; connections: SetId }[] = [];
    addresses.forEach((range, i) => {
      if (sources !== undefined && !sources.some((each) => isWithin(range, each))) return;
      const connections = this.#admitted(endpointCount + i, asked);
      if (connections === noConnections) return;
      const last = admissions.at(-1);
      if (last?.connections === connections && touches(last.range, range))
        admissions.splice(-1, 1, { range: { ...last.range, high: range.high }, connections });
      else admissions.push({ range, connections });
    });
    return admissions.map(({ range, connections }) => ({ peer: { type: 'addresses', range }, connections }));
  }

  /** True when a rule lets some Pods come to what is asked for: the controller may be one of them. */
  letsSomePodsIn(asked: ReadonlyMap<number, SetId>): boolean {
    const { connections } = this.#analysis;
    return this.#rules.some((rule) =>
      [...asked].some(
        ([endpoint, set]) =>
          rule.subjects.has(endpoint) &&
          connections.intersection(set, this.#analysis.connectionsOf(rule, endpoint)) !== noConnections,
      ),
    );
  }

  #admitted(peer: number, asked: ReadonlyMap<number, SetId>): SetId {
    const { connections, endpointCount } = this.#analysis;
    let all: SetId = noConnections;
    for (const [endpoint, set] of asked) {
      let allowed = connections.intersection(set, this.#analysis.allowedAt('ingress', endpoint, peer));
      if (peer < endpointCount)
        allowed = connections.intersection(allowed, this.#analysis.allowedAt('egress', peer, endpoint));
      all = connections.union(all, allowed);
    }
    return all;
  }
}

function isWithin(inner: AddressRange, outer: AddressRange): boolean {
  return inner.family === outer.family && outer.low <= inner.low && inner.high <= outer.high;
}

function touches(before: AddressRange, after: AddressRange): boolean {
  return before.family === after.family && before.high + 1n === after.low;
}
