import type { Inventory, Violation } from '@keelson/checks';
import { isObject, type JsonObject, type JsonValue, type Path, valueAt } from '@keelson/core';
import { labelsOf, matchesSelector, type Resource } from '@keelson/kubernetes';
import { firstExisting, listAt, mappingAt, scalarText, textAt, titleOf } from '../fields.ts';
import type { Program } from '../program.ts';
import { namesIn } from './names.ts';

/** A Service that an object sends traffic to, and where it says so. */
export interface Backend {
  readonly namespace: string;
  readonly name: string;
  readonly path: Path;
  /** Of the entry that the name stands in. */
  readonly entry: Path;
}

/** Backends of an Ingress, in the shapes of `networking.k8s.io/v1` and of the versions before it. */
export function ingressBackends(ingress: Resource, namespace: string): readonly Backend[] {
  const places: [JsonValue | undefined, Path][] = [
    [valueAt(ingress.object, ['spec', 'defaultBackend']), ['spec', 'defaultBackend']],
    [valueAt(ingress.object, ['spec', 'backend']), ['spec', 'backend']],
  ];
  for (const [i, rule] of listAt(ingress.object, ['spec', 'rules']).entries()) {
    for (const [j, path] of listAt(rule, ['http', 'paths']).entries()) {
      places.push([valueAt(path, ['backend']), ['spec', 'rules', i, 'http', 'paths', j, 'backend']]);
    }
  }
  return places.flatMap(([backend, entry]) => {
    for (const steps of [['service', 'name'], ['serviceName']]) {
      const name = textAt(backend, [...steps]);
      if (name !== undefined) return [{ namespace, name, path: [...entry, ...steps], entry }];
    }
    return [];
  });
}

/** Backends of a Gateway API route that are Services. */
export function routeBackends(route: Resource, namespace: string): readonly Backend[] {
  const out: Backend[] = [];
  for (const [i, rule] of listAt(route.object, ['spec', 'rules']).entries()) {
    for (const [j, reference] of listAt(rule, ['backendRefs']).entries()) {
      const entry: Path = ['spec', 'rules', i, 'backendRefs', j];
      out.push(...serviceReference(reference, namespace, entry));
    }
    for (const [j, filter] of listAt(rule, ['filters']).entries()) {
      const entry: Path = ['spec', 'rules', i, 'filters', j, 'requestMirror', 'backendRef'];
      out.push(...serviceReference(valueAt(filter, ['requestMirror', 'backendRef']), namespace, entry));
    }
  }
  return out;
}

function serviceReference(reference: JsonValue | undefined, namespace: string, entry: Path): Backend[] {
  const name = textAt(reference, ['name']);
  if (!isObject(reference) || name === undefined) return [];
  if ((reference['group'] ?? '') !== '' || (reference['kind'] ?? 'Service') !== 'Service') return [];
  return [
    { namespace: textAt(reference, ['namespace']) ?? namespace, name, path: [...entry, 'name'], entry },
  ];
}

export const danglingIngressBackend: Program = ({ resources, inventory }) =>
  danglingBackends(resources, inventory, ingressBackends);

export const danglingGatewayBackend: Program = ({ resources, inventory }) =>
  danglingBackends(resources, inventory, routeBackends);

export const danglingOpenshiftRoute: Program = ({ resources, inventory }) =>
  danglingBackends(resources, inventory, (route, namespace) => {
    const others = listAt(route.object, ['spec', 'alternateBackends']).map(
      (_, i): Path => ['spec', 'alternateBackends', i],
    );
    return [['spec', 'to'] as Path, ...others].flatMap((entry) =>
      serviceReference(valueAt(route.object, entry), namespace, entry),
    );
  });

function* danglingBackends(
  resources: readonly Resource[],
  inventory: Inventory,
  backendsOf: (resource: Resource, namespace: string) => readonly Backend[],
): Iterable<Violation> {
  for (const resource of resources) {
    for (const { namespace, name, path } of backendsOf(resource, inventory.namespaceOf(resource))) {
      if (namesIn(inventory, 'Service', namespace, '').has(name)) continue;
      yield {
        subject: resource,
        path,
        message: `${titleOf(resource)} sends to the Service "${name}", which is not there`,
      };
    }
  }
}

