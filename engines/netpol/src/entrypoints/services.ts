import { isObject } from '@keelson/core';
import { effectiveNamespace, type Resource } from '@keelson/kubernetes';
import { mapping, mappings } from '../connectivity/fields.ts';
import type { Workload } from '../connectivity/workloads.ts';
import type { Cluster, Labels } from '../model/cluster.ts';
import { labelsOf } from '../model/read-cluster.ts';
import { formatAddress } from '../sets/addresses.ts';
import { type Connections, noConnections, type SetId } from '../sets/connections.ts';
import { protocolNumber } from '../sets/protocols.ts';
import { type Backing, backingsOf } from './endpoint-slices.ts';
import type { Backend } from './entry-point.ts';

export interface ServicePort {
  name: string;
  /** IANA number. */
  protocol: number;
  port: number;
  /** Port of the Pods by number or name. */
  target: number | string;
  nodePort?: number;
}

/** A Service of the core group. */
export interface Service {
  resource: Resource;
  namespace: string;
  name: string;
  /** Undefined where somebody else says what stands behind it. */
  selector: Labels | undefined;
  /** What somebody else says stands behind it, where the input tells. */
  backing: Backing | undefined;
  ports: readonly ServicePort[];
}

export function servicesOf(resources: readonly Resource[]): Service[] {
  const backings = backingsOf(resources);
  return resources.flatMap((resource) => {
    if (resource.group !== '' || resource.kind !== 'Service') return [];
    const { selector, ports } = mapping(resource.object['spec']);
    const pods = isObject(selector) ? labelsOf(selector) : new Map();
    const namespace = effectiveNamespace(resource) ?? 'default';
    const backing = pods.size === 0 ? backings.get(`${namespace}/${resource.name}`) : undefined;
    const own = mappings(ports).flatMap((port) => servicePort(port) ?? []);
    return [
      {
        resource,
        namespace,
        name: resource.name,
        selector: pods.size === 0 ? undefined : pods,
        backing,
        ports: own.map((port) => ({ ...port, target: backing?.ports.get(port.name) ?? port.target })),
      },
    ];
  });
}

function servicePort(value: ReturnType<typeof mapping>): ServicePort | undefined {
  const { name, protocol = 'TCP', port, targetPort, nodePort } = value;
  const number = typeof protocol === 'string' ? protocolNumber(protocol) : undefined;
  if (number === undefined || typeof port !== 'number') return undefined;
  // An absent targetPort, 0 and the empty name all mean the Service's own port.
  const hasTarget = typeof targetPort === 'number' || typeof targetPort === 'string';
  return {
    name: typeof name === 'string' ? name : '',
    protocol: number,
    port,
    target: hasTarget && targetPort !== 0 && targetPort !== '' ? targetPort : port,
    ...(typeof nodePort === 'number' && nodePort > 0 ? { nodePort } : {}),
  };
}

/** Endpoints of a workload in the Service's namespace that it sends traffic to. */
export function membersBehind(
  { selector, backing, namespace }: Service,
  { members, pods }: Workload,
  cluster: Cluster,
): number[] {
  if (backing !== undefined) {
    const named = [...backing.pods].flatMap((name) => pods.get(`${namespace}/${name}`) ?? []);
    const isBehind = (member: number) =>
      named.includes(member) ||
      (cluster.endpoints[member]?.addresses ?? []).some(({ family, value }) =>
        backing.addresses.has(formatAddress(family, value)),
      );
    return members.filter(isBehind);
  }
  if (selector === undefined) return [];
  return members.filter((member) =>
    [...selector].every(([key, value]) => cluster.endpoints[member]?.labels.get(key) === value),
  );
}

/** Ports of a Service that a backend means, of the protocols that its entry point carries. */
export function portsOf(
  { ports }: Service,
  { port: wanted, isTarget }: Backend,
  protocols: readonly number[] | undefined,
): ServicePort[] {
  return ports.filter(({ name, port, target, protocol }) => {
    if (protocols !== undefined && !protocols.includes(protocol)) return false;
    return (
      wanted === undefined || wanted === port || wanted === name || (isTarget === true && wanted === target)
    );
  });
}

/** Connections that ports of a Service come to at an endpoint; `missing` are names of ports that it does not have. */
export function targetsAt(
  endpoint: number,
  ports: readonly ServicePort[],
  cluster: Cluster,
  connections: Connections,
): { targets: SetId; missing: string[] } {
  const own = cluster.endpoints[endpoint]?.ports ?? [];
  const missing: string[] = [];
  let targets: SetId = noConnections;
  for (const { target, protocol } of ports) {
    const named = own.find((each) => each.name === target && each.protocol === protocol);
    const number = typeof target === 'number' ? target : named?.port;
    if (number === undefined) missing.push(String(target));
    else targets = connections.union(targets, connections.of([protocol], [[number, number]]));
  }
  return { targets, missing };
}
