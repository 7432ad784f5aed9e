import type { Inventory, Violation, Workload } from '@keelson/checks';
import { isObject, type JsonObject, type JsonValue, type Path, valueAt } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { listAt, mappingAt, scalarText, textAt, titleOf } from '../fields.ts';
import type { Program } from '../program.ts';

/** Workloads whose Pods a Service sends its traffic to; empty for Services without a selector. */
export function workloadsBehind(service: Resource, inventory: Inventory): readonly Workload[] {
  const selector = selectorOf(service);
  if (selector === undefined) return [];
  return inventory.workloadsLabelled(inventory.namespaceOf(service), selector);
}

/** The selector of a Service; undefined when endpoints are written by hand or the Service is an alias. */
function selectorOf(service: Resource): JsonObject | undefined {
  const selector = mappingAt(service.object, ['spec', 'selector']);
  const isAlias = valueAt(service.object, ['spec', 'type']) === 'ExternalName';
  return selector === undefined || isAlias || Object.keys(selector).length === 0 ? undefined : selector;
}

/** Services whose selector matches no Pod of the input. */
export const danglingService: Program = function* ({ resources, inventory }) {
  for (const service of resources) {
    if (selectorOf(service) === undefined || workloadsBehind(service, inventory).length > 0) continue;
    const path: Path = ['spec', 'selector'];
    yield { subject: service, path, message: `${titleOf(service)} selects no Pod` };
  }
};

/** Ports that a Service names and no container behind it declares under that name. */
export const serviceNamedPortMissing: Program = (context) =>
  unmatchedPorts(
    context.resources,
    context.inventory,
    (target) => typeof target === 'string' && !isNumeric(target),
  );

/** Ports that a Service numbers and no container behind it declares. */
export const servicePortUndeclared: Program = (context) =>
  unmatchedPorts(
    context.resources,
    context.inventory,
    (target) => typeof target === 'number' || typeof target === 'bigint' || isNumeric(target),
  );

function isNumeric(value: JsonValue): boolean {
  return typeof value === 'string' && /^\d+$/.test(value);
}

function* unmatchedPorts(
  services: readonly Resource[],
  inventory: Inventory,
  isOfSort: (target: JsonValue) => boolean,
): Iterable<Violation> {
  for (const service of services) {
    const workloads = workloadsBehind(service, inventory);
    const declared = workloads.flatMap(portsOf);
    // Containers that declare no ports at all may listen anywhere: the declaration is information only.
    if (workloads.length === 0 || declared.length === 0) continue;
    for (const [i, port] of listAt(service.object, ['spec', 'ports']).entries()) {
      if (!isObject(port)) continue;
      const hasTarget = port['targetPort'] !== undefined && port['targetPort'] !== null;
      const target = hasTarget ? port['targetPort'] : port['port'];
      if (target === undefined || !isOfSort(target) || declared.some((one) => isPort(one, target, port)))
        continue;
      const message = `${titleOf(service)} sends to port ${scalarText(target)}, which no container behind it declares`;
      // Where only numbers differ it is the Service's own port that people compare.
      const field = typeof target === 'string' && hasTarget ? 'targetPort' : 'port';
      yield { subject: service, path: ['spec', 'ports', i, field], message };
    }
  }
}

function portsOf(workload: Workload): readonly JsonObject[] {
  return workload.template.containers.flatMap(({ container }) =>
    listAt(container, ['ports']).filter(isObject),
  );
}

/** Target ports match by name or number; a port without a protocol is TCP. */
function isPort(declared: JsonObject, target: JsonValue, port: JsonObject): boolean {
  if ((declared['protocol'] ?? 'TCP') !== (port['protocol'] ?? 'TCP')) return false;
  return declared['name'] === target || scalarText(declared['containerPort']) === scalarText(target);
}

/** StatefulSets whose governing Service is missing, selects other Pods or has an address of its own. */
export const statefulSetService: Program = function* ({ resources, inventory }) {
  for (const set of resources) {
    const name = textAt(set.object, ['spec', 'serviceName']);
    const fault = name === undefined ? 'names no Service' : faultOfService(set, name, inventory);
    if (fault === undefined) continue;
    const path: Path = ['spec', 'serviceName'];
    yield { subject: set, path, message: `${titleOf(set)} ${fault}` };
  }
};

function faultOfService(set: Resource, name: string, inventory: Inventory): string | undefined {
  const service = inventory.find('Service', inventory.namespaceOf(set), name);
  if (service === undefined) return `names the Service "${name}", which is not there`;
  if (textAt(service.object, ['spec', 'clusterIP']) !== 'None') {
    return `names the Service "${name}", which is not headless`;
  }
  const behind = workloadsBehind(service, inventory);
  if (selectorOf(service) !== undefined && !behind.some(({ resource }) => resource === set)) {
    return `names the Service "${name}", which selects other Pods`;
  }
  return undefined;
}
