import { isObject, type JsonObject, type JsonValue, type Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import {
  Connections,
  type Endpoint,
  type EndpointMatcher,
  type Policy,
  protocolNumber,
  type Rule,
  type SetId,
} from '@keelson/netpol';
import type { Topology } from './nca-topology.ts';
import { patternsOf } from './nca-words.ts';
import { recordsOf } from './netpol-inputs.ts';

/** Where a path leads: Pods, by a port that is a number or a name of theirs. */
interface Backend {
  matcher: EndpointMatcher;
  port: JsonValue;
}

interface ReadPath {
  text: string;
  isExact: boolean;
  backend: Backend;
}

/**
 * What the suite's owners make of an Ingress: a policy of the Pods behind a Service that has `ingress-nginx` in its name,
 * which may send on to the backends only.
 */
export function ingressPolicies(
  objects: readonly Resource[],
  around: readonly Resource[],
  topology: Topology,
  connections: Connections,
): Policy[] {
  const services = around.filter(({ kind }) => kind === 'Service');
  const controllers = services.filter(({ name, namespace }) =>
    `${namespace}/${name}`.includes('ingress-nginx'),
  );
  return objects
    .filter(({ kind, group }) => kind === 'Ingress' && group === 'networking.k8s.io')
    .map((resource) => ({
      kind: resource.kind,
      namespace: resource.namespace ?? 'default',
      name: resource.name,
      tier: { plane: 'gateway', order: 0, name: 'ingress' },
      order: 0,
      sortName: resource.name,
      subject: behind(controllers, topology),
      isolates: { ingress: false, egress: true },
      rules: new IngressReader(resource, services, topology, connections).rules(),
      resource,
    }));
}

function controllersAmong(around: readonly Resource[]): Resource[] {
  return around.filter(
    ({ kind, name, namespace }) => kind === 'Service' && `${namespace}/${name}`.includes('ingress-nginx'),
  );
}

/** True when a Service of a controller has Pods behind it. */
export function hasController(around: readonly Resource[], { cluster }: Topology): boolean {
  const controllers = controllersAmong(around);
  return cluster.endpoints.some((endpoint) => isBehind(controllers, endpoint));
}

function isBehind(services: readonly Resource[], endpoint: Endpoint): boolean {
  return services.some(({ object, namespace = 'default' }) => {
    const spec = object['spec'];
    const selector = isObject(spec) ? spec['selector'] : undefined;
    return (
      isObject(selector) &&
      Object.keys(selector).length > 0 &&
      endpoint.namespace === namespace &&
      Object.entries(selector).every(([key, value]) => endpoint.labels.get(key) === value)
    );
  });
}

/** The Pods behind Services. */
function behind(services: readonly Resource[], { cluster }: Topology): EndpointMatcher {
  const names = services.map(({ namespace, name }) => `${namespace}/${name}`);
  return {
    key: `behind ${JSON.stringify(names)}`,
    select: ({ none }) => {
      const found = none.or(none);
      cluster.endpoints.forEach((endpoint, i) => {
        if (isBehind(services, endpoint)) found.add(i);
      });
      return found;
    },
  };
}

/** How often the suite's owners warn of a configuration's Ingresses: of backends that lead nowhere. */
export function ingressWarnings(
  objects: readonly Resource[],
  around: readonly Resource[],
  topology: Topology,
): number {
  const services = around.filter(({ kind }) => kind === 'Service');
  const connections = new Connections();
  return objects
    .filter(({ kind, group }) => kind === 'Ingress' && group === 'networking.k8s.io')
    .reduce((all, each) => all + new IngressReader(each, services, topology, connections).lost(), 0);
}

class IngressReader {
  readonly #resource: Resource;
  readonly #services: readonly Resource[];
  readonly #topology: Topology;
  readonly #connections: Connections;

  constructor(
    resource: Resource,
    services: readonly Resource[],
    topology: Topology,
    connections: Connections,
  ) {
    this.#resource = resource;
    this.#services = services;
    this.#topology = topology;
    this.#connections = connections;
  }

  rules(): Rule[] {
    const spec = this.#resource.object['spec'];
    if (!isObject(spec)) return [];
    const fallback = this.#backend(spec['defaultBackend']);
    const connections = this.#connections;
    let left: SetId = connections.of([[0, 255]]);
    const rules = recordsOf(spec['rules']).flatMap((rule, i) => {
      const host = typeof rule['host'] === 'string' ? rule['host'] : '*';
      const ofHost = connections.ofRequests({ hosts: patternsOf(host) });
      left = connections.difference(left, ofHost);
      return this.#hostRules(rule, ofHost, fallback, ['spec', 'rules', i]);
    });
    if (fallback !== undefined) rules.push(this.#rule(fallback, left, ['spec', 'defaultBackend']));
    return rules;
  }

  /** Backends whose Service, or whose port of it, is not there. */
  lost(): number {
    const spec = this.#resource.object['spec'];
    if (!isObject(spec)) return 0;
    const paths = recordsOf(spec['rules']).flatMap(({ http }) =>
      recordsOf(isObject(http) ? http['paths'] : undefined),
    );
    const backends = [spec['defaultBackend'], ...paths.map(({ backend }) => backend)];
    return backends.filter((backend) => isObject(backend) && this.#backend(backend) === undefined).length;
  }

  #hostRules(rule: JsonObject, ofHost: SetId, fallback: Backend | undefined, path: Path): Rule[] {
    const connections = this.#connections;
    const http = rule['http'];
    const paths = recordsOf(isObject(http) ? http['paths'] : undefined).flatMap(
      (each) => this.#path(each, fallback) ?? [],
    );
    let left = ofHost;
    const rules = paths.map((each) => {
      const longer = paths.filter((other) => other !== each && other.text.startsWith(each.text));
      const own = longer.reduce(
        (set, other) => (each.isExact ? set : connections.difference(set, this.#requests(other))),
        this.#requests(each),
      );
      left = connections.difference(left, this.#requests(each));
      return this.#rule(each.backend, connections.intersection(ofHost, own), path);
    });
    return fallback === undefined ? rules : [...rules, this.#rule(fallback, left, path)];
  }

  #path(value: JsonObject, fallback: Backend | undefined): ReadPath | undefined {
    const backend = value['backend'] === undefined ? fallback : this.#backend(value['backend']);
    if (backend === undefined) return undefined;
    const isExact = value['pathType'] === 'Exact';
    const text = String(value['path'] ?? '/');
    return { text: isExact ? text : text.replace(/\/$/, ''), isExact, backend };
  }

  #requests({ text, isExact }: ReadPath): SetId {
    const paths = isExact ? patternsOf(text) : patternsOf(text === '' ? '*' : `${text}(/*)?`);
    return this.#connections.ofRequests({ paths });
  }

  #backend(value: JsonValue | undefined): Backend | undefined {
    const service = isObject(value) ? value['service'] : undefined;
    if (!isObject(service)) return undefined;
    const port = isObject(service['port']) ? service['port'] : {};
    const found = this.#services.find(
      ({ name, namespace = 'default' }) =>
        name === service['name'] && namespace === (this.#resource.namespace ?? 'default'),
    );
    const spec = found?.object['spec'];
    const listed = recordsOf(isObject(spec) ? spec['ports'] : undefined).find((each) =>
      port['name'] === undefined ? each['port'] === port['number'] : each['name'] === port['name'],
    );
    if (found === undefined || listed === undefined) return undefined;
    return {
      matcher: behind([found], this.#topology),
      port: listed['targetPort'] ?? listed['port'] ?? null,
    };
  }

  #rule({ matcher, port }: Backend, requests: SetId, path: Path): Rule {
    const connections = this.#connections;
    const tcp = protocolNumber('TCP') ?? 0;
    const within = connections.intersection(requests, connections.of([tcp]));
    const fixed = typeof port === 'number' ? connections.of([tcp], [[port, port]]) : connections.of([]);
    return {
      direction: 'egress',
      verdict: 'allow',
      peers: [{ type: 'endpoints', matcher }],
      connections: {
        fixed,
        named: typeof port === 'string' ? [{ name: port, protocol: tcp }] : [],
        within,
      },
      path,
    };
  }
}
