import { isObject, type JsonObject } from '@keelson/core';
import { effectiveNamespace, type Resource } from '@keelson/kubernetes';
import { allOf, type EndpointMatcher, inNamespace } from '../../model/matcher.ts';
import type { ConnectionMatch } from '../../model/policy.ts';
import { type Connections, protocolNumbers } from '../../sets/connections.ts';
import { matchLabels } from '../label-selector.ts';
import type { Objects } from '../objects.ts';
import { clusterDomain } from './mesh.ts';

/** A Service with what stands behind it. */
export interface ServiceTarget {
  resource: Resource;
  namespace: string;
  /** The full name that the mesh knows it by. */
  host: string;
  spec: JsonObject;
  workloads: EndpointMatcher;
}

const known = new WeakMap<Objects, readonly ServiceTarget[]>();

/** The Services that choose Pods, worked out once for an input. */
export function servicesOf(objects: Objects): readonly ServiceTarget[] {
  let services = known.get(objects);
  if (services === undefined) {
    services = objects.of('', 'Service').flatMap(serviceTarget);
    known.set(objects, services);
  }
  return services;
}

function serviceTarget(resource: Resource): ServiceTarget[] {
  const { spec } = resource.object;
  if (!isObject(spec) || !isObject(spec['selector']) || Object.keys(spec['selector']).length === 0) return [];
  const namespace = effectiveNamespace(resource) ?? 'default';
  const labels = matchLabels('pod', textsOf(spec['selector']), ['spec', 'selector']);
  const host = `${resource.name}.${namespace}.svc.${clusterDomain}`;
  return [{ resource, namespace, host, spec, workloads: allOf(inNamespace(namespace), ...labels) }];
}

/** The ports of workloads that ports of a Service lead to, all of TCP. */
export function portTargets(ports: readonly JsonObject[], connections: Connections): ConnectionMatch {
  const { TCP } = protocolNumbers;
  const targets = ports.map((each) => each['targetPort'] ?? each['port']);
  const numbers = targets.filter((target) => typeof target === 'number');
  const names = targets.filter((target) => typeof target === 'string');
  return {
    fixed: connections.of(
      [TCP],
      numbers.map((number) => [number, number] as const),
    ),
    named: names.map((name) => ({ name, protocol: TCP })),
  };
}

/** What stands behind a Service by name; undefined where the input does not have it. */
export function serviceWorkloads(
  name: string,
  namespace: string,
  objects: Objects,
): EndpointMatcher | undefined {
  return servicesOf(objects).find((each) => each.resource.name === name && each.namespace === namespace)
    ?.workloads;
}

/** Only the texts of a mapping: a selector that an API server would refuse chooses by the rest of it. */
function textsOf(mapping: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(mapping).filter(([, value]) => typeof value === 'string'));
}
