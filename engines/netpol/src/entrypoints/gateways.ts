import type { JsonObject } from '@keelson/core';
import { effectiveNamespace, type Resource } from '@keelson/kubernetes';
import { mapping, mappings, text } from '../connectivity/fields.ts';
import { selectorOf } from '../dialects/label-selector.ts';
import type { Labels, Namespace } from '../model/cluster.ts';
import type { LabelRequirement } from '../model/policy.ts';

export const gatewayGroup = 'gateway.networking.k8s.io';

/** A route that asks to be served, with the hosts that it is about; none for any. */
export interface AskingRoute {
  kind: string;
  namespace: string;
  hosts: readonly string[];
}

/** Kinds that a listener serves where it does not say (Gateway API, `Listener.protocol`). */
const kindsByProtocol: ReadonlyMap<string, readonly string[]> = new Map([
  ['HTTP', ['HTTPRoute', 'GRPCRoute']],
  ['HTTPS', ['HTTPRoute', 'GRPCRoute']],
  ['TLS', ['TLSRoute', 'TCPRoute']],
  ['TCP', ['TCPRoute']],
  ['UDP', ['UDPRoute']],
]);

/** Gateways of an input, by `namespace/name`. */
export function gatewaysOf(resources: readonly Resource[]): ReadonlyMap<string, Resource> {
  const gateways = resources.filter(({ group, kind }) => group === gatewayGroup && kind === 'Gateway');
  return new Map(gateways.map((each) => [`${effectiveNamespace(each) ?? 'default'}/${each.name}`, each]));
}

/**
 * Ports of the listeners that take a route: those that its reference means and whose `allowedRoutes` and hostname let it
 * attach.
 */
export function listenerPorts(
  gateway: Resource,
  reference: JsonObject,
  route: AskingRoute,
  namespaces: ReadonlyMap<string, Namespace>,
): number[] {
  const { sectionName, port } = reference;
  return mappings(mapping(gateway.object['spec'])['listeners']).flatMap((listener) => {
    if (typeof listener['port'] !== 'number') return [];
    if (typeof sectionName === 'string' && listener['name'] !== sectionName) return [];
    if (typeof port === 'number' && listener['port'] !== port) return [];
    const own = effectiveNamespace(gateway) ?? 'default';
    const isTaken =
      servesKind(listener, route.kind) &&
      servesNamespace(listener, own, route.namespace, namespaces) &&
      servesHosts(listener, route);
    return isTaken ? [listener['port']] : [];
  });
}

function servesKind(listener: JsonObject, kind: string): boolean {
  const asked = mappings(mapping(listener['allowedRoutes'])['kinds']);
  if (asked.length > 0)
    return asked.some((each) => each['kind'] === kind && (each['group'] ?? gatewayGroup) === gatewayGroup);
  // What a protocol of an implementation's own carries is not known.
  return kindsByProtocol.get(text(listener['protocol']))?.includes(kind) ?? true;
}

function servesNamespace(
  listener: JsonObject,
  own: string,
  asking: string,
  namespaces: ReadonlyMap<string, Namespace>,
): boolean {
  const { from, selector } = mapping(mapping(listener['allowedRoutes'])['namespaces']);
  if (from === 'All') return true;
  if (from === 'None') return false;
  if (from !== 'Selector') return own === asking;
  return isSelected(selectorOf(selector ?? {}), namespaces.get(asking)?.labels ?? new Map());
}

function isSelected({ labels, expressions }: ReturnType<typeof selectorOf>, own: Labels): boolean {
  return (
    labels.every(([key, value]) => own.get(key) === value) && expressions.every((each) => holds(each, own))
  );
}

function holds({ key, operator, values }: LabelRequirement, own: Labels): boolean {
  const value = own.get(key);
  switch (operator) {
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
  }
}

/** Where both name hosts, one of the listener's has to be one of the route's (`HTTPRoute.spec.hostnames`). */
function servesHosts(listener: JsonObject, { kind, hosts }: AskingRoute): boolean {
  const own = text(listener['hostname']);
  if (own === '' || hosts.length === 0 || kind === 'TCPRoute' || kind === 'UDPRoute') return true;
  return hosts.some((host) => covers(own, host) || covers(host, own));
}

/** `*.` stands for one or more labels of a name. */
function covers(pattern: string, host: string): boolean {
  const [wide, narrow] = [pattern.toLowerCase(), host.toLowerCase()];
  return wide === narrow || (wide.startsWith('*.') && narrow.endsWith(wide.slice(1)));
}
