import type { JsonValue } from '@keelson/core';
import { effectiveNamespace, matchesSelector, podTemplate, type Resource } from '@keelson/kubernetes';
import type { Cluster, Endpoint, Namespace } from '../model/cluster.ts';
import { isAddress } from '../sets/addresses.ts';
import { mapping, mappings, text } from './fields.ts';
import { isVirtualMachine, machineTemplate } from './virtual-machines.ts';

/**
 * A network that Pods have an interface in: the cluster's own, a UserDefinedNetwork that takes its place for a namespace, a
 * ClusterUserDefinedNetwork that takes it for some, or a further one of a NetworkAttachmentDefinition.
 */
export interface Network {
  type: 'pod' | 'udn' | 'cudn' | 'nad';
  /** Name of the object; of the namespace for a UserDefinedNetwork, which is the only one of its namespace. */
  name: string;
}

export const podNetwork: Network = { type: 'pod', name: 'pod-network' };

export function isSameNetwork(a: Network, b: Network): boolean {
  return a.type === b.type && a.name === b.name;
}

/** A further network that an endpoint asks for. */
export interface Attachment {
  network: string;
  namespace: string | undefined;
  /** Addresses of the interface, without the prefix. */
  addresses: readonly string[];
}

/** Networks of a cluster and who takes part in them. */
export interface Networks {
  primaryOf(namespace: string): Network;
  /** Names of the networks of attachment definitions, with the namespaces that define them. */
  secondary: ReadonlyMap<string, ReadonlySet<string>>;
}

const primaryLabel = 'k8s.ovn.org/primary-user-defined-network';

/** Networks that objects define: `k8s.ovn.org` user-defined networks of role Primary, `k8s.cni.cncf.io` definitions. */
export function networksOf(resources: readonly Resource[], { namespaces }: Cluster): Networks {
  const primary = new Map<string, Network>();
  const secondary = new Map<string, Set<string>>();
  for (const resource of resources) {
    const { group, kind, name } = resource;
    const namespace = effectiveNamespace(resource) ?? 'default';
    if (group === 'k8s.ovn.org' && kind === 'UserDefinedNetwork') {
      if (isPrimary(resource.object['spec']) && mayIsolate(namespaces.get(namespace)))
        primary.set(namespace, { type: 'udn', name: namespace });
    } else if (group === 'k8s.ovn.org' && kind === 'ClusterUserDefinedNetwork') {
      for (const each of clusterNetworkNamespaces(resource, namespaces)) {
        if (!primary.has(each)) primary.set(each, { type: 'cudn', name });
      }
    } else if (group === 'k8s.cni.cncf.io' && kind === 'NetworkAttachmentDefinition') {
      secondary.set(name, (secondary.get(name) ?? new Set()).add(namespace));
    }
  }
  return { primaryOf: (namespace) => primary.get(namespace) ?? podNetwork, secondary };
}

function clusterNetworkNamespaces(
  { object }: Resource,
  namespaces: ReadonlyMap<string, Namespace>,
): string[] {
  const { namespaceSelector, network } = mapping(object['spec']);
  if (!isPrimary(network)) return [];
  return [...namespaces.values()]
    .filter((each) => mayIsolate(each))
    .filter(({ labels }) => matchesSelector(Object.fromEntries(labels), mapping(namespaceSelector)))
    .map(({ name }) => name);
}

function isPrimary(spec: JsonValue | undefined): boolean {
  const { layer2, layer3 } = mapping(spec);
  return mapping(layer2)['role'] === 'Primary' || mapping(layer3)['role'] === 'Primary';
}

/** Only namespaces made with the label, which cannot be added later, get a network of their own; system ones never do. */
function mayIsolate(namespace: Namespace | undefined): boolean {
  if (namespace?.resource === undefined || !namespace.labels.has(primaryLabel)) return false;
  return namespace.name !== 'default' && !namespace.name.startsWith('openshift-');
}

/** The further networks that a Pod or a virtual machine asks for, each once. */
export function attachmentsOf({ resource }: Endpoint): readonly Attachment[] {
  if (resource === undefined) return [];
  const found = isVirtualMachine(resource)
    ? machineAttachments(resource)
    : annotated(mapping(podTemplate(resource)?.metadata['annotations'])['k8s.v1.cni.cncf.io/networks']);
  return [...new Map(found.map((each) => [each.network, each])).values()];
}

/** The annotation of the network plumbing group: JSON, or names with commas (specification v1.3, 4.1.1). */
function annotated(annotation: JsonValue | undefined): Attachment[] {
  const written = text(annotation);
  if (written.trim() === '') return [];
  if (!/[[{"]/.test(written)) return written.split(',').map((each) => named(each.trim().split('@')[0] ?? ''));
  return mappings(parsed(written)).flatMap(({ name, namespace, ips }) => {
    if (typeof name !== 'string' || name === '') return [];
    const addresses = Array.isArray(ips) ? ips.map((ip) => addressOf(text(ip))) : [];
    return [{ network: name, namespace: text(namespace) || undefined, addresses }];
  });
}

function parsed(json: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(json);
    return value;
  } catch {
    return undefined;
  }
}

function named(reference: string, addresses: readonly string[] = []): Attachment {
  const [namespace = '', network] = reference.split('/');
  return network === undefined
    ? { network: reference, namespace: undefined, addresses }
    : { network, namespace, addresses };
}

function machineAttachments(resource: Resource): Attachment[] {
  const { networks, volumes } = mapping(machineTemplate(resource)['spec']);
  const addresses = mappings(volumes).flatMap((volume) =>
    cloudInitAddresses(text(mapping(volume['cloudInitNoCloud'])['networkData'])),
  );
  return mappings(networks).flatMap(({ multus }) => {
    const name = text(mapping(multus)['networkName']);
    return name === '' ? [] : [named(name, addresses)];
  });
}

/** Keys of an interface in network data of version 2 that hold further lines. */
const interfaceFields = new Set(['addresses', 'nameservers', 'search', 'routes', 'match', 'dhcp4-overrides']);

/** Addresses with a prefix that cloud-init's network data gives to any interface but the first. */
function cloudInitAddresses(networkData: string): string[] {
  let name = '';
  return networkData.split('\n').flatMap((line) => {
    const trimmed = line.trim();
    if (trimmed.endsWith(':')) {
      const key = trimmed.slice(0, -1);
      if (!interfaceFields.has(key)) name = key;
      return [];
    }
    if (name === '' || name === 'eth0') return [];
    return [...trimmed.matchAll(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?=\/\d{1,2}(?!\d))/g)].flatMap(
      ([found]) => (isAddress(found) ? [found] : []),
    );
  });
}

function addressOf(cidr: string): string {
  return cidr.split('/')[0] ?? '';
}
