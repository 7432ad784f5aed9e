import type { JsonObject } from '@keelson/core';
import type { NetworkSet, Pod, Selector } from './netpol-cluster.ts';
import type { Random } from './random.ts';

/** The far end of a rule; all that is there has to match. */
export interface CalicoEntity {
  selector?: Selector;
  notSelector?: Selector;
  namespaceSelector?: Selector;
  nets?: string[];
  notNets?: string[];
}

export interface CalicoRule {
  action: 'Allow' | 'Deny' | 'Pass' | 'Log';
  protocol?: 'TCP' | 'UDP' | 'SCTP';
  peer: CalicoEntity;
  /** Numbers, ranges as `80:90`, and names; of the destination. */
  ports?: (number | string)[];
  notPorts?: (number | string)[];
}

export interface CalicoPolicy {
  /** Undefined for policies of the cluster. */
  namespace: string | undefined;
  name: string;
  tier: string;
  order: number | undefined;
  selector: Selector;
  types: ('Ingress' | 'Egress')[];
  ingress: CalicoRule[];
  egress: CalicoRule[];
}

export interface CalicoTier {
  name: string;
  order: number;
  defaultAction: 'Deny' | 'Pass';
}

/** Tiers before and after those of administrators and users. */
export const calicoTiers: readonly CalicoTier[] = [
  { name: 'first', order: 10, defaultAction: 'Pass' },
  { name: 'second', order: 20, defaultAction: 'Deny' },
  { name: 'default', order: 1_000_000, defaultAction: 'Deny' },
];

/** What policies are made from, in the words of the cluster that they are for. */
export interface Words {
  selector(): Selector;
  namespaceSelector(): Selector;
  cidr(first: number, bits: number): string;
  ports: readonly [number, ...number[]];
}

export function calicoPolicies(random: Random, words: Words): CalicoPolicy[] {
  const namespaces = ['one', 'two', 'three', 'four'] as const;
  return Array.from({ length: 4 + random.below(8) }, (_, i) => {
    const types: CalicoPolicy['types'] = random.one([
      ['Ingress'],
      ['Ingress'],
      ['Egress'],
      ['Ingress', 'Egress'],
    ]);
    const rules = (has: boolean) =>
      has && random.chance(0.9) ? random.some(4, () => rule(random, words)) : [];
    return {
      namespace: random.chance(0.5) ? undefined : random.one(namespaces),
      name: `g${i}`,
      tier: random.one(['first', 'second', 'default', 'default']),
      // NetworkPolicies stand at 1000; what stands at one place goes by name, which is not what is judged here.
      order: random.chance(0.2) ? undefined : random.one([0, 500, 999, 1_001, 2_000]) + i / 100,
      selector: words.selector(),
      types,
      ingress: rules(types.includes('Ingress')),
      egress: rules(types.includes('Egress')),
    };
  });
}

function rule(random: Random, words: Words): CalicoRule {
  const protocol = random.one<CalicoRule['protocol']>(['TCP', 'TCP', 'UDP', 'SCTP', undefined]);
  const port = () => {
    const number = random.one(words.ports);
    return random.one<number | string>([
      number,
      number,
      `${number}:${number + random.below(200)}`,
      'http',
      'dns',
    ]);
  };
  const range = () => {
    const number = random.one(words.ports);
    return random.one<number | string>([number, `${number}:${number + random.below(200)}`]);
  };
  const choice = random.next();
  return {
    action: random.one(['Allow', 'Allow', 'Allow', 'Deny', 'Pass', 'Log']),
    ...(protocol === undefined ? {} : { protocol }),
    peer: entity(random, words),
    ...(protocol !== undefined && choice < 0.5 ? { ports: random.some(3, port) } : {}),
    ...(protocol !== undefined && choice > 0.8 ? { notPorts: random.some(2, range) } : {}),
  };
}

function entity(random: Random, words: Words): CalicoEntity {
  const nets = () => random.some(2, () => words.cidr(16 * random.below(16), 28));
  const kind = random.next();
  if (kind < 0.1) return {};
  if (kind < 0.25) return { nets: nets() };
  if (kind < 0.35) return { notNets: nets() };
  return {
    selector: words.selector(),
    ...(random.chance(0.5) ? { notSelector: words.selector() } : {}),
    ...(random.chance(0.4) ? { namespaceSelector: words.namespaceSelector() } : {}),
    ...(random.chance(0.2) ? { notNets: nets() } : {}),
  };
}

