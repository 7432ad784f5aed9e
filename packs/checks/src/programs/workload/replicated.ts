import type { Inventory, Workload } from '@keelson/checks';
import { isObject, type JsonObject, type Path } from '@keelson/core';
import { matchesLabels, matchesSelector, parseQuantity, type Resource } from '@keelson/kubernetes';
import { integerAt, mappingAt, textAt } from './values.ts';

/** Kinds whose `spec.replicas` says how many Pods there are; `apps` and its forerunners. */
const replicatedKinds: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'ReplicaSet',
  'ReplicationController',
]);

export function isReplicated(resource: Resource): boolean {
  return replicatedKinds.has(resource.kind);
}

/** Replicas as written; the API server's default of 1 where they are not. */
export function replicasOf(resource: Resource): number {
  return integerAt(resource.object, ['spec', 'replicas']) ?? 1;
}

/**
 * False for a workload whose selector does not match its own template: the API server rejects it, so nothing
 * that hangs on its Pods' labels can be judged.
 */
export function selectsItself(workload: Workload): boolean {
  const selector = mappingAt(workload.resource.object, ['spec', 'selector']);
  if (selector === undefined) return true;
  if (workload.resource.kind === 'ReplicationController') return matchesLabels(workload.labels, selector);
  return matchesSelector(workload.labels, selector);
}

/** The autoscaler that targets a workload, if the input holds one. */
export function autoscalerOf(inventory: Inventory, resource: Resource): Resource | undefined {
  return autoscalers(inventory).get(targetKey(inventory.namespaceOf(resource), resource.kind, resource.name));
}

function autoscalers(inventory: Inventory): ReadonlyMap<string, Resource> {
  return inventory.memo('workload/autoscalers', () => {
    const found = new Map<string, Resource>();
    for (const scaler of [
      ...inventory.ofKind('HorizontalPodAutoscaler'),
      ...inventory.ofKind('ScaledObject'),
    ]) {
      const name = textAt(scaler.object, ['spec', 'scaleTargetRef', 'name']);
      const kind = textAt(scaler.object, ['spec', 'scaleTargetRef', 'kind']) ?? 'Deployment';
      if (name !== undefined) found.set(targetKey(inventory.namespaceOf(scaler), kind, name), scaler);
    }
    return found;
  });
}

function targetKey(namespace: string, kind: string, name: string): string {
  return `${namespace}/${kind}/${name}`;
}

/** The workload that an autoscaler targets, if the input holds it. */
export function scaleTarget(inventory: Inventory, scaler: Resource): Workload | undefined {
  const name = textAt(scaler.object, ['spec', 'scaleTargetRef', 'name']);
  const kind = textAt(scaler.object, ['spec', 'scaleTargetRef', 'kind']);
  const namespace = inventory.namespaceOf(scaler);
  return inventory.workloads.find(
    ({ resource, namespace: where }) =>
      resource.name === name && resource.kind === kind && where === namespace,
  );
}

/** PodDisruptionBudgets that select a workload's Pods. */
export function budgetsOf(inventory: Inventory, workload: Workload): Resource[] {
  return inventory
    .ofKind('PodDisruptionBudget')
    .filter(
      (budget) =>
        inventory.namespaceOf(budget) === workload.namespace &&
        matchesSelector(workload.labels, mappingAt(budget.object, ['spec', 'selector'])),
    );
}

/** Where the selector of a workload stands: its labels, else the whole. */
export function selectorPath(object: JsonObject): Path {
  const labels = mappingAt(object, ['spec', 'selector', 'matchLabels']);
  return labels === undefined ? ['spec', 'selector'] : ['spec', 'selector', 'matchLabels'];
}

/** True when a container has a request, or a limit that stands in for it, of a resource. */
export function hasRequest(container: JsonObject, resource: string): boolean {
  return ['requests', 'limits'].some((field) => {
    const quantities = mappingAt(container, ['resources', field]);
    const value = quantities === undefined ? undefined : quantities[resource];
    if (value === undefined || value === null || isObject(value) || Array.isArray(value)) return false;
    return parseQuantity(String(value)) !== undefined;
  });
}
