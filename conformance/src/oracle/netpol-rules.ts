import type {
  Cluster,
  ClusterPeer,
  ClusterPolicy,
  ClusterRule,
  NetworkPolicy,
  Peer,
  Pod,
  Port,
  Protocol,
  Selector,
} from './netpol-clusters.ts';

/**
 * nftables rules that do what the policies say, Pod by Pod and address by address. It is as plain as can be and shares nothing with
 * the engine that is judged by it. Each Pod has a chain for each direction and tier; a packet goes through that of its source, then
 * that of its destination.
 */
export function nftRules(cluster: Cluster): string {
  const writer = new RuleWriter(cluster);
  return writer.ruleset();
}

type Side = 'ingress' | 'egress';

class RuleWriter {
  readonly #cluster: Cluster;
  readonly #ip: 'ip' | 'ip6';

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#ip = cluster.family === 4 ? 'ip' : 'ip6';
  }

  ruleset(): string {
    const { pods } = this.#cluster;
    const map = (side: Side) => pods.map(({ address }, i) => `${address} : jump ${side}_${i}`).join(', ');
    const chains = pods.flatMap((pod, i) => [
      ...this.#chains(pod, i, 'ingress'),
      ...this.#chains(pod, i, 'egress'),
    ]);
    return [
      'table inet oracle {',
      // A refusal that the client hears: no probe has to wait.
      'chain refuse {',
      'meta l4proto tcp reject with tcp reset',
      'reject with icmpx type port-unreachable',
      '}',
      ...chains,
      'chain forward {',
      'type filter hook forward priority 0; policy accept;',
      'ct state established,related accept',
      `${this.#ip} saddr vmap { ${map('egress')} }`,
      `${this.#ip} daddr vmap { ${map('ingress')} }`,
      '}',
      '}',
      '',
    ].join('\n');
  }

  /** Later chains first, since a chain has to be there before another goes to it. */
  #chains(pod: Pod, i: number, side: Side): string[] {
    const name = `${side}_${i}`;
    return [
      `chain ${name}_baseline {`,
      ...this.#tierLines(pod, side, 'Baseline', 'return'),
      '}',
      `chain ${name}_policies {`,
      ...this.#policyLines(pod, side, `${name}_baseline`),
      '}',
      `chain ${name} {`,
      ...this.#tierLines(pod, side, 'Admin', `goto ${name}_policies`),
      `goto ${name}_policies`,
      '}',
    ];
  }

  #tierLines(pod: Pod, side: Side, tier: ClusterPolicy['tier'], pass: string): string[] {
    const verdicts = { Accept: 'return', Deny: 'goto refuse', Pass: pass };
    return this.#cluster.clusterPolicies
      .filter((policy) => policy.tier === tier && this.#podsOf(policy.subject).includes(pod))
      .sort((a, b) => a.priority - b.priority)
      .flatMap((policy) => policy[side])
      .flatMap((rule) =>
        this.#clusterMatches(pod, side, rule).map((match) => `${match} ${verdicts[rule.action]}`),
      );
  }

  #policyLines(pod: Pod, side: Side, next: string): string[] {
    const own = this.#cluster.policies.filter(
      ({ namespace, spec }) => namespace === pod.namespace && selects(spec.podSelector, pod.labels),
    );
    const isolating = own.filter((policy) => typesOf(policy).includes(side));
    if (isolating.length === 0) return [`goto ${next}`];
    const lines = isolating.flatMap((policy) => this.#policyMatches(pod, side, policy));
    return [...lines.map((match) => `${match} return`), 'goto refuse'];
  }

  #policyMatches(pod: Pod, side: Side, { namespace, spec }: NetworkPolicy): string[] {
    const rules =
      side === 'ingress'
        ? (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }))
        : (spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }));
    return rules.flatMap(({ peers = [], ports = [] }) => {
      const ends =
        peers.length === 0 ? [''] : peers.flatMap((peer) => this.#peerMatches(peer, namespace, side));
      const services =
        ports.length === 0 ? [''] : ports.flatMap((port) => this.#portMatches(port, pod, side));
      return ends.flatMap((end) => services.map((service) => `${end} ${service}`));
    });
  }

  #peerMatches(peer: Peer, home: string, side: Side): string[] {
    const field = `${this.#ip} ${side === 'ingress' ? 'saddr' : 'daddr'}`;
    const { ipBlock, podSelector, namespaceSelector } = peer;
    if (ipBlock !== undefined) {
      if (!this.#isOwnFamily(ipBlock.cidr)) return [];
      const excepts = (ipBlock.except ?? []).map((cidr) => `${field} != ${cidr}`);
      return [[`${field} ${ipBlock.cidr}`, ...excepts].join(' ')];
    }
    const meant = this.#cluster.pods.filter(
      (other) =>
        (namespaceSelector === undefined
          ? other.namespace === home
          : selects(namespaceSelector, this.#namespaceLabels(other.namespace))) &&
        selects(podSelector ?? {}, other.labels),
    );
    return meant.map(({ address }) => `${field} ${address}`);
  }

  #portMatches({ protocol = 'TCP', port, endPort }: Port, pod: Pod, side: Side): string[] {
    const layer = protocol.toLowerCase();
    if (port === undefined) return [`meta l4proto ${layer}`];
    if (typeof port === 'number')
      return [`${layer} dport ${endPort === undefined ? port : `${port}-${endPort}`}`];
    return this.#namedMatches(port, [protocol], pod, side);
  }

  /** Names mean what the destination says. */
  #namedMatches(name: string, protocols: readonly string[], pod: Pod, side: Side): string[] {
    const destinations = side === 'ingress' ? [pod] : this.#cluster.pods;
    return destinations.flatMap(({ address, ports }) =>
      ports
        .filter((port) => port.name === name && protocols.includes(port.protocol))
        .map(
          (port) => `${this.#ip} daddr ${address} ${port.protocol.toLowerCase()} dport ${port.containerPort}`,
        ),
    );
  }

  #clusterMatches(pod: Pod, side: Side, { peers, protocols }: ClusterRule): string[] {
    const field = `${this.#ip} ${side === 'ingress' ? 'saddr' : 'daddr'}`;
    const ends = peers.flatMap((peer) => [
      ...(peer.networks ?? []).filter((cidr) => this.#isOwnFamily(cidr)).map((cidr) => `${field} ${cidr}`),
      ...this.#podsOf(peer).map(({ address }) => `${field} ${address}`),
    ]);
    const services =
      protocols === undefined ? [''] : protocols.flatMap((each) => this.#protocolMatches(each, pod, side));
    return ends.flatMap((end) => services.map((service) => `${end} ${service}`));
  }

  #protocolMatches({ tcp, udp, destinationNamedPort }: Protocol, pod: Pod, side: Side): string[] {
    if (destinationNamedPort !== undefined)
      return this.#namedMatches(destinationNamedPort, ['TCP', 'UDP'], pod, side);
    const { number, range } = (tcp ?? udp)?.destinationPort ?? {};
    return [
      `${tcp === undefined ? 'udp' : 'tcp'} dport ${range === undefined ? number : `${range.start}-${range.end}`}`,
    ];
  }

  #podsOf({ namespaces, pods }: ClusterPeer): Pod[] {
    const inNamespaces = namespaces ?? pods?.namespaceSelector;
    if (inNamespaces === undefined) return [];
    return this.#cluster.pods.filter(
      (pod) =>
        selects(inNamespaces, this.#namespaceLabels(pod.namespace)) &&
        selects(pods?.podSelector ?? {}, pod.labels),
    );
  }

  #namespaceLabels(name: string): Readonly<Record<string, string>> {
    return this.#cluster.namespaces.find((each) => each.name === name)?.labels ?? {};
  }

  #isOwnFamily(cidr: string): boolean {
    return cidr.includes(':') === (this.#cluster.family === 6);
  }
}

function selects(
  { matchLabels = {}, matchExpressions = [] }: Selector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      const isListed = value !== undefined && values.includes(value);
      if (operator === 'In') return isListed;
      if (operator === 'NotIn') return !isListed;
      return (operator === 'Exists') === (value !== undefined);
    })
  );
}

/** Without types a policy is about ingress, and about egress where it has rules of it. */
function typesOf({ spec }: NetworkPolicy): string[] {
  if (spec.policyTypes !== undefined) return spec.policyTypes.map((type) => type.toLowerCase());
  return ['ingress', ...((spec.egress ?? []).length > 0 ? ['egress'] : [])];
}
