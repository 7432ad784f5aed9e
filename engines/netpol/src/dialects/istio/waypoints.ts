import { isObject } from '@keelson/core';
import { effectiveNamespace, type Resource } from '@keelson/kubernetes';
import type { Labels } from '../../model/cluster.ts';
import { allOf, anyOf, type EndpointMatcher, hasLabel, inNamespace, noneOf } from '../../model/matcher.ts';
import { labelsOf, ownLabels } from '../../model/read-cluster.ts';
import type { Objects } from '../objects.ts';
import { ambient } from './mesh.ts';
import { type ServiceTarget, servicesOf } from './services.ts';

/** A proxy that stands before Services or workloads and sees their requests, and the identity that it has towards them. */
export interface Waypoint {
  namespace: string;
  name: string;
  serviceAccount: string;
  servesServices: boolean;
  servesWorkloads: boolean;
}

const use = 'istio.io/use-waypoint';
const useNamespace = 'istio.io/use-waypoint-namespace';

/** Whether a Gateway of the Gateway API is a waypoint. */
export function isWaypoint({ object }: Resource): boolean {
  const { spec } = object;
  return isObject(spec) && spec['gatewayClassName'] === 'istio-waypoint';
}

/** A waypoint by name; one that the input does not have is taken to be as Istio makes it. */
export function waypointNamed(name: string, namespace: string, objects: Objects): Waypoint {
  const gateway = objects.find('gateway.networking.k8s.io', 'Gateway', name, namespace);
  const { metadata } = gateway?.object ?? {};
  const annotations = labelsOf(isObject(metadata) ? metadata['annotations'] : undefined);
  const serves = (gateway && ownLabels(gateway).get('istio.io/waypoint-for')) ?? 'service';
  return {
    namespace,
    name,
    serviceAccount: annotations.get('gateway.istio.io/service-account') ?? name,
    servesServices: serves === 'service' || serves === 'all',
    servesWorkloads: serves === 'workload' || serves === 'all',
  };
}

/** The waypoint that a Service is asked through: what its own label says before that of its namespace ("Configure a service to use a waypoint"). */
export function waypointOfService(service: Resource, objects: Objects): Waypoint | undefined {
  const namespace = effectiveNamespace(service) ?? 'default';
  const around = objects.find('', 'Namespace', namespace);
  const own = [ownLabels(service), ...(around === undefined ? [] : [ownLabels(around)])];
  const labels = own.find((each) => each.has(use));
  const waypoint = labels && waypointAmong(labels, namespace, objects);
  return waypoint?.servesServices === true ? waypoint : undefined;
}

function waypointAmong(labels: Labels, namespace: string, objects: Objects): Waypoint | undefined {
  const name = labels.get(use);
  if (name === undefined || name === 'none') return undefined;
  return waypointNamed(name, labels.get(useNamespace) ?? namespace, objects);
}

/** What a waypoint stands before: what is behind its Services, and workloads that are asked through it themselves. */
export function servedBy(waypoint: Waypoint, objects: Objects): EndpointMatcher {
  const behind = servicesOf(objects).filter(({ resource }) =>
    isSame(waypointOfService(resource, objects), waypoint),
  );
  return anyOf(...behind.map(({ workloads }) => workloads), ...ownOf(waypoint));
}

/** Workloads that their label, or else that of their namespace, sends through a waypoint. */
function ownOf(waypoint: Waypoint): EndpointMatcher[] {
  if (!waypoint.servesWorkloads) return [];
  const labelled = (owner: 'pod' | 'namespace') =>
    allOf(
      hasLabel(owner, use, waypoint.name),
      anyOf(
        hasLabel(owner, useNamespace, waypoint.namespace),
        allOf(noneOf(hasLabel(owner, useNamespace)), inNamespace(waypoint.namespace)),
      ),
    );
  return [anyOf(labelled('pod'), allOf(labelled('namespace'), noneOf(hasLabel('pod', use))))];
}

function isSame(a: Waypoint | undefined, b: Waypoint): boolean {
  return a?.name === b.name && a.namespace === b.namespace;
}

/** Workloads of the node's proxy that are asked through a waypoint, whatever way leads to them. */
export interface Captured {
  waypoint: Waypoint;
  workloads: EndpointMatcher;
  /** Where they are; undefined where that may be anywhere. */
  namespaces: ReadonlySet<string> | undefined;
}

const known = new WeakMap<Objects, readonly Captured[]>();

/**
 * Workloads whose Services all have the same waypoint, and those without a Service that a waypoint for workloads serves. Connections to
 * what Services stand before are taken to go to the Services.
 */
export function capturedBy(objects: Objects): readonly Captured[] {
  let captured = known.get(objects);
  if (captured === undefined) {
    captured = capture(objects);
    known.set(objects, captured);
  }
  return captured;
}

function capture(objects: Objects): Captured[] {
  const services = servicesOf(objects).map((service) => ({
    service,
    waypoint: waypointOfService(service.resource, objects),
  }));
  const gateways = objects.of('gateway.networking.k8s.io', 'Gateway').filter(isWaypoint);
  const all = [
    ...services.flatMap(({ waypoint }) => waypoint ?? []),
    ...gateways.map((each) => waypointNamed(each.name, effectiveNamespace(each) ?? 'default', objects)),
  ];
  const waypoints = new Map(all.map((each) => [`${each.namespace}/${each.name}`, each]));
  const behind = (some: readonly { service: ServiceTarget }[]) =>
    anyOf(...some.map(({ service }) => service.workloads));
  return [...waypoints.values()].map((waypoint): Captured => {
    const own = services.filter((each) => isSame(each.waypoint, waypoint));
    const others = services.filter((each) => !isSame(each.waypoint, waypoint));
    const workloads = anyOf(
      allOf(behind(own), noneOf(behind(others))),
      allOf(anyOf(...ownOf(waypoint)), noneOf(behind(services))),
    );
    const namespaces = waypoint.servesWorkloads
      ? undefined
      : new Set(own.map(({ service }) => service.namespace));
    return { waypoint, workloads: allOf(ambient, workloads), namespaces };
  });
}
