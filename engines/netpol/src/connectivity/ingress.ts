import { isObject, type JsonObject, type JsonValue } from '@keelson/core';
import { effectiveNamespace, podTemplate, type Resource } from '@keelson/kubernetes';
import type { Cluster, Endpoint } from '../model/cluster.ts';
import { type Connections, noConnections, protocolNumbers, type SetId } from '../sets/connections.ts';
import { mapping, mappings } from './fields.ts';
import type { Workload } from './workloads.ts';

/** What an Ingress or a Route brings from outside to a workload, through one Service. */
export interface IngressRule {
  kind: 'Ingress' | 'Route';
  /** `namespace/name` of the object. */
  name: string;
  service: string;
  connections: SetId;
}

type PortRef = string | number | undefined;

interface Backend {
  kind: IngressRule['kind'];
  name: string;
  namespace: string;
  service: string;
  port: PortRef;
}

interface ServicePort {
  name: PortRef;
  port: PortRef;
  target: PortRef;
}

interface Service {
  namespace: string;
  name: string;
  selector: JsonObject;
  ports: readonly ServicePort[];
}

/**
 * What Ingresses (networking.k8s.io/v1) and Routes (route.openshift.io/v1) let in, by workload; undefined where the input has
 * no Service with Pods behind it, or none of the two.
 */
export function ingressRules(
  resources: readonly Resource[],
  cluster: Cluster,
  workloads: readonly Workload[],
  connections: Connections,
): ReadonlyMap<Workload, readonly IngressRule[]> | undefined {
  const backends = resources.flatMap(backendsOf);
  if (backends.length === 0) return undefined;
  const byNamespace = Map.groupBy(workloads, ({ peer }) => peer.namespace);
  const services = resources.flatMap(serviceOf).map((service) => {
    const near = byNamespace.get(service.namespace) ?? [];
    return { service, behind: workloadsBehind(service, near, cluster) };
  });
  const byName = new Map(
    services
      .filter(({ behind }) => behind.length > 0)
      .map((each) => [`${each.service.namespace}/${each.service.name}`, each]),
  );
  if (byName.size === 0) return undefined;
  const rules = new Map<Workload, IngressRule[]>();
  for (const { kind, name, namespace, service: serviceName, port } of backends) {
    const found = byName.get(`${namespace}/${serviceName}`);
    if (found === undefined) continue;
    for (const workload of found.behind) {
      const endpoints = workload.members.flatMap((member) => cluster.endpoints[member] ?? []);
      const targets = targetsOf(found.service.ports, port);
      const set = endpoints
        .map((endpoint) => reached(endpoint, targets, connections))
        .reduce((all, one) => connections.union(all, one), noConnections as SetId);
      const known = rules.get(workload) ?? [];
      rules.set(workload, [...known, { kind, name, service: serviceName, connections: set }]);
    }
  }
  return rules;
}

function workloadsBehind(
  { selector }: Service,
  workloads: readonly Workload[],
  { endpoints }: Cluster,
): readonly Workload[] {
  const asked = Object.entries(selector);
  const isChosen = (member: number) =>
    asked.every(([key, value]) => endpoints[member]?.labels.get(key) === value);
  return workloads.filter(({ members }) => members.some(isChosen));
}

/** Ports of the Pods that a backend's port leads to: all of the Service's where it names none. */
function targetsOf(ports: readonly ServicePort[], wanted: PortRef): PortRef[] {
  const targetOf = ({ port, target }: ServicePort) => target ?? port;
  if (wanted === undefined) return ports.map(targetOf);
  const found = ports.find(
    ({ name, port, target }) => name === wanted || port === wanted || target === wanted,
  );
  return found === undefined ? [] : [targetOf(found)];
}

/** Connections to the targets that the Pod declares; a virtual machine declares none and takes them all. */
function reached(endpoint: Endpoint, targets: readonly PortRef[], connections: Connections): SetId {
  const declared = declaredPorts(endpoint);
  const numbers = targets.flatMap((target) => {
    if (declared === undefined) return typeof target === 'number' ? [target] : [];
    const found = declared.find(({ name, port }) => (typeof target === 'string' ? name : port) === target);
    return found === undefined ? [] : [found.port];
  });
  return connections.of(
    [protocolNumbers.TCP],
    numbers.map((number) => [number, number]),
  );
}

function declaredPorts({ resource }: Endpoint): { name: PortRef; port: number }[] | undefined {
  const template = resource === undefined ? undefined : podTemplate(resource);
  return template?.containers.flatMap(({ container }) =>
    mappings(container['ports']).flatMap(({ name, containerPort, protocol = 'TCP' }) => {
      if (protocol !== 'TCP' || typeof containerPort !== 'number') return [];
      return [{ name: portRef(name), port: containerPort }];
    }),
  );
}

function serviceOf(resource: Resource): Service[] {
  if (resource.group !== '' || resource.kind !== 'Service') return [];
  const spec = mapping(resource.object['spec']);
  const selector = spec['selector'];
  // Without a selector somebody else says what stands behind the Service.
  if (!isObject(selector)) return [];
  const ports = mappings(spec['ports']).map(({ name, port, targetPort }) => {
    return { name: portRef(name), port: portRef(port), target: portRef(targetPort) };
  });
  return [{ namespace: effectiveNamespace(resource) ?? 'default', name: resource.name, selector, ports }];
}

function backendsOf(resource: Resource): Backend[] {
  const { group, kind } = resource;
  if (group === 'route.openshift.io' && kind === 'Route') return routeBackends(resource);
  if (group === 'networking.k8s.io' && kind === 'Ingress') return ingressBackends(resource);
  return [];
}

function ingressBackends(resource: Resource): Backend[] {
  const spec = mapping(resource.object['spec']);
  const paths = mappings(spec['rules']).flatMap((rule) => mappings(mapping(rule['http'])['paths']));
  return [spec['defaultBackend'], ...paths.map((path) => path['backend'])].flatMap((backend) => {
    const { name, port } = mapping(mapping(backend)['service']);
    if (typeof name !== 'string') return [];
    const { name: portName, number } = mapping(port);
    return [backendOf(resource, 'Ingress', name, portRef(portName) ?? portRef(number))];
  });
}

function routeBackends(resource: Resource): Backend[] {
  const spec = mapping(resource.object['spec']);
  const port = portRef(mapping(spec['port'])['targetPort']);
  return [mapping(spec['to']), ...mappings(spec['alternateBackends'])].flatMap(({ kind, name }) => {
    if ((kind !== undefined && kind !== '' && kind !== 'Service') || typeof name !== 'string') return [];
    return [backendOf(resource, 'Route', name, port)];
  });
}

function backendOf(resource: Resource, kind: Backend['kind'], service: string, port: PortRef): Backend {
  const namespace = effectiveNamespace(resource) ?? 'default';
  return { kind, namespace, name: `${namespace}/${resource.name}`, service, port };
}

function portRef(value: JsonValue | undefined): PortRef {
  return typeof value === 'number' || (typeof value === 'string' && value !== '') ? value : undefined;
}
