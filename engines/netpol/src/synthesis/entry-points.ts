import { isObject, type JsonObject, type JsonValue } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { objectsOf } from './workloads.ts';

/** A port of a Service by number or name; all of them where none is said. */
export type BackendPort = number | string | 'all';

/** A Service that a route leads to. */
export interface RouteBackend {
  namespace: string;
  name: string;
  port: BackendPort;
}

type Reader = (spec: JsonObject, namespace: string) => RouteBackend[];

/** By group and kind, what finds the Services behind a route. */
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['networking.k8s.io/Ingress', ingressBackends],
  ['extensions/Ingress', ingressBackends],
  ['route.openshift.io/Route', openShiftBackends],
  ['gateway.networking.k8s.io/HTTPRoute', gatewayBackends],
  ['gateway.networking.k8s.io/GRPCRoute', gatewayBackends],
  ['gateway.networking.k8s.io/TLSRoute', gatewayBackends],
  ['gateway.networking.k8s.io/TCPRoute', gatewayBackends],
  ['gateway.networking.k8s.io/UDPRoute', gatewayBackends],
]);

/** The Services that an object leads traffic to, where it is a route of a known kind. */
export function backendsOf({ group, kind, namespace = '', object }: Resource): RouteBackend[] {
  const { spec } = object;
  return isObject(spec) ? (readers.get(`${group}/${kind}`)?.(spec, namespace) ?? []) : [];
}

function ingressBackends(spec: JsonObject, namespace: string): RouteBackend[] {
  const paths = objectsOf(spec['rules']).flatMap(({ http }) =>
    isObject(http) ? objectsOf(http['paths']) : [],
  );
  const backends = [spec['defaultBackend'] ?? spec['backend'], ...paths.map(({ backend }) => backend)];
  return backends.flatMap((backend) => {
    if (!isObject(backend)) return [];
    const { service, serviceName, servicePort } = backend;
    if (typeof serviceName === 'string') return [{ namespace, name: serviceName, port: portOf(servicePort) }];
    if (!isObject(service) || typeof service['name'] !== 'string') return [];
    const { name, port } = service;
    return [{ namespace, name, port: isObject(port) ? portOf(port['number'] ?? port['name']) : 'all' }];
  });
}

/** Routes name the port of the Pods or of the Service. */
function openShiftBackends(spec: JsonObject, namespace: string): RouteBackend[] {
  const { to, port } = spec;
  const target = isObject(port) ? portOf(port['targetPort']) : 'all';
  return [to, ...objectsOf(spec['alternateBackends'])].flatMap((backend) => {
    const name = isObject(backend) ? backend['name'] : undefined;
    return typeof name === 'string' ? [{ namespace, name, port: target }] : [];
  });
}

function gatewayBackends(spec: JsonObject, namespace: string): RouteBackend[] {
  const references = objectsOf(spec['rules']).flatMap((rule) => objectsOf(rule['backendRefs']));
  return references.flatMap(({ kind = 'Service', name, namespace: other, port }) => {
    if (kind !== 'Service' || typeof name !== 'string' || typeof port !== 'number') return [];
    return [{ namespace: typeof other === 'string' ? other : namespace, name, port }];
  });
}

function portOf(value: JsonValue | undefined): BackendPort {
  return typeof value === 'number' || (typeof value === 'string' && value !== '') ? value : 'all';
}

const defaultScrapedPort = 9090;

/** The port that annotations of a Service offer to Prometheus. */
export function scrapedPort(metadata: JsonValue | undefined): number | string | undefined {
  const annotations = isObject(metadata) ? metadata['annotations'] : undefined;
  const own = Object.entries(isObject(annotations) ? annotations : {}).filter(([key]) =>
    key.includes('prometheus'),
  );
  if (!own.some(([key, value]) => key.endsWith('/scrape') && value === 'true')) return undefined;
  const port = own.find(([key]) => key.endsWith('/port'))?.[1];
  if (typeof port !== 'string') return defaultScrapedPort;
  return /^\d+$/.test(port) ? Number(port) : port;
}
