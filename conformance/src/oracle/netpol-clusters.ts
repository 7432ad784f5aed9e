import { calicoPolicies } from './netpol-calico.ts';
import { type CiliumWords, ciliumPolicies } from './netpol-cilium.ts';
import type {
  Cluster,
  ClusterPeer,
  ClusterPolicy,
  ClusterRule,
  NetworkPolicy,
  NetworkSet,
  Peer,
  Pod,
  Port,
  Protocol,
  Selector,
} from './netpol-cluster.ts';
import { Random } from './random.ts';

/** Ports that are probed. */
export const probedPorts = [53, 80, 443, 8000, 8001, 8080, 9100, 9101] as const;

const apps = ['a', 'b', 'c', 'd'] as const;
const tiers = ['web', 'api', 'db'] as const;
const podCount = 20;

/**
 * A cluster of one family of addresses with NetworkPolicies of every form; by seed with ClusterNetworkPolicies, Calico's
 * policies and tiers, or Cilium's policies beside them.
 */
export function oracleCluster(seed: number, family: 4 | 6 = seed % 3 === 2 ? 6 : 4): Cluster {
  const maker = new Maker(new Random(seed * 7_919 + 1), family);
  return maker.cluster({ hasTiers: seed % 4 === 1, hasCalico: seed % 2 === 0, hasCilium: seed % 4 === 3 });
}

/** Kubernetes leaves open what its policies say of Pods of the node's network, so that here they say nothing of them. */
const nodeNamespace = { name: 'nodes', labels: { 'kubernetes.io/metadata.name': 'nodes', node: 'x' } };

function asNode(pod: Pod): Pod {
  return { ...pod, namespace: nodeNamespace.name, labels: { role: 'node' }, ports: [], isNode: true };
}

function sparingNodes({ spec, ...policy }: NetworkPolicy): NetworkPolicy {
  const spared = (peer: Peer): Peer => {
    if (peer.namespaceSelector === undefined) return peer;
    const { matchExpressions = [], ...labels } = peer.namespaceSelector;
    const noNode = { key: 'node', operator: 'DoesNotExist' } as const;
    return { ...peer, namespaceSelector: { ...labels, matchExpressions: [...matchExpressions, noNode] } };
  };
  const { ingress, egress, ...rest } = spec;
  return {
    ...policy,
    spec: {
      ...rest,
      ...(ingress === undefined
        ? {}
        : {
            ingress: ingress.map(({ from, ...rule }) =>
              from === undefined ? rule : { ...rule, from: from.map(spared) },
            ),
          }),
      ...(egress === undefined
        ? {}
        : {
            egress: egress.map(({ to, ...rule }) =>
              to === undefined ? rule : { ...rule, to: to.map(spared) },
            ),
          }),
    },
  };
}

class Maker {
  readonly #random: Random;
  readonly #family: 4 | 6;

  constructor(random: Random, family: 4 | 6) {
    this.#random = random;
    this.#family = family;
  }

