import { calicoMatches, calicoTiers } from './netpol-calico.ts';
import { ciliumWord } from './netpol-cilium-rules.ts';
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
} from './netpol-cluster.ts';

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
      // Packets of SCTP are made by hand and never answered: each is judged for itself.
      'chain alone {',
      'type filter hook prerouting priority raw; policy accept;',
      'meta l4proto sctp notrack',
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

  /** A chain for each stage that a packet goes through. Later ones first, since a chain has to be there before another goes to it. */
  #chains(pod: Pod, i: number, side: Side): string[] {
    const name = `${side}_${i}`;
    const calico = (tier: string) => (next: string) => this.#calicoLines(pod, side, tier, next);
    const stages: ((next: string) => string[])[] = [
      calico('first'),
      calico('second'),
      (next) => this.#tierLines(pod, side, 'Admin', next),
      (next) => this.#middleLines(pod, side, next),
      (next) => this.#tierLines(pod, side, 'Baseline', next),
    ];
    const chainOf = (stage: number) => (stage === 0 ? name : `${name}_${stage}`);
    return stages
      .map((stage, at) => {
        const next = at === stages.length - 1 ? this.#unsaid(pod) : `goto ${chainOf(at + 1)}`;
        return [`chain ${chainOf(at)} {`, ...stage(next), '}'];
      })
      .reverse()
      .flat();
  }

  /** A HostEndpoint has no profile here, so that it denies what no policy speaks of. */
  #unsaid({ isNode }: Pod): string {
    return isNode && this.#cluster.calico.length > 0 ? 'goto refuse' : 'return';
  }

  #tierLines(pod: Pod, side: Side, tier: ClusterPolicy['tier'], next: string): string[] {
    const verdicts = { Accept: 'return', Deny: 'goto refuse', Pass: next };
    const lines = this.#cluster.clusterPolicies
      .filter((policy) => policy.tier === tier && this.#podsOf(policy.subject).includes(pod))
      .sort((a, b) => a.priority - b.priority)
      .flatMap((policy) => policy[side])
      .flatMap((rule) =>
        this.#clusterMatches(pod, side, rule).map((match) => `${match} ${verdicts[rule.action]}`),
      );
    return [...lines, next];
  }

  /** Where NetworkPolicies stand, and what goes with them. */
  #middleLines(pod: Pod, side: Side, next: string): string[] {
    const { calico, cilium } = this.#cluster;
    if (calico.length > 0) return this.#calicoLines(pod, side, 'default', next);
    return cilium === undefined ? this.#policyLines(pod, side, next) : this.#ciliumLines(pod, side, next);
  }

  /** NetworkPolicies add up with Cilium's own. */
  #ciliumLines(pod: Pod, side: Side, next: string): string[] {
    const isolating = this.#isolating(pod, side);
    const { denied, allowed, denies } = ciliumWord(pod, side, {
      cluster: this.#cluster,
      namespaceLabels: (name) => this.#namespaceLabels(name),
      selects,
      namedMatches: (name, protocols) => this.#namedMatches(name, protocols, pod, side),
      far: `${this.#ip} ${side === 'ingress' ? 'saddr' : 'daddr'}`,
    });
    const all = [...allowed, ...isolating.flatMap((policy) => this.#policyMatches(pod, side, policy))];
    return [
      ...denied.map((match) => `${match} goto refuse`),
      ...all.map((match) => `${match} return`),
      denies || isolating.length > 0 ? 'goto refuse' : next,
    ];
  }

  #policyLines(pod: Pod, side: Side, next: string): string[] {
    const isolating = this.#isolating(pod, side);
    if (isolating.length === 0) return [next];
    const lines = isolating.flatMap((policy) => this.#policyMatches(pod, side, policy));
    return [...lines.map((match) => `${match} return`), 'goto refuse'];
  }

  #isolating(pod: Pod, side: Side): NetworkPolicy[] {
    return this.#cluster.policies.filter(
      (policy) =>
        policy.namespace === pod.namespace &&
        selects(policy.spec.podSelector, pod.labels) &&
        typesOf(policy).includes(side),
    );
  }

  /** A tier of Calico; NetworkPolicies stand in the default tier, at order 1000. */
  #calicoLines(pod: Pod, side: Side, tier: string, next: string): string[] {
    const verdicts = { Allow: 'return', Deny: 'goto refuse', Pass: next, Log: 'continue' };
    const around = {
      pods: this.#cluster.pods,
      networkSets: this.#cluster.networkSets,
      namespaceLabels: (name: string) => this.#namespaceLabels(name),
      selects,
      namedMatches: (name: string, protocol: string) => this.#namedMatches(name, [protocol], pod, side),
      far: `${this.#ip} ${side === 'ingress' ? 'saddr' : 'daddr'}`,
    };
    const own = this.#cluster.calico
      .filter(({ tier: of, types }) => of === tier && types.some((type) => type.toLowerCase() === side))
      .filter(({ namespace, selector }) => {
        return (namespace === undefined || namespace === pod.namespace) && selects(selector, pod.labels);
      })
      .map((policy) => ({
        order: policy.order ?? Infinity,
        name: policy.name,
        lines: policy[side].flatMap((rule) =>
          calicoMatches(policy, rule, around).map((match) => `${match} ${verdicts[rule.action]}`),
        ),
      }));
    const networkPolicies =
      tier !== 'default'
        ? []
        : this.#isolating(pod, side).map((policy) => ({
            order: 1_000,
            name: policy.name,
            lines: this.#policyMatches(pod, side, policy).map((match) => `${match} return`),
          }));
    const all = [...own, ...networkPolicies].sort(
      (a, b) => compare(a.order, b.order) || compare(a.name, b.name),
    );
    const end =
      calicoTiers.find(({ name }) => name === tier)?.defaultAction === 'Deny' ? 'goto refuse' : next;
    return [...all.flatMap(({ lines }) => lines), all.length > 0 ? end : next];
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
      // To Cilium addresses of the cluster are in no range.
      const pods = this.#cluster.pods.map(({ address }) => address).join(', ');
      const outside = this.#cluster.cilium === undefined ? [] : [`${field} != { ${pods} }`];
      return [[`${field} ${ipBlock.cidr}`, ...excepts, ...outside].join(' ')];
    }
    const meant = this.#cluster.pods.filter(
      (other) =>
        !other.isNode &&
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

  #protocolMatches({ tcp, udp, sctp, destinationNamedPort }: Protocol, pod: Pod, side: Side): string[] {
    if (destinationNamedPort !== undefined)
      return this.#namedMatches(destinationNamedPort, ['TCP', 'UDP', 'SCTP'], pod, side);
    const { number, range } = (tcp ?? udp ?? sctp)?.destinationPort ?? {};
    const layer = tcp !== undefined ? 'tcp' : udp !== undefined ? 'udp' : 'sctp';
    return [`${layer} dport ${range === undefined ? number : `${range.start}-${range.end}`}`];
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

function compare<T extends number | string>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Without types a policy is about ingress, and about egress where it has rules of it. */
function typesOf({ spec }: NetworkPolicy): string[] {
  if (spec.policyTypes !== undefined) return spec.policyTypes.map((type) => type.toLowerCase());
  return ['ingress', ...((spec.egress ?? []).length > 0 ? ['egress'] : [])];
}
