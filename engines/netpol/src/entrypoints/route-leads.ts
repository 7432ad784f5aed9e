import type { JsonObject, JsonValue } from '@keelson/core';
import { effectiveNamespace, type Resource } from '@keelson/kubernetes';
import { mapping, mappings, text } from '../connectivity/fields.ts';
import type { Namespace } from '../model/cluster.ts';
import { protocolNumbers } from '../sets/connections.ts';
import { backendsOf } from '../synthesis/entry-points.ts';
import type { Backend, EntryNote, EntryPointKind, Lead } from './entry-point.ts';
import { gatewayGroup, gatewaysOf, listenerPorts } from './gateways.ts';

const { TCP, UDP } = protocolNumbers;

/** Ingresses and Routes by group and kind. */
const proxied: ReadonlyMap<string, EntryPointKind> = new Map([
  ['networking.k8s.io/Ingress', 'Ingress'],
  ['extensions/Ingress', 'Ingress'],
  ['route.openshift.io/Route', 'Route'],
]);

/** Routes of the Gateway API, with the protocol that they carry. */
const gatewayKinds: ReadonlyMap<string, { kind: EntryPointKind; protocol: number }> = new Map([
  ['HTTPRoute', { kind: 'HTTPRoute', protocol: TCP }],
  ['GRPCRoute', { kind: 'GRPCRoute', protocol: TCP }],
  ['TLSRoute', { kind: 'TLSRoute', protocol: TCP }],
  ['TCPRoute', { kind: 'TCPRoute', protocol: TCP }],
  ['UDPRoute', { kind: 'UDPRoute', protocol: UDP }],
]);

/** What Ingresses, Routes of OpenShift and routes of the Gateway API lead to. */
export function routeLeads(
  resources: readonly Resource[],
  namespaces: ReadonlyMap<string, Namespace>,
): Lead[] {
  const gateways = gatewaysOf(resources);
  const grants = resources.filter(({ group, kind }) => group === gatewayGroup && kind === 'ReferenceGrant');
  return resources.flatMap((resource) => {
    const kind = proxied.get(`${resource.group}/${resource.kind}`);
    if (kind !== undefined) return [proxiedLead(resource, kind)];
    return resource.group === gatewayGroup ? gatewayLead(resource, gateways, grants, namespaces) : [];
  });
}

function proxiedLead(resource: Resource, kind: EntryPointKind): Lead {
  const namespace = effectiveNamespace(resource) ?? 'default';
  const backends = backendsOf(resource).map(({ name, port }): Backend => {
    return { namespace, name, ...(port === 'all' ? {} : { port }), isTarget: kind === 'Route' };
  });
  const own = { kind, namespace, name: resource.name, resource, source: 'ingress-controller' } as const;
  return { ...own, ports: [], gateways: [], backends, protocols: [TCP], notes: [] };
}

function gatewayLead(
  resource: Resource,
  gateways: ReadonlyMap<string, Resource>,
  grants: readonly Resource[],
  namespaces: ReadonlyMap<string, Namespace>,
): Lead[] {
  const known = gatewayKinds.get(resource.kind);
  if (known === undefined) return [];
  const namespace = effectiveNamespace(resource) ?? 'default';
  const spec = mapping(resource.object['spec']);
  // A route of a Service is about traffic within a mesh (GAMMA), and lets nobody in.
  const parents = mappings(spec['parentRefs']).filter(
    ({ group = gatewayGroup, kind = 'Gateway' }) => group === gatewayGroup && kind === 'Gateway',
  );
  if (parents.length === 0) return [];
  const route = { kind: known.kind, namespace, hosts: textsOf(spec['hostnames']) };
  const notes: EntryNote[] = [];
  const serving = new Map<string, readonly number[]>();
  for (const parent of parents) {
    const name = `${text(parent['namespace']) || namespace}/${text(parent['name'])}`;
    const gateway = gateways.get(name);
    const ports = gateway === undefined ? [] : listenerPorts(gateway, parent, route, namespaces);
    if (gateway === undefined) notes.push(noGateway(name));
    else if (ports.length === 0) notes.push(notAttached(name));
    if (gateway === undefined || ports.length > 0)
      serving.set(name, [...(serving.get(name) ?? []), ...ports]);
  }
  const backends = serving.size === 0 ? [] : grantedBackends(resource, namespace, grants, notes);
  const ports = [...new Set([...serving.values()].flat())].sort((a, b) => a - b);
  const own = { kind: known.kind, namespace, name: resource.name, resource } as const;
  const rest = { ports, gateways: [...serving.keys()], backends, protocols: [known.protocol], notes };
  return [{ ...own, source: 'ingress-controller', ...rest }];
}

/** Services of all rules, and those that requests are mirrored to; a weight of 0 sends nothing. */
function grantedBackends(
  resource: Resource,
  namespace: string,
  grants: readonly Resource[],
  notes: EntryNote[],
): Backend[] {
  const rules = mappings(mapping(resource.object['spec'])['rules']);
  const references = rules.flatMap((rule) => {
    const sent = mappings(rule['backendRefs']).filter(({ weight }) => weight !== 0);
    const filters = [rule, ...sent].flatMap((each) => mappings(each['filters']));
    return [...sent, ...filters.map(({ requestMirror }) => mapping(mapping(requestMirror)['backendRef']))];
  });
  return references.flatMap(({ group = '', kind = 'Service', name, namespace: other, port }): Backend[] => {
    if (group !== '' || kind !== 'Service' || typeof name !== 'string' || typeof port !== 'number') return [];
    const to = text(other) || namespace;
    if (to === namespace || grants.some((grant) => allows(grant, resource.kind, namespace, to, name)))
      return [{ namespace: to, name, port }];
    notes.push(notGranted(`${to}/${name}`));
    return [];
  });
}

/** A ReferenceGrant stands in the namespace that it opens. */
function allows(grant: Resource, routeKind: string, from: string, to: string, service: string): boolean {
  if ((effectiveNamespace(grant) ?? 'default') !== to) return false;
  const spec = mapping(grant.object['spec']);
  const isFrom = ({ group, kind, namespace }: JsonObject) =>
    group === gatewayGroup && kind === routeKind && namespace === from;
  const isTo = ({ group = '', kind, name }: JsonObject) =>
    group === '' && kind === 'Service' && (name === undefined || name === '' || name === service);
  return mappings(spec['from']).some(isFrom) && mappings(spec['to']).some(isTo);
}

function textsOf(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function noGateway(name: string): EntryNote {
  const message = `the input does not have the Gateway ${name}: it is taken to serve the route`;
  return { code: 'no-gateway', message };
}

function notAttached(name: string): EntryNote {
  return { code: 'not-attached', message: `no listener of the Gateway ${name} takes the route` };
}

function notGranted(service: string): EntryNote {
  const message = `no ReferenceGrant lets the route lead to the Service ${service} of another namespace`;
  return { code: 'not-granted', message };
}