/** Backends of an Ingress on a port that the Service does not have. Services that are not in the input are told elsewhere. */
export const ingressPortMissing: Program = function* ({ resources, inventory }) {
  for (const ingress of resources) {
    for (const { namespace, name, entry } of ingressBackends(ingress, inventory.namespaceOf(ingress))) {
      const service = inventory.find('Service', namespace, name);
      const ports = listAt(service?.object, ['spec', 'ports']).filter(isObject);
      const path = firstExisting(
        ingress.object,
        [...entry, 'service', 'port', 'number'],
        [...entry, 'service', 'port', 'name'],
        [...entry, 'servicePort'],
      );
      const wanted = scalarText(valueAt(ingress.object, path));
      if (service === undefined || ports.length === 0 || wanted === undefined) continue;
      if (ports.some((port) => port['name'] === wanted || scalarText(port['port']) === wanted)) continue;
      const message = `${titleOf(ingress)} sends to port ${wanted}, which the Service "${name}" does not have`;
      yield { subject: ingress, path, message };
    }
  }
};

const scalable = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController']);

/** Autoscalers of a workload that is not in the input. */
export const danglingAutoscaler: Program = function* ({ resources, inventory }) {
  for (const autoscaler of resources) {
    const target = mappingAt(autoscaler.object, ['spec', 'scaleTargetRef']);
    const kind = textAt(target, ['kind']);
    const name = textAt(target, ['name']);
    // Kinds of other groups may be made by an operator that is not in the input.
    if (kind === undefined || name === undefined || !scalable.has(kind)) continue;
    if (namesIn(inventory, kind, inventory.namespaceOf(autoscaler)).has(name)) continue;
    const path: Path = ['spec', 'scaleTargetRef', 'name'];
    yield {
      subject: autoscaler,
      path,
      message: `${titleOf(autoscaler)} scales the ${kind} "${name}", which is not there`,
    };
  }
};

/** Disruption budgets that protect no Pod of the input. */
export const danglingDisruptionBudget: Program = function* ({ resources, inventory }) {
  for (const budget of resources) {
    const selector = valueAt(budget.object, ['spec', 'selector']);
    if (inventory.workloadsSelected(inventory.namespaceOf(budget), selector).length > 0) continue;
    const path: Path = ['spec', 'selector'];
    yield { subject: budget, path, message: `${titleOf(budget)} protects no Pod` };
  }
};

/** Monitors of the Prometheus operator that select nothing of the input. */
export const danglingMonitor: Program = function* ({ resources, inventory }) {
  for (const monitor of resources) {
    const selector = mappingAt(monitor.object, ['spec', 'selector']);
    const isWatched = monitorNamespaces(monitor, inventory);
    const labels =
      monitor.kind === 'ServiceMonitor'
        ? inventory
            .ofKind('Service', '')
            .map((service) => [inventory.namespaceOf(service), labelsOf(service)] as const)
        : inventory.workloads.map((workload) => [workload.namespace, workload.labels] as const);
    if (labels.some(([namespace, own]) => isWatched(namespace) && matchesSelector(own, selector))) continue;
    const path: Path = ['spec', 'selector'];
    yield { subject: monitor, path, message: `${titleOf(monitor)} watches nothing` };
  }
};

function monitorNamespaces(monitor: Resource, inventory: Inventory): (namespace: string) => boolean {
  const chosen: JsonObject | undefined = mappingAt(monitor.object, ['spec', 'namespaceSelector']);
  if (chosen?.['any'] === true) return () => true;
  const names = listAt(chosen, ['matchNames']);
  const home = inventory.namespaceOf(monitor);
  return names.length === 0 ? (namespace) => namespace === home : (namespace) => names.includes(namespace);
}
