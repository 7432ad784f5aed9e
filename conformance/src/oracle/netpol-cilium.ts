import type { JsonObject } from '@keelson/core';
import type { Words } from './netpol-calico.ts';
import type { Selector } from './netpol-cluster.ts';
import type { Random } from './random.ts';

/** Pods of the policy's namespace, unless the selector names namespaces. */
export interface CiliumEnd {
  pods: Selector;
  /** A namespace by name, `*` for all of them. */
  namespace?: string;
  /** Namespaces by their label `env`. */
  env?: string;
  /** An entity by its reserved label, whose labels are not asked for. */
  reserved?: 'world' | 'remote-node';
}

/** Who a rule speaks of; one of these, or nobody is named. */
export type CiliumPeers =
  | { type: 'endpoints'; ends: CiliumEnd[] }
  | { type: 'entities'; names: CiliumEntity[] }
  | { type: 'cidrs'; cidrs: string[] }
  | { type: 'cidr-sets'; sets: { cidr: string; except?: string[] }[] }
  | { type: 'nodes' }
  | { type: 'unnamed' };

/**
 * `host` is the node that a Pod stands on, which is no end of a probe and which objects do not tell; it is written beside `remote-node`
 * only.
 */
export type CiliumEntity =
  | 'all'
  | 'world'
  | 'world-ipv4'
  | 'world-ipv6'
  | 'cluster'
  | 'remote-node'
  | 'host'
  | 'health'
  | 'none';

export interface CiliumPort {
  /** A number, `0` for all, or a name. */
  port: string;
  endPort?: number;
  protocol?: 'ANY' | 'TCP' | 'UDP' | 'SCTP';
}

export interface CiliumRule {
  peers: CiliumPeers;
  ports?: CiliumPort[];
}

type Side = 'ingress' | 'egress';

export interface CiliumPolicy {
  /** Undefined for policies of the cluster. */
  namespace: string | undefined;
  name: string;
  /** Undefined for policies about nodes. */
  selector: Selector | undefined;
  allow: Partial<Record<Side, CiliumRule[]>>;
  deny: Partial<Record<Side, CiliumRule[]>>;
  defaultDeny: Partial<Record<Side, boolean>>;
}

export interface CiliumWords extends Words {
  /** All addresses of the family. */
  everything: string;
}

export function ciliumPolicies(random: Random, words: CiliumWords): CiliumPolicy[] {
  return Array.from({ length: 6 + random.below(8) }, (_, i) => {
    const kind = random.next();
    const namespace = kind < 0.6 ? random.one(['one', 'two', 'three', 'four']) : undefined;
    const maker = new RuleMaker(random, words);
    const rules = (share: number, isDeny: boolean) =>
      Object.fromEntries(
        (['ingress', 'egress'] as const).flatMap((side) =>
          random.chance(share) ? [[side, random.some(3, () => maker.rule(isDeny))]] : [],
        ),
      );
    const flag = () => random.one([undefined, undefined, undefined, false, true]);
    return {
      namespace,
      name: `l${i}`,
      selector: kind > 0.9 ? undefined : words.selector(),
      allow: rules(0.6, false),
      deny: rules(0.2, true),
      defaultDeny: JSON.parse(JSON.stringify({ ingress: flag(), egress: flag() })),
    };
  });
}

class RuleMaker {
  readonly #random: Random;
  readonly #words: CiliumWords;

  constructor(random: Random, words: CiliumWords) {
    this.#random = random;
    this.#words = words;
  }

