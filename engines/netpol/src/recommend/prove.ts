import type { JsonObject } from '@keelson/core';
import { type Resource, resourcesOf } from '@keelson/kubernetes';
import { readPolicies } from '../dialects/read-policies.ts';
import { Analysis } from '../engine/analysis.ts';
import type { CompiledRule } from '../engine/compile.ts';
import { type Cluster, plainPod } from '../model/cluster.ts';
import { namespaceNameLabel } from '../model/read-cluster.ts';
import { type AddressRange, parseAddress, parseCidr } from '../sets/addresses.ts';
import { allConnections, Connections, type SetId } from '../sets/connections.ts';
import { protocolNumber } from '../sets/protocols.ts';
import { hasAll } from './identities.ts';
import type { Inference, KeptFlow } from './infer.ts';
import type { PlanPeer, PlanPort } from './plan.ts';

/** A pair that policies let connect in a way that was not seen. */
export interface Slack {
  source: string;
  destination: string;
}

/** What the engine says of policies that were written for flows. */
export interface Proof {
  /** Flows that were seen and would be denied. */
  denied: readonly KeptFlow[];
  /** Pairs that may do more than was seen, names aside. */
  slack: readonly Slack[];
  /** Rules that no flow needs, as `kind namespace/name path`. */
  unneeded: readonly string[];
  /** Policies that their own reader refuses or warns of. */
  problems: readonly string[];
}

/** A cluster of the workloads that were seen, in which policies of all dialects are judged alike. */
export class ProofWorld {
  readonly #inference: Inference;
  readonly #cluster: Cluster;
  readonly #connections = new Connections();
  readonly #ranges: AddressRange[];
  /** Addresses of hosts by their names, as the flows tell them. */
  readonly #hosts: ReadonlyMap<string, readonly AddressRange[]>;
  readonly #places: ReadonlyMap<string, number>;

