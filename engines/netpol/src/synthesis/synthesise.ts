import type { JsonObject } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { namespaceNameLabel } from '../model/read-cluster.ts';
import { resolverAddresses } from '../recommend/resolvers.ts';
import { type DiscoveredConnection, discoverConnections } from './discover.ts';
import type { SynthesisPort } from './services.ts';
import type { AddressSearch, MissingConfigMap, SynthesisWorkload } from './workloads.ts';

export interface SynthesisOptions {
  /** How texts are searched for addresses; `values` unless said. */
  search?: AddressSearch;
  /** Egress rules for the names of hosts, given to every workload that connects to another; UDP port 53 of any Pod unless said. */
  dnsRules?: readonly JsonObject[];
}

export interface Synthesis {
  connections: readonly DiscoveredConnection[];
  /** NetworkPolicies: one for each workload that connects or is connected to, then one default deny for each namespace. */
  policies: readonly JsonObject[];
  /** ConfigMaps that are not in the input. */
  missing: readonly MissingConfigMap[];
  /** Workloads whose Pods no selector can tell from others, which therefore get no policy of their own. */
  unlabelled: readonly SynthesisWorkload[];
}

/** An egress rule for DNS at any Pod of the cluster. */
export function dnsAtPods(port: number): JsonObject {
  return { to: [{ namespaceSelector: {} }], ports: [{ protocol: 'UDP', port }] };
}

/** An egress rule for DNS at any Pod of the cluster, at NodeLocal DNSCache and at the resolvers of clouds. */
export function dnsAnywhere(): JsonObject {
  const blocks = resolverAddresses.map((address) => ({ ipBlock: { cidr: `${address}/32` } }));
  const ports = ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 }));
  return { to: [{ namespaceSelector: {} }, ...blocks], ports };
}

/** The NetworkPolicies that allow what the manifests of an application say that it needs, and nothing else. */
export function synthesise(resources: readonly Resource[], options: SynthesisOptions = {}): Synthesis {
  const { workloads, connections, missing } = discoverConnections(resources, options.search);
  const own = workloads.map((workload) => ({ workload, rules: new RuleSet() }));
  const rulesOf = new Map(own.map(({ workload, rules }) => [workload, rules]));
  for (const { source, target, ports } of connections) {
    if (ports.length === 0) continue;
    if (typeof source === 'string' || source.labels.size > 0)
      rulesOf.get(target)?.add('ingress', ruleOf('from', peersAt(target, source), ports));
    if (typeof source !== 'string' && target.labels.size > 0)
      rulesOf.get(source)?.add('egress', ruleOf('to', peersAt(source, target), ports));
  }
  const connected = new Set(connections.flatMap(({ source, target }) => [source, target]));
  const needed = own.filter(({ workload }) => connected.has(workload));
  const dnsRules = options.dnsRules ?? [dnsAtPods(53)];
  for (const { rules } of needed) {
    if (rules.egress.length > 0) for (const rule of dnsRules) rules.add('egress', rule);
  }
  const policies = needed
    .filter(({ workload }) => workload.labels.size > 0)
    .map(({ workload, rules }) => workloadPolicy(workload, rules, nameOf(workload, workloads)));
  const namespaces = [...new Set(workloads.map(({ namespace }) => namespace))].sort();
  return {
    connections,
    policies: [...policies, ...namespaces.map(defaultDeny)],
    missing,
    unlabelled: needed.map(({ workload }) => workload).filter(({ labels }) => labels.size === 0),
  };
}

/** Rules of one policy, each once. */
class RuleSet {
  readonly ingress: JsonObject[] = [];
  readonly egress: JsonObject[] = [];
  readonly #known = new Set<string>();

  add(direction: 'ingress' | 'egress', rule: JsonObject): void {
    const key = `${direction} ${JSON.stringify(rule)}`;
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this[direction].push(rule);
  }
}

/** Rules without peers are about everybody, outside the cluster too. */
function ruleOf(
  field: 'from' | 'to',
  peers: JsonObject[] | undefined,
  ports: readonly SynthesisPort[],
): JsonObject {
  const written = ports.map(({ protocol, target }) => ({ protocol, port: target }));
  return { ...(peers === undefined ? {} : { [field]: peers }), ports: written };
}

function peersAt(
  { namespace }: SynthesisWorkload,
  other: DiscoveredConnection['source'],
): JsonObject[] | undefined {
  if (other === 'anyone') return undefined;
  if (other === 'cluster') return [{ namespaceSelector: {} }];
  const podSelector = { matchLabels: Object.fromEntries(other.labels) };
  if (other.namespace === namespace || other.namespace === '') return [{ podSelector }];
  return [{ namespaceSelector: { matchLabels: { [namespaceNameLabel]: other.namespace } }, podSelector }];
}

function workloadPolicy({ namespace, labels }: SynthesisWorkload, rules: RuleSet, name: string): JsonObject {
  const { ingress, egress } = rules;
  return networkPolicy(name, namespace, {
    podSelector: { matchLabels: Object.fromEntries(labels) },
    policyTypes: ['Ingress', 'Egress'],
    ...(ingress.length === 0 ? {} : { ingress }),
    ...(egress.length === 0 ? {} : { egress }),
  });
}

/** Named after the workload, and after its kind too where two kinds share a name. */
function nameOf(workload: SynthesisWorkload, all: readonly SynthesisWorkload[]): string {
  const { name, namespace, resource } = workload;
  const isShared = all.some(
    (other) => other !== workload && other.name === name && other.namespace === namespace,
  );
  return isShared ? `${name}-${resource.kind.toLowerCase()}-netpol` : `${name}-netpol`;
}

function defaultDeny(namespace: string): JsonObject {
  const name = ['default-deny-in-namespace', ...(namespace === '' ? [] : [namespace])].join('-');
  return networkPolicy(name, namespace, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
}

function networkPolicy(name: string, namespace: string, spec: JsonObject): JsonObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, ...(namespace === '' ? {} : { namespace }) },
    spec,
  };
}
