import type { Labels } from '../model/cluster.ts';
import { protocolNumbers } from '../sets/connections.ts';
import { hasAll } from './identities.ts';
import type { PlanPeer, PlanPort, Resolvers, WorkloadIdentity } from './plan.ts';
import type { ManifestKnowledge } from './translate.ts';

/** Resolvers that no selector of Pods chooses: NodeLocal DNSCache, and those of clouds. */
export const resolverAddresses = ['169.254.20.10', '169.254.169.254'];

const dnsPort = 53;
const clusterDns = { namespace: 'kube-system', labels: new Map([['k8s-app', 'kube-dns']]) };

/** Namespaces of what runs in clusters beside them ("Namespaces": `kube-` is kept for Kubernetes; that of OpenShift likewise). */
const systemPrefixes = ['kube-', 'openshift-'];
const systemNamespaces: ReadonlySet<string> = new Set([
  'calico-system',
  'calico-apiserver',
  'tigera-operator',
]);

/** Whether a namespace is one of the cluster itself, whose parts nodes and names depend on. */
export function isSystemNamespace(name: string): boolean {
  return systemNamespaces.has(name) || systemPrefixes.some((prefix) => name.startsWith(prefix));
}

/** Who answers for names: what clusters have anyway, what Services of the cluster's own say, and who was seen to answer. */
export function resolversOf(
  manifests: Pick<ManifestKnowledge, 'services' | 'behind'>,
  kept: readonly { destination: PlanPeer; port: PlanPort }[],
): Resolvers {
  const pods: { namespace: string; labels: Labels }[] = [clusterDns];
  const add = (namespace: string, labels: Labels) => {
    if (!pods.some((each) => each.namespace === namespace && hasAll(labels, each.labels)))
      pods.push({ namespace, labels });
  };
  const ports = new Set([dnsPort]);
  for (const service of manifests.services) {
    const { namespace, selector, ports: own } = service;
    const asked = own.filter(({ port, protocol }) => port === dnsPort && protocol === protocolNumbers.UDP);
    if (asked.length === 0 || selector === undefined || !isSystemNamespace(namespace)) continue;
    add(namespace, selector);
    for (const port of asked.flatMap((each) => manifests.behind(service, each))) ports.add(port.port);
  }
  for (const { destination, port } of kept) {
    if (port.protocol === 'UDP' && port.port === dnsPort && destination.type === 'workload')
      add(destination.workload.namespace, destination.workload.labels);
  }
  return {
    pods,
    addresses: resolverAddresses,
    ports: [...ports].flatMap((port) => (['UDP', 'TCP'] as const).map((protocol) => ({ protocol, port }))),
  };
}

/** Whether the rule for names, which every workload gets, says it already. */
export function isResolved(
  peer: PlanPeer,
  { port, protocol }: PlanPort,
  { pods, addresses, ports }: Resolvers,
): boolean {
  if (!ports.some((each) => each.port === port && each.protocol === protocol)) return false;
  if (peer.type === 'addresses')
    return (
      peer.names.length === 0 && peer.cidrs.every((cidr) => addresses.includes(cidr.replace(/\/32$/, '')))
    );
  if (peer.type !== 'workload') return peer.type === 'resolvers';
  const { namespace, labels }: WorkloadIdentity = peer.workload;
  return pods.some((each) => each.namespace === namespace && hasAll(labels, each.labels));
}