  constructor(inference: Inference) {
    this.#inference = inference;
    const seen = inference.identities.map(({ namespace, name, labels }) => plainPod(namespace, name, labels));
    const resolvers = inference.plan.resolvers.pods
      .filter(
        ({ namespace, labels }) =>
          !seen.some((each) => each.namespace === namespace && hasAll(each.labels, labels)),
      )
      .map(({ namespace, labels }) => plainPod(namespace, 'resolver', labels));
    const endpoints = [...seen, ...resolvers];
    const namespaces = new Map(
      endpoints.map(({ namespace: name }) => {
        const labels = new Map([...(inference.namespaces.get(name) ?? []), [namespaceNameLabel, name]]);
        return [name, { name, labels }];
      }),
    );
    this.#cluster = { endpoints, namespaces };
    this.#places = new Map(endpoints.map(({ namespace, name }, i) => [`${namespace}/${name}`, i]));
    const cidrs = inference.kept.flatMap(({ source, destination }) =>
      [source, destination].flatMap((peer) => (peer.type === 'addresses' ? peer.cidrs : [])),
    );
    this.#hosts = new Map(
      [...inference.hosts].map(([name, own]) => [name, [...own].map((each) => parseCidr(each, true))]),
    );
    const resolverRanges = inference.plan.resolvers.addresses.map((address) => `${address}/32`);
    this.#ranges = [...new Set([...cidrs, ...resolverRanges])].map((cidr) => parseCidr(cidr));
  }

  analysisOf(policies: readonly JsonObject[]): { analysis: Analysis; problems: string[] } {
    const { policies: read, problems } = readPolicies(policies.flatMap(resourceOf), this.#connections, {
      hosts: this.#hosts,
    });
    const analysis = new Analysis(this.#cluster, read, this.#connections, { ranges: this.#ranges });
    return {
      analysis,
      problems: problems.map(
        ({ resource, path, message }) => `${resource.kind} ${resource.name} ${path.join('.')} ${message}`,
      ),
    };
  }

  /** `outside` says whether the dialect can speak of hosts outside that connect to Pods. */
  prove(policies: readonly JsonObject[], outside: boolean): { analysis: Analysis; proof: Proof } {
    const { analysis, problems } = this.analysisOf(policies);
    const denied = this.#inference.kept.filter((flow) => !this.#isAllowed(analysis, flow, outside));
    const slack = this.#slack(analysis, outside);
    return { analysis, proof: { denied, slack, unneeded: this.#unneeded(analysis), problems } };
  }

  /** Pairs that two sets of policies judge otherwise; `outside` says whether connections from outside count. */
  differences(a: Analysis, b: Analysis, outside: boolean): Slack[] {
    const found: Slack[] = [];
    this.#forEachPair(a, (source, destination) => {
      if (!outside && source >= a.endpointCount) return;
      if (this.#between(a, source, destination) !== this.#between(b, source, destination))
        found.push({ source: nameOf(a, source), destination: nameOf(a, destination) });
    });
    return found;
  }

  /** The parts of the analysis that a peer is made of. */
  #peersOf(analysis: Analysis, peer: PlanPeer): number[] {
    if (peer.type === 'workload')
      return [this.#places.get(`${peer.workload.namespace}/${peer.workload.name}`) ?? []].flat();
    if (peer.type !== 'addresses') return [];
    return [...new Set(peer.cidrs.flatMap((cidr) => partsOf(analysis, parseCidr(cidr))))];
  }

  #isAllowed(analysis: Analysis, { source, destination, port }: KeptFlow, outside: boolean): boolean {
    const to = this.#peersOf(analysis, destination);
    const isIn = (set: SetId) => this.#connections.has(set, numberOf(port), port.port);
    if (source.type !== 'cluster' && source.type !== 'anyone') {
      const from = this.#peersOf(analysis, source);
      const pairs = from.flatMap((one) => to.map((other) => this.#between(analysis, one, other)));
      return pairs.length > 0 && pairs.every(isIn);
    }
    // Of groups the destination lets all in; who of them may connect at all is for others to say.
    const count = source.type === 'cluster' || !outside ? analysis.endpointCount : analysis.peerCount;
    const peers = Array.from({ length: count }, (_, peer) => peer);
    return to.every((one) =>
      peers.every((peer) => peer === one || isIn(analysis.allowedAt('ingress', one, peer))),
    );
  }

  #slack(analysis: Analysis, outside: boolean): Slack[] {
    const expected = new Map<string, SetId>();
    for (const { source, destination, port } of this.#inference.kept) {
      const isGroup = source.type === 'anyone' || source.type === 'cluster';
      for (const from of isGroup ? [source.type] : this.#peersOf(analysis, source)) {
        for (const to of this.#peersOf(analysis, destination)) {
          const key = `${from} ${to}`;
          expected.set(key, this.#connections.union(expected.get(key) ?? 0, this.#setOf([port])));
        }
      }
    }
    const names = this.#setOf(this.#inference.plan.resolvers.ports);
    const planned = this.#plannedEndpoints();
    const found: Slack[] = [];
    this.#forEachPair(analysis, (source, destination) => {
      if (!planned.has(source) && !planned.has(destination)) return;
      if (!outside && source >= analysis.endpointCount) return;
      const groups = source < analysis.endpointCount ? [source, 'anyone', 'cluster'] : [source, 'anyone'];
      const seen = groups.reduce<SetId>(
        (all, each) => this.#connections.union(all, expected.get(`${each} ${destination}`) ?? 0),
        0,
      );
      const allowed = this.#between(analysis, source, destination);
      const known =
        planned.has(source) && this.#isResolver(analysis, destination)
          ? this.#connections.union(seen, names)
          : seen;
      if (!this.#connections.contains(known, allowed))
        found.push({ source: nameOf(analysis, source), destination: nameOf(analysis, destination) });
    });
    return found;
  }

  /** As `Analysis.between`, from rows that are worked out once for all pairs. */
  #between(analysis: Analysis, source: number, destination: number): SetId {
    const { endpointCount } = analysis;
    const egress =
      source < endpointCount ? analysis.allowedAt('egress', source, destination) : allConnections;
    const ingress =
      destination < endpointCount ? analysis.allowedAt('ingress', destination, source) : allConnections;
    return this.#connections.intersection(egress, ingress);
  }

  #plannedEndpoints(): Set<number> {
    return new Set(
      this.#inference.plan.workloads.flatMap(({ workload: { namespace, name, members = [name] } }) =>
        members.flatMap((member) => this.#places.get(`${namespace}/${member}`) ?? []),
      ),
    );
  }

  #isResolver(analysis: Analysis, peer: number): boolean {
    const { pods, addresses } = this.#inference.plan.resolvers;
    const end = analysis.endpointOf(peer);
    if (end !== undefined)
      return pods.some(({ namespace, labels }) => namespace === end.namespace && hasAll(end.labels, labels));
    return addresses.some((address) => analysis.peerOfAddress(parseAddress(address)) === peer);
  }

  #exampleOf(analysis: Analysis, source: PlanPeer, destination: PlanPeer): number {
    if (source.type !== 'anyone' && source.type !== 'cluster')
      return this.#peersOf(analysis, source)[0] ?? -1;
    return this.#peersOf(analysis, destination)[0] === 0 ? 1 : 0;
  }

  /** Allowing rules that are not the only one for any flow; those for names are there anyway. */
  #unneeded(analysis: Analysis): string[] {
    const names = this.#setOf(this.#inference.plan.resolvers.ports);
    const rules = analysis.tiers.flatMap((tier) => [...tier.rules.ingress, ...tier.rules.egress]);
    const needed = new Set<CompiledRule>();
    const bySubject = new Map<string, CompiledRule[]>();
    const allowing = rules.filter(({ verdict, peers }) => verdict === 'allow' && !peers.isEmpty());
    for (const rule of allowing) {
      rule.subjects.forEach((subject) => {
        const key = `${rule.rule.direction} ${subject}`;
        const own = bySubject.get(key);
        if (own === undefined) bySubject.set(key, [rule]);
        else own.push(rule);
      });
    }
    for (const { source, destination, port } of this.#inference.kept) {
      // Of a group any Pod stands for all: not all dialects can speak of hosts outside.
      const from = this.#exampleOf(analysis, source, destination);
      const to = this.#peersOf(analysis, destination)[0] ?? -1;
      for (const [direction, subject, peer] of [
        ['egress', from, to],
        ['ingress', to, from],
      ] as const) {
        const saying = (bySubject.get(`${direction} ${subject}`) ?? []).filter(
          (rule) =>
            rule.peers.has(peer) &&
            this.#connections.has(analysis.connectionsOf(rule, to), numberOf(port), port.port),
        );
        const [only] = saying;
        if (saying.length === 1 && only !== undefined) needed.add(only);
      }
    }
    return allowing
      .filter(
        (rule) => !needed.has(rule) && !this.#connections.contains(names, analysis.connectionsOf(rule, 0)),
      )
      .map(
        ({ policy, rule }) =>
          `${policy.kind} ${policy.namespace ?? ''}/${policy.name} ${rule.path.join('.')}`,
      );
  }

  #setOf(ports: readonly PlanPort[]): SetId {
    return ports.reduce<SetId>(
      (all, port) =>
        this.#connections.union(all, this.#connections.of([numberOf(port)], [[port.port, port.port]])),
      0,
    );
  }

  #forEachPair(analysis: Analysis, call: (source: number, destination: number) => void): void {
    for (let source = 0; source < analysis.peerCount; source++) {
      for (let destination = 0; destination < analysis.peerCount; destination++) {
        const isOutside = source >= analysis.endpointCount && destination >= analysis.endpointCount;
        if (source !== destination && !isOutside) call(source, destination);
      }
    }
  }
}

function numberOf({ protocol }: PlanPort): number {
  return protocolNumber(protocol) ?? 0;
}

/** Peers of an analysis that a range is made of. */
function partsOf(analysis: Analysis, { family, low, high }: AddressRange): number[] {
  const first = analysis.peerOfAddress({ family, value: low });
  const last = analysis.peerOfAddress({ family, value: high });
  if (first === undefined || last === undefined) return [];
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function nameOf(analysis: Analysis, peer: number): string {
  const end = analysis.endpointOf(peer);
  return end === undefined ? 'addresses outside' : `${end.namespace}/${end.name}`;
}

function resourceOf(object: JsonObject): readonly Resource[] {
  const locate = () => ({ file: 'recommended', line: 1, column: 1, path: [], missing: true });
  return resourcesOf(object, { file: 'recommended', locate }).resources;
}
