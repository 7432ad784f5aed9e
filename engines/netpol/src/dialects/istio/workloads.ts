import type { JsonObject, JsonValue, Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import {
  allEndpoints,
  allOf,
  anyOf,
  type EndpointMatcher,
  hasLabel,
  inNamespace,
  noEndpoints,
} from '../../model/matcher.ts';
import { ownLabels } from '../../model/read-cluster.ts';
import { FieldFault, mappingAt, mappingsAt, onlyFields, textAt } from '../fields.ts';
import { matchLabels } from '../label-selector.ts';
import type { IstioContext } from './context.ts';
import { ambient } from './mesh.ts';
import { serviceWorkloads } from './services.ts';

/** Who a policy is about. */
export interface Workloads {
  matcher: EndpointMatcher;
  /** True where a proxy of its own, which sees requests, enforces the policy ("waypoint"). */
  seesRequests: boolean;
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
    const matchers = targets.map((target) => targetWorkloads(target.value, target.path, context));
    return { matcher: allOf(context.inMesh, anyOf(...matchers)), seesRequests: true, isAll: false };
  }
  const labelsField = field === 'selector' ? 'matchLabels' : 'labels';
  const selectorPath = [...path, field];
  const selector = mappingAt(spec[field], selectorPath);
  if (selector === undefined)
    return { matcher: allOf(context.inMesh, where), seesRequests: false, isAll: true };
  onlyFields(selector, [labelsField], selectorPath);
  const labels = matchLabels('pod', selector[labelsField], [...selectorPath, labelsField]);
  const selected = context.chosen(selectorPath, 'pod', allOf(where, ...labels), labels.length === 0);
  return { matcher: allOf(context.inMesh, selected), seesRequests: false, isAll: labels.length === 0 };
}

function targetsOf(spec: JsonObject, path: Path): { value: JsonObject; path: Path }[] {
  const single = mappingAt(spec['targetRef'], [...path, 'targetRef']);
  const several = mappingsAt(spec['targetRefs'], [...path, 'targetRefs']) ?? [];
  return [...(single === undefined ? [] : [{ value: single, path: [...path, 'targetRef'] }]), ...several];
}

/** What stands behind a Service, the Pods of a gateway, or what a waypoint serves. */
function targetWorkloads(target: JsonObject, path: Path, context: IstioContext): EndpointMatcher {
  onlyFields(target, ['group', 'kind', 'name', 'namespace', 'sectionName'], path);
  const kind = textAt(target['kind'], [...path, 'kind']);
  const name = textAt(target['name'], [...path, 'name']);
  if (kind === undefined || name === undefined) throw new FieldFault(path, 'needs kind and name');
  const here = inNamespace(context.namespace);
  if (kind === 'Service') {
    if (hasWaypoint(name, context))
      return serviceWorkloads(name, context.namespace, context.objects) ?? noEndpoints;
    context.warn(path, 'is a Service without a waypoint, so nothing enforces the policy');
    return noEndpoints;
  }
  if (kind === 'Gateway') {
    const gateway = context.objects.find('gateway.networking.k8s.io', 'Gateway', name, context.namespace);
    const spec: JsonValue | undefined = gateway?.object['spec'];
    const isWaypoint = mappingAt(spec, ['spec'])?.['gatewayClassName'] === 'istio-waypoint';
    if (isWaypoint) return allOf(here, ambient);
    return allOf(here, hasLabel('pod', 'gateway.networking.k8s.io/gateway-name', name));
  }
  context.warn(path, `is a ${kind}, which the input does not tell workloads of: it is about none here`);
  return noEndpoints;
}

/** What is about a Service is enforced by its waypoint alone, which a label of it or of its namespace names ("Configure a service to use a waypoint"). */
function hasWaypoint(service: string, { objects, namespace }: IstioContext): boolean {
  const labelOf = (resource: Resource | undefined) =>
    resource && ownLabels(resource).get('istio.io/use-waypoint');
  const waypoint =
    labelOf(objects.find('', 'Service', service, namespace)) ??
    labelOf(objects.find('', 'Namespace', namespace));
  return waypoint !== undefined && waypoint !== 'none';
}
