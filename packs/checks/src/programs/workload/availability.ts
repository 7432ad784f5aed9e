import type { ProgramContext, Violation } from '@keelson/checks';
import { isObject, type JsonObject, type Path } from '@keelson/core';
import { matchesSelector, scaledIntOrPercent } from '@keelson/kubernetes';
import { integerAt, listAt, mappingAt, textAt } from '../fields.ts';
import {
  hasBudget,
  hasRequest,
  leastReplicas,
  type ReplicatedWorkload,
  replicatedSelected,
  replicatedWorkloads,
  selectorPath,
  selectsItself,
} from './replicated.ts';

/** Replicated workloads among the check's kinds. */
function workloadsOf(context: ProgramContext): ReplicatedWorkload[] {
  const wanted = new Set(context.resources);
  return replicatedWorkloads(context.inventory).filter(({ resource }) => wanted.has(resource));
}

/** Workloads of one Pod that no autoscaler makes more of. */
export function* singleReplica(context: ProgramContext): Generator<Violation> {
  for (const { resource, replicas, autoscaler } of workloadsOf(context)) {
    if (replicas !== 1 || autoscaler !== undefined) continue;
    const message = `${resource.kind} "${resource.name}" has one replica`;
    yield { subject: resource, path: ['spec', 'replicas'], message };
  }
}

/** Replicated workloads without a PodDisruptionBudget in the same input. */
export function* budgetMissing(context: ProgramContext): Generator<Violation> {
  for (const workload of workloadsOf(context)) {
    const { resource, replicas, autoscaler } = workload;
    if (replicas < 2 && autoscaler === undefined) continue;
    if (!selectsItself(workload) || hasBudget(context.inventory, workload)) continue;
    const message = `no PodDisruptionBudget covers ${resource.kind} "${resource.name}"`;
    yield { subject: resource, path: selectorPath(resource.object), message };
  }
}

/** Budgets that allow no eviction of the Pods they select. */
export function* budgetBlocksEviction(context: ProgramContext): Generator<Violation> {
  for (const budget of context.resources) {
    const blocker = evictionBlocker(context, budget.object, context.inventory.namespaceOf(budget));
    if (blocker === undefined) continue;
    const message = `PodDisruptionBudget "${budget.name}" ${blocker.message}`;
    yield { subject: budget, path: ['spec', blocker.field], message };
  }
}

function evictionBlocker(context: ProgramContext, budget: JsonObject, namespace: string) {
  const spec = mappingAt(budget, ['spec']);
  if (spec === undefined) return undefined;
  const { maxUnavailable, minAvailable, selector } = spec;
  if (maxUnavailable === 0 || maxUnavailable === '0' || maxUnavailable === '0%') {
    return { field: 'maxUnavailable', message: 'allows no Pod to be evicted' };
  }
  if (minAvailable === '100%') return { field: 'minAvailable', message: 'needs every Pod' };
  for (const workload of replicatedSelected(context.inventory, namespace, selector)) {
    const least = leastReplicas(workload);
    const needed = scaledIntOrPercent(minAvailable, least, 'up');
    if (needed === undefined || least === 0 || needed < least) continue;
    const { resource, autoscaler } = workload;
    const has = autoscaler === undefined ? 'has' : 'may be scaled down to';
    return {
      field: 'minAvailable',
      message: `needs ${needed} Pods, and ${resource.kind} "${resource.name}" ${has} ${least}`,
    };
  }
  return undefined;
}

/** Workloads with fixed replicas that an autoscaler also sets. */
export function* autoscaledReplicas(context: ProgramContext): Generator<Violation> {
  for (const { resource, autoscaler } of workloadsOf(context)) {
    const written = mappingAt(resource.object, ['spec'])?.['replicas'];
    if (autoscaler === undefined || written === undefined || written === null) continue;
    yield {
      subject: resource,
      path: ['spec', 'replicas'],
      message: `replicas of ${resource.kind} "${resource.name}" are set here and by ${autoscaler.kind} "${autoscaler.name}"`,
      related: [{ subject: autoscaler, path: ['spec', 'scaleTargetRef'] }],
    };
  }
}

