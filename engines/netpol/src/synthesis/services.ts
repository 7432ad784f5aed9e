import { isObject, type JsonObject, type JsonValue } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import type { Labels } from '../model/cluster.ts';
import { labelsOf } from '../model/read-cluster.ts';
import { type BackendPort, backendsOf, scrapedPort } from './entry-points.ts';
import { objectsOf } from './workloads.ts';

export interface SynthesisPort {
  name: string;
  protocol: string;
  port: number;
  /** Number or name of the port at the Pods. */
  target: number | string;
  /** True when something in the cluster that is not named, as an ingress controller, connects to it. */
  exposed: boolean;
}

/** A Service in front of Pods. */
export interface SynthesisService {
  resource: Resource;
  /** As written; empty where it is not. */
  namespace: string;
  name: string;
  selector: Labels;
  /** True when hosts outside the cluster may connect. */
  isExternal: boolean;
  ports: readonly SynthesisPort[];
}

/** The Services of objects that have a selector, with what exposes them: their type, and routes of any sort. */
export function servicesOf(resources: readonly Resource[]): SynthesisService[] {
  const backends = Map.groupBy(
    resources.flatMap(backendsOf),
    ({ namespace, name }) => `${namespace}/${name}`,
  );
  return resources.flatMap((resource) => {
    const { group, kind, namespace = '', name, object } = resource;
    if (group !== '' || kind !== 'Service' || !isObject(object['spec'])) return [];
    const { type, selector, ports } = object['spec'];
    const pods = labelsOf(selector);
    if (pods.size === 0 || type === 'ExternalName') return [];
    const scraped = scrapedPort(object['metadata']);
    const exposing = (backends.get(`${namespace}/${name}`) ?? []).map(({ port }) => port);
    const entries = scraped === undefined ? exposing : [...exposing, scraped];
    const isExternal = type === 'LoadBalancer' || type === 'NodePort';
    const read = objectsOf(ports).flatMap((each) => servicePort(each, entries) ?? []);
    return { resource, namespace, name, selector: pods, isExternal, ports: read };
  });
}

function servicePort(value: JsonObject, entries: readonly BackendPort[]): SynthesisPort | undefined {
  const { name = '', port, protocol = 'TCP', targetPort } = value;
  if (typeof port !== 'number' || typeof protocol !== 'string') return undefined;
  const target = isPort(targetPort) ? targetPort : port;
  const isEntry = (entry: BackendPort) =>
    entry === 'all' || entry === port || entry === target || (name !== '' && entry === name);
  return {
    name: String(name),
    protocol,
    port,
    target,
    exposed: entries.some(isEntry),
  };
}

/** An absent targetPort, 0 and the empty name all mean the Service's own port. */
function isPort(value: JsonValue | undefined): value is number | string {
  return (typeof value === 'number' && value > 0) || (typeof value === 'string' && value !== '');
}