  /** Rules that deny name somebody or ports: an empty one says nothing. */
  rule(isDeny: boolean): CiliumRule {
    const random = this.#random;
    const peers = this.#peers();
    const hasPorts = random.chance(0.6) || (isDeny && peers.type === 'unnamed');
    return { peers, ...(hasPorts ? { ports: random.some(3, () => this.#port()) } : {}) };
  }

  #peers(): CiliumPeers {
    const random = this.#random;
    const kind = random.next();
    if (kind < 0.1) return { type: 'unnamed' };
    if (kind < 0.5)
      return { type: 'endpoints', ends: random.chance(0.05) ? [] : random.some(2, () => this.#end()) };
    if (kind < 0.7) return { type: 'entities', names: random.some(2, () => this.#entities()).flat() };
    if (kind < 0.82) return { type: 'cidrs', cidrs: random.some(2, () => this.#cidr()) };
    if (kind < 0.94) return { type: 'cidr-sets', sets: random.some(2, () => this.#cidrSet()) };
    return { type: 'nodes' };
  }

  #end(): CiliumEnd {
    const random = this.#random;
    const pods = this.#words.selector();
    return random.one<CiliumEnd>([
      { pods },
      { pods },
      { pods, namespace: random.one(['one', 'two', 'three']) },
      { pods, namespace: '*' },
      { pods, env: random.one(['prod', 'dev']) },
      { pods: {}, reserved: random.one(['world', 'remote-node']) },
    ]);
  }

  #entities(): CiliumEntity[] {
    return this.#random.one<CiliumEntity[]>([
      ['all'],
      ['world'],
      ['world'],
      ['world-ipv4'],
      ['world-ipv6'],
      ['cluster'],
      ['cluster'],
      ['remote-node'],
      ['host', 'remote-node'],
      ['health'],
      ['none'],
    ]);
  }

  #cidr(): string {
    const random = this.#random;
    return random.chance(0.3) ? this.#words.everything : this.#words.cidr(16 * random.below(16), 28);
  }

  #cidrSet(): { cidr: string; except?: string[] } {
    const random = this.#random;
    const cidr = random.chance(0.5) ? this.#words.everything : this.#words.cidr(0, 24);
    if (random.chance(0.3)) return { cidr };
    return { cidr, except: random.some(3, () => this.#words.cidr(16 * random.below(16), 28)) };
  }

  #port(): CiliumPort {
    const random = this.#random;
    const protocol = random.one<CiliumPort['protocol']>([undefined, 'ANY', 'TCP', 'TCP', 'UDP', 'SCTP']);
    const written = protocol === undefined ? {} : { protocol };
    const kind = random.next();
    if (kind < 0.1) return { ...written, port: '0' };
    if (kind < 0.3) return { ...written, port: random.one(['http', 'metrics', 'dns', 'absent']) };
    const port = random.one(this.#words.ports);
    if (kind < 0.5) return { ...written, port: String(port), endPort: port + random.one([0, 1, 79, 1_000]) };
    return { ...written, port: String(port) };
  }
}

export function ciliumObjects(policies: readonly CiliumPolicy[]): JsonObject[] {
  const written = policies.map(({ namespace, name, selector, allow, deny, defaultDeny }) => ({
    apiVersion: 'cilium.io/v2',
    kind: namespace === undefined ? 'CiliumClusterwideNetworkPolicy' : 'CiliumNetworkPolicy',
    metadata: { name, namespace },
    spec: {
      ...(selector === undefined ? { nodeSelector: {} } : { endpointSelector: prefixed(selector) }),
      ingress: allow.ingress?.map((rule) => ruleObject(rule, 'from')),
      egress: allow.egress?.map((rule) => ruleObject(rule, 'to')),
      ingressDeny: deny.ingress?.map((rule) => ruleObject(rule, 'from')),
      egressDeny: deny.egress?.map((rule) => ruleObject(rule, 'to')),
      ...(Object.keys(defaultDeny).length === 0 ? {} : { enableDefaultDeny: defaultDeny }),
    },
  }));
  return JSON.parse(JSON.stringify(written));
}

function ruleObject({ peers, ports }: CiliumRule, side: 'from' | 'to') {
  return {
    ...peersObject(peers, side),
    ...(ports === undefined ? {} : { toPorts: [{ ports }] }),
  };
}

function peersObject(peers: CiliumPeers, side: 'from' | 'to') {
  switch (peers.type) {
    case 'endpoints':
      return { [`${side}Endpoints`]: peers.ends.map(endObject) };
    case 'entities':
      return { [`${side}Entities`]: peers.names };
    case 'cidrs':
      return { [`${side}CIDR`]: peers.cidrs };
    case 'cidr-sets':
      return { [`${side}CIDRSet`]: peers.sets };
    case 'nodes':
      return { [`${side}Nodes`]: [{}] };
    case 'unnamed':
      return {};
  }
}

const namespaceKey = 'k8s:io.kubernetes.pod.namespace';

function endObject({ pods, namespace, env, reserved }: CiliumEnd) {
  if (reserved !== undefined) return { matchLabels: { [`reserved:${reserved}`]: '' } };
  const { matchLabels = {}, matchExpressions = [] } = prefixed(pods);
  const anywhere = { key: namespaceKey, operator: 'Exists' };
  return {
    matchLabels: {
      ...matchLabels,
      ...(namespace === undefined || namespace === '*' ? {} : { [namespaceKey]: namespace }),
      ...(env === undefined ? {} : { 'io.cilium.k8s.namespace.labels.env': env }),
    },
    matchExpressions: [...matchExpressions, ...(namespace === '*' ? [anywhere] : [])],
  };
}

/** Labels come with their source, as users often write them. */
function prefixed({ matchLabels = {}, matchExpressions = [] }: Selector): Selector {
  return {
    matchLabels: Object.fromEntries(Object.entries(matchLabels).map(([key, value]) => [`k8s:${key}`, value])),
    matchExpressions: matchExpressions.map((each) => ({ ...each, key: `any:${each.key}` })),
  };
}