/** Autoscalers that measure a share of a request which a container of the target does not have. */
export function* autoscalerWithoutRequests(context: ProgramContext): Generator<Violation> {
  const wanted = new Set(context.resources);
  for (const { resource: target, template, autoscaler } of replicatedWorkloads(context.inventory)) {
    if (autoscaler === undefined || template === undefined || !wanted.has(autoscaler)) continue;
    for (const { resource, path } of utilizationMetrics(autoscaler.object)) {
      const lacking = template.containers.find(
        ({ type, container }) => type === 'container' && !hasRequest(container, resource),
      );
      if (lacking === undefined) continue;
      yield {
        subject: autoscaler,
        path,
        message: `container "${lacking.name}" of ${target.kind} "${target.name}" has no ${resource} request to measure by`,
        related: [{ subject: target, path: lacking.path }],
      };
    }
  }
}

function utilizationMetrics(scaler: JsonObject): { resource: string; path: Path }[] {
  const out: { resource: string; path: Path }[] = [];
  if (integerAt(scaler, ['spec', 'targetCPUUtilizationPercentage']) !== undefined) {
    out.push({ resource: 'cpu', path: ['spec', 'targetCPUUtilizationPercentage'] });
  }
  for (const [i, metric] of listAt(scaler, ['spec', 'metrics']).entries()) {
    if (!isObject(metric) || metric['type'] !== 'Resource') continue;
    const name = textAt(metric, ['resource', 'name']);
    const isShare =
      textAt(metric, ['resource', 'target', 'type']) === 'Utilization' ||
      integerAt(metric, ['resource', 'targetAverageUtilization']) !== undefined;
    if (name !== undefined && isShare) out.push({ resource: name, path: ['spec', 'metrics', i] });
  }
  return out;
}

/** Replicated workloads whose Pods nothing keeps from sharing one node. */
export function* antiAffinityMissing(context: ProgramContext): Generator<Violation> {
  for (const { resource, template, labels, replicas } of workloadsOf(context)) {
    if (replicas < 2 || template === undefined) continue;
    if (listAt(template.spec, ['topologySpreadConstraints']).length > 0) continue;
    const terms = antiAffinityTerms(template.spec);
    if (terms.some(({ selector }) => selector !== undefined && matchesSelector(labels, selector))) continue;
    const first = terms[0];
    const message = `nothing keeps the replicas of ${resource.kind} "${resource.name}" on different nodes`;
    const written: Path = ['affinity', 'podAntiAffinity'];
    const path =
      first === undefined ? written : [...first.path, 'labelSelector', ...firstKey(first.selector)];
    yield {
      subject: resource,
      path: [...template.specPath, ...path],
      message: first === undefined ? message : `${message}: the anti-affinity selects other Pods`,
    };
  }
}

function firstKey(selector: JsonObject | undefined): Path {
  const key = selector === undefined ? undefined : Object.keys(selector)[0];
  return key === undefined ? [] : [key];
}

function antiAffinityTerms(spec: JsonObject): { selector: JsonObject | undefined; path: Path }[] {
  const base: Path = ['affinity', 'podAntiAffinity'];
  const required: Path = [...base, 'requiredDuringSchedulingIgnoredDuringExecution'];
  const preferred: Path = [...base, 'preferredDuringSchedulingIgnoredDuringExecution'];
  return [
    ...listAt(spec, required).map((_, i): Path => [...required, i]),
    ...listAt(spec, preferred).map((_, i): Path => [...preferred, i, 'podAffinityTerm']),
  ].map((path) => ({ path, selector: mappingAt(spec, [...path, 'labelSelector']) }));
}

/** Claims for one node's use that several replicas of a Deployment mount. */
export function* sharedSingleNodeClaim(context: ProgramContext): Generator<Violation> {
  for (const { resource, template, namespace, replicas } of workloadsOf(context)) {
    if (replicas < 2 || template === undefined) continue;
    for (const [i, volume] of listAt(template.spec, ['volumes']).entries()) {
      const name = isObject(volume) ? textAt(volume, ['persistentVolumeClaim', 'claimName']) : undefined;
      const claim =
        name === undefined ? undefined : context.inventory.find('PersistentVolumeClaim', namespace, name);
      const modes = claim === undefined ? [] : listAt(claim.object, ['spec', 'accessModes']);
      if (claim === undefined || modes.length === 0) continue;
      if (!modes.every((mode) => mode === 'ReadWriteOnce' || mode === 'ReadWriteOncePod')) continue;
      yield {
        subject: resource,
        path: [...template.specPath, 'volumes', i, 'persistentVolumeClaim', 'claimName'],
        message: `${replicas} replicas share claim "${claim.name}", which one node alone may mount`,
        related: [{ subject: claim, path: ['spec', 'accessModes'] }],
      };
    }
  }
}
