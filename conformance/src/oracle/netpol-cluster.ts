import type { JsonObject } from '@keelson/core';
import { type CalicoPolicy, calicoObjects } from './netpol-calico.ts';
import { type CiliumPolicy, ciliumObjects } from './netpol-cilium.ts';

type Labels = Record<string, string>;

export interface Selector {
  matchLabels?: Labels;
  matchExpressions?: {
    key: string;
    operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    values?: string[];
  }[];
}

export interface Peer {
  podSelector?: Selector;
  namespaceSelector?: Selector;
  ipBlock?: { cidr: string; except?: string[] };
}

export interface Port {
  protocol?: string;
  port?: number | string;
  endPort?: number;
}

export interface NetworkPolicy {
  namespace: string;
  name: string;
  spec: {
    podSelector: Selector;
    policyTypes?: string[];
    ingress?: { from?: Peer[]; ports?: Port[] }[];
    egress?: { to?: Peer[]; ports?: Port[] }[];
  };
}

export interface PodsOf {
  namespaceSelector: Selector;
  podSelector: Selector;
}

/** Either Pods, or all Pods of namespaces, or addresses. */
export interface ClusterPeer {
  namespaces?: Selector;
  pods?: PodsOf;
  networks?: string[];
}

interface ByPort {
  destinationPort: { number?: number; range?: { start: number; end: number } };
}

export interface Protocol {
  tcp?: ByPort;
  udp?: ByPort;
  sctp?: ByPort;
  destinationNamedPort?: string;
}

export interface ClusterRule {
  action: 'Accept' | 'Deny' | 'Pass';
  peers: ClusterPeer[];
  protocols?: Protocol[];
}

/** A ClusterNetworkPolicy; no two of a tier share a priority, for which the API leaves the order open. */
export interface ClusterPolicy {
  name: string;
  tier: 'Admin' | 'Baseline';
  priority: number;
  subject: ClusterPeer;
  ingress: ClusterRule[];
  egress: ClusterRule[];
}

export interface Pod {
  namespace: string;
  name: string;
  labels: Labels;
  address: string;
  ports: { name: string; containerPort: number; protocol: string }[];
  /**
   * A node: to Cilium a Pod of its node's network, which no other Pod stands on; to Calico a HostEndpoint, whose namespace is empty.
   */
  isNode: boolean;
}

/** A set of addresses of Calico; global where its namespace is empty. */
export interface NetworkSet {
  namespace: string;
  name: string;
  labels: Labels;
  nets: string[];
}

export interface Cluster {
  family: 4 | 6;
  namespaces: { name: string; labels: Labels }[];
  pods: Pod[];
  policies: NetworkPolicy[];
  clusterPolicies: ClusterPolicy[];
  /** None in clusters without Calico. */
  calico: CalicoPolicy[];
  networkSets: NetworkSet[];
  /** Undefined in clusters without Cilium. */
  cilium: CiliumPolicy[] | undefined;
  /** Addresses outside that may be probed too. */
  outside: string[];
}

/** Addresses of all ends of probes: of the Pods, then those outside. */
export function endsOf({ pods, outside }: Cluster): string[] {
  return [...pods.map(({ address }) => address), ...outside];
}

/** The cluster as the objects that users write. */
export function objectsOf(cluster: Cluster): JsonObject[] {
  const { namespaces, policies, clusterPolicies, calico, networkSets, cilium = [] } = cluster;
  const isHost = ({ isNode }: Pod) => isNode && calico.length > 0;
  const pods = cluster.pods.filter((pod) => !isHost(pod));
  const objects = [
    ...namespaces.map((metadata) => ({ apiVersion: 'v1', kind: 'Namespace', metadata })),
    ...pods.map(({ namespace, name, labels, address, ports, isNode }) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace, name, labels },
      spec: { hostNetwork: isNode, containers: [{ name: 'c', image: 'x', ports }] },
      status: { podIP: address, podIPs: [{ ip: address }] },
    })),
    ...policies.map(({ namespace, name, spec }) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { namespace, name },
      spec,
    })),
    ...clusterPolicies.map(({ name, ingress, egress, ...spec }) => ({
      apiVersion: 'policy.networking.k8s.io/v1alpha2',
      kind: 'ClusterNetworkPolicy',
      metadata: { name },
      spec: {
        ...spec,
        ingress: ingress.map(({ peers, ...rule }) => ({ ...rule, from: peers })),
        egress: egress.map(({ peers, ...rule }) => ({ ...rule, to: peers })),
      },
    })),
  ];
  return [
    ...JSON.parse(JSON.stringify(objects)),
    ...calicoObjects(calico, cluster.pods.filter(isHost), networkSets),
    ...ciliumObjects(cilium),
  ];
}
