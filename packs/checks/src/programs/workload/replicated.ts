import type { Inventory } from '@keelson/checks';
import { createObject, isObject, type JsonObject, type JsonValue, type Path } from '@keelson/core';
import {
  matchesLabels,
  matchesSelector,
  type PodTemplate,
  parseQuantity,
  podTemplate,
  type Resource,
} from '@keelson/kubernetes';
import { integerAt, mappingAt, textAt } from '../fields.ts';

/** An object with `spec.replicas`, and what its Pods are matched by. */
export interface ReplicatedWorkload {
  readonly resource: Resource;
  readonly namespace: string;
  /** Labels of its Pods; where no template is written, those that its selector asks for. */
  readonly labels: JsonObject;
  /** Undefined while the manifest has no Pod spec, as in a patch. */
  readonly template: PodTemplate | undefined;
  /** As written; the API server's default of 1 where it is not. */
  readonly replicas: number;
  /** The autoscaler that targets it, if the input holds one. */
  readonly autoscaler: Resource | undefined;
}

/** Kinds whose `spec.replicas` says how many Pods there are; `apps` and its forerunners. */
const replicatedKinds = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'];

/** Every replicated workload of the input. */
export function replicatedWorkloads(inventory: Inventory): readonly ReplicatedWorkload[] {
  return inventory.memo('workload/replicated', () => {
    const scalers = autoscalers(inventory);
    return replicatedKinds.flatMap((kind) =>
      inventory.ofKind(kind).map((resource) => {
        const namespace = inventory.namespaceOf(resource);
        return {
          resource,
          namespace,
          labels: podLabels(resource),
          template: podTemplate(resource),
          replicas: integerAt(resource.object, ['spec', 'replicas']) ?? 1,
          autoscaler: scalers.get(targetKey(namespace, kind, resource.name)),
        };
      }),
    );
  });
}

function podLabels({ object }: Resource): JsonObject {
  if (mappingAt(object, ['spec', 'template']) === undefined) {
    return mappingAt(object, ['spec', 'selector', 'matchLabels']) ?? createObject();
  }
  return mappingAt(object, ['spec', 'template', 'metadata', 'labels']) ?? createObject();
}

/**
 * False for a workload whose selector does not match its own template: the API server rejects it, so nothing
 * that hangs on its Pods' labels can be judged.
 */
export function selectsItself({ resource, labels }: ReplicatedWorkload): boolean {
  const selector = mappingAt(resource.object, ['spec', 'selector']);
  if (selector === undefined) return true;
  if (resource.kind === 'ReplicationController') return matchesLabels(labels, selector);
  return matchesSelector(labels, selector);
}

function autoscalers(inventory: Inventory): ReadonlyMap<string, Resource> {
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
}

function targetKey(namespace: string, kind: string, name: string): string {
  return `${namespace}/${kind}/${name}`;
}

/** Pods that an autoscaler leaves at least: `minReplicas`, in KEDA's objects `minReplicaCount`. */
export function leastReplicas({ replicas, autoscaler }: ReplicatedWorkload): number {
  if (autoscaler === undefined) return replicas;
  if (autoscaler.kind === 'ScaledObject')
    return integerAt(autoscaler.object, ['spec', 'minReplicaCount']) ?? 0;
  return integerAt(autoscaler.object, ['spec', 'minReplicas']) ?? 1;
}

/** True when the input holds a PodDisruptionBudget that selects the workload's Pods. */
export function hasBudget(inventory: Inventory, { resource }: ReplicatedWorkload): boolean {
  const covered = inventory.memo('workload/covered-by-budgets', () => {
    const selected = inventory
      .ofKind('PodDisruptionBudget')
      .flatMap((budget) =>
        replicatedSelected(
          inventory,
          inventory.namespaceOf(budget),
          mappingAt(budget.object, ['spec', 'selector']),
        ),
      );
    return new Set(selected.map((workload) => workload.resource));
  });
  return covered.has(resource);
}

/** Replicated workloads of a namespace whose Pods a selector matches. */
export function replicatedSelected(
  inventory: Inventory,
  namespace: string,
  selector: JsonValue | undefined,
): ReplicatedWorkload[] {
  const { byResource, bare } = inventory.memo('workload/replicated-by-resource', () => {
    const all = replicatedWorkloads(inventory);
    return {
      byResource: new Map(all.map((workload) => [workload.resource, workload])),
      // Without a Pod template they are no workloads of the inventory.
      bare: Map.groupBy(
        all.filter(({ template }) => template === undefined),
        (workload) => workload.namespace,
      ),
    };
  });
  return [
    ...inventory
      .workloadsSelected(namespace, selector)
      .flatMap(({ resource }) => byResource.get(resource) ?? []),
    ...(bare.get(namespace) ?? []).filter(({ labels }) => matchesSelector(labels, selector)),
  ];
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
    return !isObject(value) && parseQuantity(value) !== undefined;
  });
}
