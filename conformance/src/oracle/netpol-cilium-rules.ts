import type {
  CiliumEnd,
  CiliumEntity,
  CiliumPeers,
  CiliumPolicy,
  CiliumPort,
  CiliumRule,
} from './netpol-cilium.ts';
import type { Cluster, Pod, Selector } from './netpol-cluster.ts';

type Side = 'ingress' | 'egress';

/** What the rules need to know of a cluster. */
export interface CiliumSurroundings {
  cluster: Cluster;
  namespaceLabels(name: string): Readonly<Record<string, string>>;
  selects(selector: Selector, labels: Readonly<Record<string, string>>): boolean;
  namedMatches(name: string, protocols: readonly string[]): string[];
  /** `ip saddr` or the like: the far end. */
  far: string;
}

/** What Cilium's policies say of one end in one direction. */
export interface CiliumWord {
  denied: string[];
  allowed: string[];
  /** Whether what none of them allows is denied. */
  denies: boolean;
}

/**
 * As Cilium's guide has it ("Policy Enforcement Modes", "Layer 3", "Layer 4", "Deny Policies"): policies about an end add up; one with
 * rules of a direction makes the end deny the rest of it, unless `enableDefaultDeny` says no; what is denied anywhere is denied.
 */
export function ciliumWord(pod: Pod, side: Side, around: CiliumSurroundings): CiliumWord {
  const own = (around.cluster.cilium ?? []).filter((policy) => isAbout(policy, pod, around));
  const matches = (rules: 'allow' | 'deny') =>
    own.flatMap((policy) => (policy[rules][side] ?? []).flatMap((rule) => matchesOf(rule, policy, around)));
  return {
    denied: matches('deny'),
    allowed: matches('allow'),
    denies: own.some(
      ({ allow, deny, defaultDeny }) =>
        [...(allow[side] ?? []), ...(deny[side] ?? [])].length > 0 && defaultDeny[side] !== false,
    ),
  };
}

/** A policy of nodes is about nodes alone, every other about Pods with a network of their own. */
function isAbout({ namespace, selector }: CiliumPolicy, pod: Pod, { selects }: CiliumSurroundings): boolean {
  if (selector === undefined) return pod.isNode;
  if (pod.isNode) return false;
  return (namespace === undefined || namespace === pod.namespace) && selects(selector, pod.labels);
}

function matchesOf(
  { peers, ports }: CiliumRule,
  { namespace }: CiliumPolicy,
  around: CiliumSurroundings,
): string[] {
  // Without peers a rule is about ports from anywhere, and one without ports as well is about nothing.
  if (peers.type === 'unnamed' && ports === undefined) return [];
  const services = ports === undefined ? [''] : ports.flatMap((port) => portMatches(port, around));
  return peerMatches(peers, namespace, around).flatMap((end) =>
    services.map((service) => `${end} ${service}`.trim()),
  );
}

function peerMatches(peers: CiliumPeers, home: string | undefined, around: CiliumSurroundings): string[] {
  const { far, cluster } = around;
  const nodes = cluster.pods.filter(({ isNode }) => isNode);
  const among = (pods: readonly Pod[]) => pods.map(({ address }) => `${far} ${address}`);
  switch (peers.type) {
    case 'unnamed':
      return [''];
    case 'nodes':
      return among(nodes);
    case 'endpoints':
      return peers.ends.flatMap((end) =>
        end.reserved === undefined
          ? among(cluster.pods.filter((pod) => isEnd(end, pod, home, around)))
          : entityMatches(end.reserved, around),
      );
    case 'entities':
      return peers.names.flatMap((name) => entityMatches(name, around));
    case 'cidrs':
      return peers.cidrs.map((cidr) => outsideOnly(`${far} ${cidr}`, around));
    case 'cidr-sets':
      return peers.sets.map(({ cidr, except = [] }) => {
        const left = except.map((hole) => `${far} != ${hole}`);
        return outsideOnly([`${far} ${cidr}`, ...left].join(' '), around);
      });
  }
}

/** Addresses of the cluster have identities, which are never found by ranges of addresses. */
function outsideOnly(match: string, { far, cluster }: CiliumSurroundings): string {
  return `${match} ${far} != { ${cluster.pods.map(({ address }) => address).join(', ')} }`.trim();
}

function isEnd(
  { pods, namespace, env }: CiliumEnd,
  pod: Pod,
  home: string | undefined,
  { selects, namespaceLabels }: CiliumSurroundings,
): boolean {
  if (pod.isNode || !selects(pods, pod.labels)) return false;
  if (env !== undefined) return namespaceLabels(pod.namespace)['env'] === env;
  if (namespace === '*') return true;
  const only = namespace ?? home;
  return only === undefined || pod.namespace === only;
}

function entityMatches(name: CiliumEntity, around: CiliumSurroundings): string[] {
  const { far, cluster } = around;
  const nodes = cluster.pods.filter(({ isNode }) => isNode);
  switch (name) {
    case 'all':
      return [''];
    case 'cluster':
      return cluster.pods.map(({ address }) => `${far} ${address}`);
    case 'world':
      return [outsideOnly('', around)];
    case 'world-ipv4':
    case 'world-ipv6':
      return name.endsWith(String(cluster.family)) ? [outsideOnly('', around)] : [];
    case 'remote-node':
      return nodes.map(({ address }) => `${far} ${address}`);
    // The node that a Pod stands on, endpoints that probe health, nobody: none of them is probed.
    case 'host':
    case 'health':
    case 'none':
      return [];
  }
}

function portMatches(
  { port, endPort, protocol = 'ANY' }: CiliumPort,
  { namedMatches }: CiliumSurroundings,
): string[] {
  const protocols = protocol === 'ANY' ? ['TCP', 'UDP', 'SCTP'] : [protocol];
  if (/^[a-z]/.test(port)) return namedMatches(port, protocols);
  return protocols.map((each) => {
    const layer = each.toLowerCase();
    if (port === '0') return `meta l4proto ${layer}`;
    return `${layer} dport ${endPort === undefined ? port : `${port}-${endPort}`}`;
  });
}