  cluster({
    hasTiers,
    hasCalico,
    hasCilium,
  }: Record<'hasTiers' | 'hasCalico' | 'hasCilium', boolean>): Cluster {
    const namespaces = ['one', 'two', 'three', 'four'].map((name, i) => ({
      name,
      labels: {
        'kubernetes.io/metadata.name': name,
        env: i % 2 === 0 ? 'prod' : 'dev',
        ...(i === 3 ? { extra: 'x' } : {}),
      },
    }));
    const pods = Array.from({ length: podCount }, (_, i) => this.#pod(i, namespaces[i % 4]?.name ?? 'one'));
    const written = Array.from({ length: 8 + this.#random.below(14) }, (_, i) => this.#policy(i));
    const clusterPolicies = hasTiers
      ? Array.from({ length: 2 + this.#random.below(4) }, (_, i) => this.#clusterPolicy(i))
      : [];
    const words: CiliumWords = {
      selector: () => this.#selector(),
      namespaceSelector: () => this.#namespaceSelector(),
      cidr: (first: number, bits: number) => this.#cidr(first, bits),
      ports: probedPorts,
      everything: this.#everything,
    };
    const calico = hasCalico ? calicoPolicies(this.#random, words) : [];
    const cilium = hasCilium ? ciliumPolicies(this.#random, words) : undefined;
    return {
      family: this.#family,
      namespaces: hasCilium ? [...namespaces, nodeNamespace] : namespaces,
      pods: pods.map((pod, i) => {
        if (i % 9 !== 8) return pod;
        if (hasCalico) return { ...pod, namespace: '', isNode: true };
        return hasCilium ? asNode(pod) : pod;
      }),
      policies: hasCilium ? written.map(sparingNodes) : written,
      clusterPolicies,
      calico,
      networkSets: hasCalico ? this.#networkSets() : [],
      cilium,
      outside: [this.#address(9), this.#address(250)],
    };
  }

  /** Sets of addresses that Pods, nodes and hosts outside have. */
  #networkSets(): NetworkSet[] {
    const random = this.#random;
    return Array.from({ length: 4 }, (_, i) => ({
      namespace: i < 2 ? '' : random.one(['one', 'two', 'three', 'four']),
      name: `s${i}`,
      labels: { app: random.one(apps), ...(random.chance(0.5) ? { tier: random.one(tiers) } : {}) },
      nets: random.some(2, () => this.#cidr(16 * random.below(16), 28)),
    }));
  }

  get #everything(): string {
    return this.#family === 4 ? '0.0.0.0/0' : '::/0';
  }

  #pod(i: number, namespace: string): Pod {
    const random = this.#random;
    const labels = {
      app: random.one(apps),
      ...(random.chance(0.7) ? { tier: random.one(tiers) } : {}),
    };
    const ports = [
      ...(random.chance(0.7)
        ? [{ name: 'http', containerPort: random.one([80, 8000, 8080]), protocol: 'TCP' }]
        : []),
      ...(random.chance(0.5) ? [{ name: 'metrics', containerPort: 9100, protocol: 'TCP' }] : []),
      ...(random.chance(0.4)
        ? [{ name: 'dns', containerPort: 53, protocol: random.one(['UDP', 'TCP', 'SCTP']) }]
        : []),
    ];
    return { namespace, name: `p${i}`, labels, address: this.#address(3 + i * 12), ports, isNode: false };
  }

  /** Addresses for documentation (RFC 5737, RFC 3849) by their last byte. */
  #address(last: number): string {
    return this.#family === 4 ? `192.0.2.${last}` : `2001:db8::${last.toString(16)}`;
  }

  #cidr(first: number, bits: number): string {
    return `${this.#address(first)}/${this.#family === 4 ? bits : 96 + bits}`;
  }

  #policy(i: number): NetworkPolicy {
    const random = this.#random;
    const types = random.one<string[] | undefined>([
      undefined,
      ['Ingress'],
      ['Ingress'],
      ['Egress'],
      ['Ingress', 'Egress'],
    ]);
    const rules = () => (random.chance(0.15) ? [] : random.some(3, () => random.next()));
    const hasIngress = types?.includes('Ingress') ?? random.chance(0.8);
    const hasEgress = types?.includes('Egress') ?? random.chance(0.4);
    return {
      namespace: random.one(['one', 'two', 'three', 'four']),
      name: `p${i}`,
      spec: {
        podSelector: this.#selector(),
        ...(types === undefined ? {} : { policyTypes: types }),
        ...(hasIngress
          ? { ingress: rules().map(() => ({ ...this.#peersField('from'), ...this.#portsField() })) }
          : {}),
        ...(hasEgress
          ? { egress: rules().map(() => ({ ...this.#peersField('to'), ...this.#portsField() })) }
          : {}),
      },
    };
  }

  #peersField(field: 'from' | 'to'): { from?: Peer[]; to?: Peer[] } {
    const random = this.#random;
    if (random.chance(0.1)) return random.chance(0.5) ? {} : { [field]: [] };
    return { [field]: random.some(3, () => this.#peer()) };
  }

  #peer(): Peer {
    const random = this.#random;
    const kind = random.next();
    if (kind < 0.3) return { podSelector: this.#selector() };
    if (kind < 0.5) return { namespaceSelector: this.#namespaceSelector() };
    if (kind < 0.7) return { podSelector: this.#selector(), namespaceSelector: this.#namespaceSelector() };
    return { ipBlock: this.#ipBlock() };
  }

  #ipBlock(): { cidr: string; except?: string[] } {
    const random = this.#random;
    const everything = this.#everything;
    const other = this.#family === 4 ? '::/0' : '0.0.0.0/0';
    const kind = random.next();
    if (kind < 0.1) return { cidr: other };
    const cidr = kind < 0.3 ? everything : this.#cidr(128 * random.below(2), random.one([24, 25]));
    if (cidr !== everything && random.chance(0.4)) return { cidr: this.#cidr(16 * random.below(16), 28) };
    const masked = cidr.endsWith('/24') || cidr.endsWith('/120') ? this.#cidr(0, 24) : cidr;
    if (random.chance(0.5)) return { cidr: masked };
    const half =
      masked === everything || masked.endsWith('/24') || masked.endsWith('/120')
        ? 0
        : Number(!this.#startsLow(masked)) * 8;
    return { cidr: masked, except: random.some(2, () => this.#cidr(16 * (half + random.below(8)), 28)) };
  }

  #startsLow(cidr: string): boolean {
    return cidr.startsWith(`${this.#address(0)}/`);
  }

  #portsField(): { ports?: Port[] } {
    const random = this.#random;
    if (random.chance(0.2)) return random.chance(0.5) ? {} : { ports: [] };
    return { ports: random.some(3, () => this.#port()) };
  }

  #port(): Port {
    const random = this.#random;
    const protocol = random.one<string | undefined>([undefined, 'TCP', 'UDP', 'TCP', 'SCTP']);
    const written = protocol === undefined ? {} : { protocol };
    const kind = random.next();
    if (kind < 0.15) return written;
    if (kind < 0.35) return { ...written, port: random.one(['http', 'metrics', 'dns', 'absent']) };
    if (kind < 0.55) {
      const port = random.one([1, 80, 444, 8000, 9100]);
      return { ...written, port, endPort: port + random.one([0, 1, 79, 1_000]) };
    }
    return { ...written, port: random.one(probedPorts) };
  }

  #selector(): Selector {
    const random = this.#random;
    const [app, other] = [random.one(apps), random.one(apps)];
    return random.one<Selector>([
      {},
      { matchLabels: { app } },
      { matchLabels: { app, tier: random.one(tiers) } },
      { matchExpressions: [{ key: 'app', operator: 'In', values: [app, other] }] },
      { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: [random.one(tiers)] }] },
      { matchExpressions: [{ key: 'tier', operator: 'Exists' }] },
      { matchLabels: { app }, matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] },
    ]);
  }

  #namespaceSelector(): Selector {
    return this.#random.one<Selector>([
      {},
      { matchLabels: { env: 'prod' } },
      { matchLabels: { 'kubernetes.io/metadata.name': this.#random.one(['one', 'two', 'three']) } },
      { matchExpressions: [{ key: 'extra', operator: 'DoesNotExist' }] },
      { matchExpressions: [{ key: 'env', operator: 'NotIn', values: ['dev'] }] },
    ]);
  }

  #clusterPolicy(i: number): ClusterPolicy {
    const random = this.#random;
    return {
      name: `c${i}`,
      tier: random.one(['Admin', 'Admin', 'Baseline']),
      priority: 10 * i + random.below(10),
      subject: this.#pods(),
      ingress: random.chance(0.3) ? [] : random.some(3, () => this.#clusterRule(false)),
      egress: random.chance(0.4) ? [] : random.some(3, () => this.#clusterRule(true)),
    };
  }

  #pods(): ClusterPeer {
    const namespaceSelector = this.#namespaceSelector();
    if (this.#random.chance(0.4)) return { namespaces: namespaceSelector };
    return { pods: { namespaceSelector, podSelector: this.#selector() } };
  }

  #clusterRule(toNetworks: boolean): ClusterRule {
    const random = this.#random;
    const peer = (): ClusterPeer =>
      toNetworks && random.chance(0.3) ? { networks: [this.#cidr(16 * random.below(16), 28)] } : this.#pods();
    return {
      action: random.one(['Accept', 'Deny', 'Pass']),
      peers: random.some(2, peer),
      ...(random.chance(0.3) ? {} : { protocols: random.some(2, () => this.#protocol()) }),
    };
  }

  #protocol(): Protocol {
    const random = this.#random;
    if (random.chance(0.2)) return { destinationNamedPort: random.one(['http', 'dns', 'absent']) };
    const start = random.one(probedPorts);
    const destinationPort = random.chance(0.3)
      ? { range: { start, end: start + 1 + random.below(500) } }
      : { number: start };
    const protocol = random.one(['tcp', 'tcp', 'udp', 'sctp'] as const);
    return { [protocol]: { destinationPort } };
  }
}
