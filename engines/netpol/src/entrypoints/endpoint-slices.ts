import { isObject } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { mapping, mappings, text } from '../connectivity/fields.ts';

/** What EndpointSlices say stands behind a Service that has no selector. */
export interface Backing {
  /** Names of Pods. */
  pods: ReadonlySet<string>;
  addresses: ReadonlySet<string>;
  /** Ports of those by name; the one of a Service with a single port has none. */
  ports: ReadonlyMap<string, number>;
}

const serviceLabel = 'kubernetes.io/service-name';

/** By `namespace/name` of the Service ("EndpointSlices": Services without selectors). */
export function backingsOf(resources: readonly Resource[]): Map<string, Backing> {
  const slices = resources.filter(
    ({ group, kind }) => group === 'discovery.k8s.io' && kind === 'EndpointSlice',
  );
  const byService = Map.groupBy(slices, ({ object, namespace = 'default' }) => {
    const labels = mapping(mapping(object['metadata'])['labels']);
    return `${namespace}/${text(labels[serviceLabel])}`;
  });
  return new Map([...byService].map(([service, all]) => [service, backingOf(all)]));
}

function backingOf(slices: readonly Resource[]): Backing {
  const endpoints = slices.flatMap(({ object }) => mappings(object['endpoints']));
  const pods = endpoints.flatMap(({ targetRef }) =>
    isObject(targetRef) && targetRef['kind'] === 'Pod' ? [text(targetRef['name'])] : [],
  );
  const addresses = endpoints.flatMap((each) => (Array.isArray(each['addresses']) ? each['addresses'] : []));
  const ports = slices.flatMap(({ object }) =>
    mappings(object['ports']).flatMap(({ name, port }) =>
      typeof port === 'number' ? [[text(name), port] as const] : [],
    ),
  );
  return { pods: new Set(pods), addresses: new Set(addresses.map(String)), ports: new Map(ports) };
}
