import type { JsonObject, Path } from '@keelson/core';
import {
  allEndpoints,
  allOf,
  anyOf,
  type EndpointMatcher,
  hasLabel,
  inNamespace,
  noEndpoints,
} from '../../model/matcher.ts';
import { FieldFault, mappingAt, mappingsAt, onlyFields, textAt } from '../fields.ts';
import { matchLabels } from '../label-selector.ts';
import type { IstioContext } from './context.ts';
import { serviceWorkloads } from './services.ts';
import { isWaypoint, servedBy, waypointNamed, waypointOfService } from './waypoints.ts';

/** Who a policy is about. */
export interface Workloads {
  matcher: EndpointMatcher;
  /**
   * What enforces the policy: the proxy of each workload, which for those of the node's proxy sees no requests, or a proxy that the
   * policy targets and that does.
   */
  proxy: 'own' | 'gateway' | 'waypoint';
  /** True for a policy of its whole namespace or mesh. */
  isAll: boolean;
}

/** Workloads of an object's namespace, or of all namespaces for one of the root namespace, by `selector` or `targetRefs`. */
export function workloadsOf(
  spec: JsonObject,
  path: Path,
  context: IstioContext,
  field = 'selector',
): Workloads {
  const targets = targetsOf(spec, path);
  const where = context.isRoot ? allEndpoints : inNamespace(context.namespace);
  if (targets.length > 0) {
    if (spec[field] !== undefined) throw new FieldFault(path, `has both ${field} and targetRefs`);
    const found = targets.map((target) => targetWorkloads(target.value, target.path, context));
    const matcher = allOf(context.inMesh, anyOf(...found.map(({ workloads }) => workloads)));
    // Targets of both sorts would be two policies; Istio's own examples have those of one.
    const proxy = found.some(({ isGateway }) => isGateway) ? 'gateway' : 'waypoint';
    return { matcher, proxy, isAll: false };
  }
  const labelsField = field === 'selector' ? 'matchLabels' : 'labels';
  const selectorPath = [...path, field];
  const selector = mappingAt(spec[field], selectorPath);
  if (selector === undefined) return { matcher: allOf(context.inMesh, where), proxy: 'own', isAll: true };
  onlyFields(selector, [labelsField], selectorPath);
  const labels = matchLabels('pod', selector[labelsField], [...selectorPath, labelsField]);
  const selected = context.chosen(selectorPath, 'pod', allOf(where, ...labels), labels.length === 0);
  return { matcher: allOf(context.inMesh, selected), proxy: 'own', isAll: labels.length === 0 };
}

function targetsOf(spec: JsonObject, path: Path): { value: JsonObject; path: Path }[] {
  const single = mappingAt(spec['targetRef'], [...path, 'targetRef']);
  const several = mappingsAt(spec['targetRefs'], [...path, 'targetRefs']) ?? [];
  return [...(single === undefined ? [] : [{ value: single, path: [...path, 'targetRef'] }]), ...several];
}

/** The workloads that a target means. */
interface Target {
  workloads: EndpointMatcher;
  /** True for the Pods of a gateway, whose own proxy enforces the policy. */
  isGateway: boolean;
}

function behindWaypoint(workloads: EndpointMatcher): Target {
  return { workloads, isGateway: false };
}

/** What stands behind a Service, the Pods of a gateway, or what a waypoint serves. */
function targetWorkloads(target: JsonObject, path: Path, context: IstioContext): Target {
  onlyFields(target, ['group', 'kind', 'name', 'namespace', 'sectionName'], path);
  const kind = textAt(target['kind'], [...path, 'kind']);
  const name = textAt(target['name'], [...path, 'name']);
  if (kind === undefined || name === undefined) throw new FieldFault(path, 'needs kind and name');
  if (kind === 'Service') {
    const service = context.objects.find('', 'Service', name, context.namespace);
    if (service !== undefined && waypointOfService(service, context.objects) !== undefined)
      return behindWaypoint(serviceWorkloads(name, context.namespace, context.objects) ?? noEndpoints);
    context.warn(path, 'is a Service without a waypoint, so nothing enforces the policy');
    return behindWaypoint(noEndpoints);
  }
  if (kind === 'Gateway') {
    const gateway = context.objects.find('gateway.networking.k8s.io', 'Gateway', name, context.namespace);
    if (gateway !== undefined && isWaypoint(gateway))
      return behindWaypoint(
        servedBy(waypointNamed(name, context.namespace, context.objects), context.objects),
      );
    const ofGateway = hasLabel('pod', 'gateway.networking.k8s.io/gateway-name', name);
    return { workloads: allOf(inNamespace(context.namespace), ofGateway), isGateway: true };
  }
  context.warn(path, `is a ${kind}, which the input does not tell workloads of: it is about none here`);
  return behindWaypoint(noEndpoints);
}