/** A selector of Kubernetes in Calico's language. */
function selectorText({ matchLabels = {}, matchExpressions = [] }: Selector): string {
  const list = (values: readonly string[] = []) => `{${values.map((value) => `'${value}'`).join(', ')}}`;
  const parts = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key} == '${value}'`),
    ...matchExpressions.map(({ key, operator, values }) => {
      if (operator === 'In') return `${key} in ${list(values)}`;
      if (operator === 'NotIn') return `${key} not in ${list(values)}`;
      return operator === 'Exists' ? `has(${key})` : `!has(${key})`;
    }),
  ];
  return parts.length === 0 ? 'all()' : parts.join(' && ');
}

export function calicoObjects(
  policies: readonly CalicoPolicy[],
  nodes: readonly Pod[],
  sets: readonly NetworkSet[],
): JsonObject[] {
  if (policies.length === 0) return [];
  const apiVersion = 'projectcalico.org/v3';
  const tiers = calicoTiers.map(({ name, ...spec }) => ({
    apiVersion,
    kind: 'Tier',
    metadata: { name },
    spec,
  }));
  const written = policies.map(({ namespace, name, selector, tier, order, types, ingress, egress }) => ({
    apiVersion,
    kind: namespace === undefined ? 'GlobalNetworkPolicy' : 'NetworkPolicy',
    metadata: { name: `${tier}.${name}`, namespace },
    spec: {
      tier,
      order,
      types,
      selector: selectorText(selector),
      ...(types.includes('Ingress') ? { ingress: ingress.map((each) => ruleObject(each, 'source')) } : {}),
      ...(types.includes('Egress') ? { egress: egress.map((each) => ruleObject(each, 'destination')) } : {}),
    },
  }));
  const hosts = nodes.map(({ name, labels, address, ports }) => ({
    apiVersion,
    kind: 'HostEndpoint',
    metadata: { name, labels },
    spec: {
      node: name,
      expectedIPs: [address],
      ports: ports.map((port) => ({ name: port.name, port: port.containerPort, protocol: port.protocol })),
    },
  }));
  const networkSets = sets.map(({ namespace, name, labels, nets }) => ({
    apiVersion,
    kind: namespace === '' ? 'GlobalNetworkSet' : 'NetworkSet',
    metadata: { name, labels, ...(namespace === '' ? {} : { namespace }) },
    spec: { nets },
  }));
  // No port stays open whatever policies say, so that their ports are those that are tried.
  const felix = {
    apiVersion,
    kind: 'FelixConfiguration',
    metadata: { name: 'default' },
    spec: { failsafeInboundHostPorts: [], failsafeOutboundHostPorts: [] },
  };
  return JSON.parse(JSON.stringify([...tiers, ...written, ...hosts, ...networkSets, felix]));
}

function ruleObject({ action, protocol, peer, ports, notPorts }: CalicoRule, side: 'source' | 'destination') {
  const { selector, notSelector, namespaceSelector, nets, notNets } = peer;
  const text = (each: Selector | undefined) => (each === undefined ? undefined : selectorText(each));
  const far = {
    selector: text(selector),
    notSelector: text(notSelector),
    namespaceSelector: text(namespaceSelector),
    nets,
    notNets,
  };
  const near = { ports, notPorts };
  const ends = side === 'source' ? { source: far, destination: near } : { destination: { ...far, ...near } };
  return { action, protocol, ...ends };
}

/** What the rules need to know of a cluster. */
export interface CalicoSurroundings {
  pods: readonly Pod[];
  networkSets: readonly NetworkSet[];
  namespaceLabels(name: string): Readonly<Record<string, string>>;
  selects(selector: Selector, labels: Readonly<Record<string, string>>): boolean;
  namedMatches(name: string, protocol: string): string[];
  /** `ip saddr` or the like: the far end. */
  far: string;
}

/** What nftables has to match for a rule of a policy, each line one way to match. */
export function calicoMatches(
  { namespace }: CalicoPolicy,
  { protocol, peer, ports, notPorts }: CalicoRule,
  around: CalicoSurroundings,
): string[] {
  const layer = protocol?.toLowerCase() ?? '';
  const range = (port: number | string) => String(port).replace(':', '-');
  const named = (port: number | string) => typeof port === 'string' && /^[a-z]/.test(port);
  const services =
    ports === undefined
      ? [protocol === undefined ? '' : `meta l4proto ${layer}`]
      : ports.flatMap((port) =>
          named(port) ? around.namedMatches(String(port), protocol ?? '') : [`${layer} dport ${range(port)}`],
        );
  const without = (notPorts ?? []).map((port) => `${layer} dport != ${range(port)}`).join(' ');
  return peerMatches(peer, namespace, around).flatMap((end) =>
    services.map((service) => `${end} ${service} ${without}`.trim()),
  );
}

function peerMatches(peer: CalicoEntity, home: string | undefined, around: CalicoSurroundings): string[] {
  const { far } = around;
  const not = (addresses: readonly string[]) => addresses.map((address) => `${far} != ${address}`);
  const outside = [...not(peer.notNets ?? []), ...not(excludedBy(peer, around))].join(' ');
  const nets = peer.nets === undefined ? [''] : peer.nets.map((cidr) => `${far} ${cidr}`);
  const ends = chosenBy(peer, home, around)?.map((address) => `${far} ${address}`) ?? [''];
  return ends.flatMap((end) => nets.map((net) => `${end} ${net} ${outside}`.trim()));
}

/** What labels choose from: endpoints, by their address, and sets of addresses. Nodes and global sets stand in no namespace. */
function labelled({ pods, networkSets }: CalicoSurroundings) {
  return [
    ...pods.map(({ namespace, labels, address }) => ({ namespace, labels, addresses: [address] })),
    ...networkSets.map(({ namespace, labels, nets }) => ({ namespace, labels, addresses: nets })),
  ];
}

/** Undefined where the entity does not choose by labels. */
function chosenBy(
  { selector, namespaceSelector }: CalicoEntity,
  home: string | undefined,
  around: CalicoSurroundings,
): string[] | undefined {
  if (selector === undefined && namespaceSelector === undefined) return undefined;
  const { namespaceLabels, selects } = around;
  return labelled(around)
    .filter(({ namespace, labels }) => {
      if (!selects(selector ?? {}, labels)) return false;
      if (namespaceSelector === undefined) return home === undefined || namespace === home;
      // `all()` is every namespace; what else is asked of namespaces is asked of what stands in none as well.
      if (namespace === '' && selectorText(namespaceSelector) === 'all()') return false;
      return selects(namespaceSelector, namespaceLabels(namespace));
    })
    .flatMap(({ addresses }) => addresses);
}

/** Whom `notSelector` takes out, wherever they are. */
function excludedBy({ notSelector }: CalicoEntity, around: CalicoSurroundings): string[] {
  if (notSelector === undefined) return [];
  return labelled(around)
    .filter(({ labels }) => around.selects(notSelector, labels))
    .flatMap(({ addresses }) => addresses);
}
