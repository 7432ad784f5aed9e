import type { Resource } from '@keelson/kubernetes';
import type { AddressPeer, IngressControllerPeer } from '../connectivity/peers.ts';
import type { Workload } from '../connectivity/workloads.ts';
import type { AddressRange } from '../sets/addresses.ts';
import type { SetId } from '../sets/connections.ts';

/** What lets traffic come in from outside: three ways of a Service, ports of nodes that Pods take, and objects that proxies serve. */
export type EntryPointKind =
  | 'LoadBalancer'
  | 'NodePort'
  | 'ExternalIP'
  | 'HostPort'
  | 'HostNetwork'
  | 'Ingress'
  | 'Route'
  | 'HTTPRoute'
  | 'GRPCRoute'
  | 'TLSRoute'
  | 'TCPRoute'
  | 'UDPRoute';

export type EntryNoteCode =
  | 'node-address'
  | 'node-ports-open'
  | 'no-service'
  | 'no-selector'
  | 'no-pods'
  | 'no-port'
  | 'no-named-port'
  | 'no-gateway'
  | 'not-attached'
  | 'not-granted'
  | 'some-pods';

/** What a reader has to know of an entry point beside its connections. */
export interface EntryNote {
  code: EntryNoteCode;
  message: string;
}

/** Who connects to Pods, and with what, of those that policies let in. */
export interface Admission {
  peer: AddressPeer | IngressControllerPeer;
  connections: SetId;
}

/** A workload behind an entry point, through one Service. */
export interface EntryDestination {
  workload: Workload;
  /** `namespace/name`; empty where none stands between. */
  service: string;
  /** What the entry point leads to, by ports of the Pods. */
  targets: SetId;
  /** What of it policies let in from anybody who connects; `targets` where they let in everything. */
  admitted: SetId;
  /** By who connects, those without any left out. Ranges that touch and have the same are one. */
  admissions: readonly Admission[];
}

/** A place where traffic comes in from outside, with who receives it. */
export interface EntryPoint {
  kind: EntryPointKind;
  namespace: string;
  name: string;
  resource: Resource;
  /**
   * Who connects to the Pods: addresses outside the cluster, or the proxy that serves the object, which is taken to be a Pod of
   * which nothing is known.
   */
  source: 'outside' | 'ingress-controller';
  /** Ports that are open to the outside, where the object or its Gateways tell: a Service's own, a node's or a listener's. */
  ports: readonly number[];
  /** `namespace/name` of Gateways that serve a route. */
  gateways: readonly string[];
  destinations: readonly EntryDestination[];
  notes: readonly EntryNote[];
}

/** The Service that an entry point leads to, and at which of its ports. */
export interface Backend {
  namespace: string;
  name: string;
  /** Number or name; all ports of the Service where it is absent. */
  port?: number | string;
  /** True where the port may be that of the Pods too, as a Route's. */
  isTarget?: boolean;
}

/** An entry point as its object tells it, before Services and Pods are looked up. */
export interface Lead
  extends Pick<EntryPoint, 'kind' | 'namespace' | 'name' | 'resource' | 'source' | 'ports' | 'gateways'> {
  backends: readonly Backend[];
  /** Numbers of the protocols that it carries; all where absent. */
  protocols?: readonly number[];
  /** Addresses that may connect; all where absent. */
  sources?: readonly AddressRange[];
  notes: readonly EntryNote[];
}
