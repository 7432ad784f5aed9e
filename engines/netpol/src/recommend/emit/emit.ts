import type { JsonObject } from '@keelson/core';
import type { Direction } from '../../model/policy.ts';
import { namespaceNameLabel } from '../../model/read-cluster.ts';
import type { Plan, PlanNeed, PlannedWorkload, WorkloadIdentity } from '../plan.ts';

/** Marks of policies and rules that are there whatever was seen. */
export interface EmitOptions {
  /** Policies that are watched and not enforced, where the dialect has them. */
  staged?: boolean;
}

export type Emitter = (plan: Plan, options: EmitOptions) => JsonObject[];

/** The needs of a workload in one direction, and the names it may ask for. */
export function needsIn({ needs }: PlannedWorkload, direction: Direction): PlanNeed[] {
  const own = needs.filter((need) => need.direction === direction);
  if (direction === 'ingress') return own;
  return [...own, { direction, peers: [{ type: 'resolvers' }], ports: [] }];
}

/** A `metav1.LabelSelector`. */
export function selectorOf({ labels, absent = [], oneOf }: Chosen): JsonObject {
  const expressions: JsonObject[] = [
    ...(oneOf === undefined ? [] : [{ key: oneOf.key, operator: 'In', values: [...oneOf.values] }]),
    ...absent.map((key) => ({ key, operator: 'DoesNotExist' })),
  ];
  return {
    ...(labels.size === 0 ? {} : { matchLabels: Object.fromEntries([...labels].sort()) }),
    ...(expressions.length === 0 ? {} : { matchExpressions: expressions }),
  };
}

/** By what Pods are chosen within their namespace. */
export type Chosen = Pick<WorkloadIdentity, 'labels' | 'oneOf'> & Partial<Pick<WorkloadIdentity, 'absent'>>;

/** A namespace by the label that the API server gives it. */
export function namespaceSelector(name: string): JsonObject {
  return { matchLabels: { [namespaceNameLabel]: name } };
}

/** What denies by default: all Pods of a namespace, which need nothing but names. It stands last, after what it would break. */
export function defaultDenies({ closed }: Plan): PlannedWorkload[] {
  return closed.map((namespace) => ({
    workload: { namespace, name: 'default-deny', labels: new Map(), absent: [] },
    needs: [],
  }));
}

export function policyNameOf({ name }: WorkloadIdentity): string {
  return `${name}-observed`;
}
