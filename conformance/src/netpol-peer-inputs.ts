import type { JsonObject, JsonValue } from '@keelson/core';

/** Numbers that are the same in every run (mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  oneOf<T>(first: T, ...others: readonly T[]): T {
    return [first, ...others][this.below(others.length + 1)] ?? first;
  }

  /** Up to `most` things, at least `least`. */
  some<T>(least: number, most: number, make: (i: number) => T): T[] {
    return Array.from({ length: least + this.below(most - least + 1) }, (_, i) => make(i));
  }
}

export type Feature = 'admin' | 'ingress' | 'networks';

const namespaces = ['n1', 'n2', 'n-3'] as const;
const primaryLabel = 'k8s.ovn.org/primary-user-defined-network';

/** A small cluster with policies and what else is asked for: input that both programs are to read alike. */
export function peerInput(dice: Dice, features: ReadonlySet<Feature>): JsonObject[] {
  const hasNetworks = features.has('networks');
  return [
    ...namespaces.slice(0, 2).map((name) => {
      const labels = {
        env: dice.oneOf('a', 'b'),
        ...(hasNetworks && dice.below(2) === 0 ? { [primaryLabel]: '' } : {}),
      };
      return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
    }),
    ...dice.some(2, 5, (i) => workload(dice, i, hasNetworks)),
    ...dice.some(0, 4, (i) =>
      object('networking.k8s.io/v1', 'NetworkPolicy', `k${i}`, anyNamespace(dice), policySpec(dice)),
    ),
    ...(features.has('admin') ? adminPolicies(dice) : []),
    ...(features.has('ingress') ? ingresses(dice) : []),
    ...(hasNetworks ? networks(dice) : []),
  ];
}

function object(
  apiVersion: string,
  kind: string,
  name: string,
  namespace: string,
  spec: JsonValue,
): JsonObject {
  return { apiVersion, kind, metadata: { name, namespace }, spec };
}

function anyNamespace(dice: Dice): string {
  return dice.oneOf(...namespaces);
}

function labels(dice: Dice): JsonObject {
  const value = () => dice.oneOf('a', 'b', 'c');
  return { ...(dice.below(4) > 0 ? { app: value() } : {}), ...(dice.below(2) > 0 ? { tier: value() } : {}) };
}

function workload(dice: Dice, i: number, hasNetworks: boolean): JsonObject {
  const ports = [
    { name: 'http', containerPort: 8080 },
    { name: 'dns', containerPort: 53, protocol: 'UDP' },
    { containerPort: 9090 },
  ].filter(() => dice.below(2) === 0);
  const spec = { containers: [{ name: 'c', image: 'x', ports }] };
  const asked = dice.oneOf('', 'net1', 'n1/net1@eth2', '[{"name":"net1","ips":["192.0.2.2/24"]}]');
  const annotations = hasNetworks && asked !== '' ? { 'k8s.v1.cni.cncf.io/networks': asked } : {};
  const metadata = { labels: labels(dice), annotations };
  const named = { name: `w${i}`, namespace: anyNamespace(dice) };
  const kind = dice.oneOf('Deployment', 'StatefulSet', 'DaemonSet', 'Pod');
  if (kind === 'Pod') return { apiVersion: 'v1', kind, metadata: { ...metadata, ...named }, spec };
  return { apiVersion: 'apps/v1', kind, metadata: named, spec: { template: { metadata, spec } } };
}

function selector(dice: Dice): JsonObject {
  const key = dice.oneOf('app', 'tier');
  const operator = dice.oneOf('In', 'NotIn');
  return dice.oneOf<JsonObject>(
    {},
    { matchLabels: { [key]: dice.oneOf('a', 'b', 'c') } },
    { matchExpressions: [{ key, operator, values: ['a', 'b'] }] },
    { matchExpressions: [{ key, operator: dice.oneOf('Exists', 'DoesNotExist') }] },
  );
}

function namespaceSelector(dice: Dice): JsonObject {
  const byLabel = { matchLabels: { env: dice.oneOf('a', 'b', 'c') } };
  return dice.oneOf<JsonObject>({}, byLabel, { matchExpressions: [{ key: 'env', operator: 'Exists' }] });
}

function peer(dice: Dice): JsonObject {
  const except = dice.oneOf(['10.0.0.0/9'], ['10.1.0.0/16', '10.3.0.0/16']);
  return dice.oneOf<JsonObject>(
    { podSelector: selector(dice) },
    { namespaceSelector: namespaceSelector(dice) },
    { podSelector: selector(dice), namespaceSelector: namespaceSelector(dice) },
    { ipBlock: { cidr: '10.0.0.0/8', except } },
  );
}

