import type { Resource } from '@keelson/kubernetes';
import type { AddressFamily } from '../sets/addresses.ts';

export type Labels = ReadonlyMap<string, string>;

export interface Namespace {
  name: string;
  /** With `kubernetes.io/metadata.name`, which the API server sets on every namespace. */
  labels: Labels;
  resource?: Resource;
}

/** A port of a container that has a name. */
export interface NamedPort {
  name: string;
  /** IANA number of the protocol. */
  protocol: number;
  port: number;
}

export interface EndpointAddress {
  family: AddressFamily;
  value: bigint;
}

/** What connections start and end at: a Pod, or the alike Pods of a workload. */
export interface Endpoint {
  /** Empty for what stands in no namespace, as an interface of a node. */
  namespace: string;
  name: string;
  /** Kind of the object it comes from, as `Deployment`. */
  kind: string;
  labels: Labels;
  ports: readonly NamedPort[];
  /** Empty for Pods that so far exist only as files. */
  addresses: readonly EndpointAddress[];
  hostNetwork: boolean;
  serviceAccount: string;
  /** The object that controls the Pod, as its ReplicaSet; absent for workloads and for Pods of their own. Its kind is empty where it is not written. */
  owner?: { kind: string; name: string };
  resource?: Resource;
}

/** A Pod of which nothing is known but where it stands, how it is called and what labels it has. */
export function plainPod(namespace: string, name: string, labels: Labels = new Map()): Endpoint {
  return {
    namespace,
    name,
    kind: 'Pod',
    labels,
    ports: [],
    addresses: [],
    hostNetwork: false,
    serviceAccount: 'default',
  };
}

/** `namespace/name`; the name alone of what stands in no namespace. */
export function qualifiedName({ namespace, name }: Pick<Endpoint, 'namespace' | 'name'>): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

/** Addresses that mean the endpoint: Pods of the node's network have the node's, which are an interface's own. */
export function ownAddresses({ addresses, hostNetwork, namespace }: Endpoint): readonly EndpointAddress[] {
  return hostNetwork && namespace !== '' ? [] : addresses;
}

/** Who is there. */
export interface Cluster {
  namespaces: ReadonlyMap<string, Namespace>;
  /** Labels of service accounts by `namespace/name`. */
  serviceAccounts?: ReadonlyMap<string, Labels>;
  endpoints: readonly Endpoint[];
  /** Families that all Pods have an address of; IPv4 unless said. */
  families?: readonly AddressFamily[];
}
