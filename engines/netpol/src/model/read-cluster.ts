import { isObject, type JsonValue } from '@keelson/core';
import { effectiveNamespace, type PodTemplate, podTemplate, type Resource } from '@keelson/kubernetes';
import { type AddressFamily, isAddress, parseAddress } from '../sets/addresses.ts';
import { protocolNumber } from '../sets/protocols.ts';
import type { Cluster, Endpoint, EndpointAddress, Labels, NamedPort, Namespace } from './cluster.ts';
import { type OwnerOptions, settled } from './owners.ts';

/** Set on every namespace by the API server ("Automatic labelling"). */
export const namespaceNameLabel = 'kubernetes.io/metadata.name';

/**
 * The namespaces, service accounts and endpoints that objects of Kubernetes describe: a workload is one endpoint, a Pod that
 * a workload of the input owns is part of that one. Objects that make no Pods are not looked at.
 */
export function podsOf(resources: readonly Resource[], options: OwnerOptions = {}): Cluster {
  const namespaces = new Map<string, Namespace>();
  const endpoints = settled(
    resources.flatMap((resource) => endpointOf(resource) ?? []),
    options,
  );
  for (const { namespace } of endpoints) namespaces.set(namespace, namespaceOf(namespace));
  for (const resource of resources) {
    if (resource.group !== '' || resource.kind !== 'Namespace') continue;
    namespaces.set(resource.name, namespaceOf(resource.name, resource));
  }
  const families = familiesOf(resources, endpoints);
  return {
    namespaces,
    serviceAccounts: serviceAccountsOf(resources),
    endpoints,
    ...(families.length === 0 ? {} : { families }),
  };
}

/** Families of the addresses that Pods have, else those of Services; none where nothing tells. */
function familiesOf(resources: readonly Resource[], endpoints: readonly Endpoint[]): AddressFamily[] {
  const pods = endpoints.flatMap(({ addresses }) => addresses);
  const services = resources.filter(({ group, kind }) => group === '' && kind === 'Service');
  const known = pods.length > 0 ? pods : services.flatMap(({ object }) => clusterAddresses(object['spec']));
  return [...new Set(known.map(({ family }) => family))];
}

function clusterAddresses(spec: JsonValue | undefined): EndpointAddress[] {
  if (!isObject(spec)) return [];
  const { clusterIP, clusterIPs } = spec;
  return addressesAmong([clusterIP, ...(Array.isArray(clusterIPs) ? clusterIPs : [])]);
}

/** Labels by `namespace/name` of service accounts that are written; every namespace has others that are not. */
function serviceAccountsOf(resources: readonly Resource[]): Map<string, Labels> {
  const accounts = resources.filter(({ group, kind }) => group === '' && kind === 'ServiceAccount');
  return new Map(
    accounts.map((account) => [
      `${effectiveNamespace(account) ?? 'default'}/${account.name}`,
      ownLabels(account),
    ]),
  );
}

/** A namespace, of which nothing but the name is known where there is no object. */
export function namespaceOf(name: string, resource?: Resource): Namespace {
  const labels = new Map([
    ...(resource === undefined ? [] : ownLabels(resource)),
    [namespaceNameLabel, name],
  ]);
  return { name, labels, ...(resource === undefined ? {} : { resource }) };
}

/** The labels of an object itself. */
export function ownLabels({ object }: Resource): Labels {
  const { metadata } = object;
  return labelsOf(isObject(metadata) ? metadata['labels'] : undefined);
}

/** What workloads make under names that nobody wrote. */
const owned: ReadonlySet<string> = new Set(['Pod', 'ReplicaSet', 'Job']);

function endpointOf(resource: Resource): Endpoint | undefined {
  const template = podTemplate(resource);
  if (template === undefined) return undefined;
  const { metadata, spec } = template;
  const account = spec['serviceAccountName'] ?? spec['serviceAccount'];
  const own = resource.object['metadata'];
  const owner = owned.has(resource.kind) && isObject(own) ? ownerOf(own['ownerReferences']) : undefined;
  return {
    namespace: effectiveNamespace(resource) ?? 'default',
    name: resource.name,
    kind: resource.kind,
    labels: labelsOf(metadata['labels']),
    ports: namedPorts(template),
    addresses: resource.kind === 'Pod' ? addressesOf(resource.object['status']) : [],
    hostNetwork: spec['hostNetwork'] === true,
    serviceAccount: typeof account === 'string' && account !== '' ? account : 'default',
    ...(owner === undefined ? {} : { owner }),
    resource,
  };
}

/** The controller of an object. A mirror Pod is its node's, which makes no others alike. */
function ownerOf(references: JsonValue | undefined): { kind: string; name: string } | undefined {
  if (!Array.isArray(references)) return undefined;
  const controller = references.find((each) => isObject(each) && each['controller'] === true);
  if (!isObject(controller)) return undefined;
  const { kind, name } = controller;
  if (typeof name !== 'string' || kind === 'Node') return undefined;
  return { kind: typeof kind === 'string' ? kind : '', name };
}

/** Labels as a map: their keys are users' texts. */
export function labelsOf(value: JsonValue | undefined): Labels {
  const labels = new Map<string, string>();
  if (!isObject(value)) return labels;
  for (const [key, label] of Object.entries(value)) if (typeof label === 'string') labels.set(key, label);
  return labels;
}

function namedPorts({ containers }: PodTemplate): NamedPort[] {
  return containers.flatMap(({ type, container }) => {
    const sidecar = type === 'init' && container['restartPolicy'] === 'Always';
    const ports = container['ports'];
    if (!Array.isArray(ports) || (type === 'init' && !sidecar)) return [];
    return ports.flatMap((port) => namedPort(port) ?? []);
  });
}

function namedPort(value: JsonValue): NamedPort | undefined {
  if (!isObject(value)) return undefined;
  const { name, containerPort, protocol = 'TCP' } = value;
  const number = typeof protocol === 'string' ? protocolNumber(protocol) : undefined;
  if (typeof name !== 'string' || typeof containerPort !== 'number' || number === undefined) return undefined;
  return { name, protocol: number, port: containerPort };
}

function addressesOf(status: JsonValue | undefined): EndpointAddress[] {
  if (!isObject(status)) return [];
  const { podIP, podIPs } = status;
  const listed = Array.isArray(podIPs) ? podIPs.map((each) => (isObject(each) ? each['ip'] : undefined)) : [];
  return addressesAmong([podIP, ...listed]);
}

/** Each address once; what is none is left out. */
function addressesAmong(texts: readonly (JsonValue | undefined)[]): EndpointAddress[] {
  return [...new Set(texts)].flatMap((text) =>
    typeof text === 'string' && isAddress(text) ? parseAddress(text) : [],
  );
}