/** Ranges and single ports that do not touch: the other program joins some that have a gap. */
function port(dice: Dice): JsonObject {
  return dice.oneOf<JsonObject>(
    { port: dice.oneOf(80, 443, 8080), protocol: dice.oneOf('TCP', 'UDP', 'SCTP') },
    { protocol: dice.oneOf('TCP', 'UDP') },
    { port: 20_000, endPort: 30_000 },
  );
}

function rule(dice: Dice, peers: string): JsonObject {
  const who = dice.some(0, 2, () => peer(dice));
  const what = dice.some(0, 2, () => port(dice));
  return { ...(who.length > 0 ? { [peers]: who } : {}), ...(what.length > 0 ? { ports: what } : {}) };
}

function policySpec(dice: Dice): JsonObject {
  const types = dice.oneOf(['Ingress'], ['Egress'], ['Ingress', 'Egress']);
  return {
    podSelector: selector(dice),
    policyTypes: types,
    ...(types.includes('Ingress') ? { ingress: dice.some(0, 3, () => rule(dice, 'from')) } : {}),
    ...(types.includes('Egress') ? { egress: dice.some(0, 3, () => rule(dice, 'to')) } : {}),
  };
}

function adminPolicies(dice: Dice): JsonObject[] {
  const subject = () =>
    dice.oneOf<JsonObject>(
      { namespaces: namespaceSelector(dice) },
      { pods: { namespaceSelector: namespaceSelector(dice), podSelector: selector(dice) } },
    );
  const rules = (peers: string, actions: readonly [string, ...string[]]) =>
    dice.some(1, 2, (i) => {
      const number = { portNumber: { port: dice.oneOf(80, 443), protocol: dice.oneOf('TCP', 'UDP') } };
      const ports = dice.below(2) === 0 ? {} : { ports: [number] };
      return { name: `r${i}`, action: dice.oneOf(...actions), [peers]: [subject()], ...ports };
    });
  const spec = (actions: readonly [string, ...string[]]) => {
    return { subject: subject(), ingress: rules('from', actions), egress: rules('to', actions) };
  };
  const apiVersion = 'policy.networking.k8s.io/v1alpha1';
  const admin = dice.some(0, 2, (i) => ({
    apiVersion,
    kind: 'AdminNetworkPolicy',
    metadata: { name: `a${i}` },
    spec: { priority: 10 - i, ...spec(['Allow', 'Deny', 'Pass']) },
  }));
  const metadata = { name: 'default' };
  const baseline = {
    apiVersion,
    kind: 'BaselineAdminNetworkPolicy',
    metadata,
    spec: spec(['Allow', 'Deny']),
  };
  return dice.below(2) === 0 ? admin : [...admin, baseline];
}

function ingresses(dice: Dice): JsonObject[] {
  const where = dice.oneOf('n1', 'n2');
  const targetPort = dice.oneOf<JsonValue>(8080, 9090, 'http');
  const ports = [{ name: 'main', port: 80, targetPort }];
  const service = object('v1', 'Service', 's', where, { selector: { app: dice.oneOf('a', 'b') }, ports });
  const backend = { service: { name: 's', port: dice.oneOf<JsonObject>({ number: 80 }, { name: 'main' }) } };
  const paths = [{ path: '/', pathType: 'Prefix', backend }];
  const ingress = object('networking.k8s.io/v1', 'Ingress', 'i', where, { rules: [{ http: { paths } }] });
  const to = { kind: 'Service', name: 's' };
  const route = object('route.openshift.io/v1', 'Route', 'r', where, { to });
  return [service, ...dice.oneOf([ingress], [route], [ingress, route])];
}

function networks(dice: Dice): JsonObject[] {
  const layer2 = { topology: 'Layer2', layer2: { role: 'Primary' } };
  const own = object('k8s.ovn.org/v1', 'UserDefinedNetwork', 'u', dice.oneOf('n1', 'n2'), layer2);
  const definition = object('k8s.cni.cncf.io/v1', 'NetworkAttachmentDefinition', 'net1', 'n1', {
    config: '{}',
  });
  const policy = object('k8s.cni.cncf.io/v1beta1', 'MultiNetworkPolicy', 'm', 'n1', policySpec(dice));
  const annotations = { 'k8s.v1.cni.cncf.io/policy-for': 'net1' };
  const metadata = { name: 'm', namespace: 'n1', annotations };
  return [...dice.oneOf([], [own]), definition, ...dice.oneOf([], [{ ...policy, metadata }])];
}
