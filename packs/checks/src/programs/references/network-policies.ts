import type { ProgramContext, Violation } from '@keelson/checks';
import { isObject, type JsonValue, type Path, valueAt } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { listAt, mappingAt, titleOf } from '../fields.ts';
import type { Program } from '../program.ts';
import { type Direction, policyCoverage } from './policy-coverage.ts';

export const podWithoutIngressPolicy: Program = (context) => uncovered(context, 'ingress');
export const podWithoutEgressPolicy: Program = (context) => uncovered(context, 'egress');

function* uncovered({ inventory }: ProgramContext, direction: Direction): Iterable<Violation> {
  const policies = policyCoverage(inventory).filter(({ directions }) => directions.has(direction));
  const restricted = new Set(policies.flatMap(({ selected }) => selected));
  const said = new Set<Resource>();
  for (const workload of inventory.workloads) {
    const { resource } = workload;
    if (said.has(resource) || restricted.has(workload)) continue;
    said.add(resource);
    const message = `no network policy restricts the ${direction} of ${titleOf(resource)}`;
    yield { subject: resource, path: ['metadata', 'name'], message };
  }
}

/** Namespaces of the input with Pods or without, in which no policy holds. */
export const namespaceWithoutNetworkPolicy: Program = function* ({ resources, inventory }) {
  const policies = policyCoverage(inventory);
  const isClusterwide = policies.some(({ policy }) => inventory.namespaceOf(policy) === '');
  const covered = new Set(policies.map(({ policy }) => inventory.namespaceOf(policy)));
  for (const namespace of resources) {
    if (isClusterwide || covered.has(namespace.name)) continue;
    yield {
      subject: namespace,
      path: ['metadata', 'name'],
      message: `${titleOf(namespace)} has no network policy`,
    };
  }
};

/** Policies whose selector matches no Pod of the input. */
export const networkPolicySelectsNothing: Program = function* ({ resources, inventory }) {
  const wanted = new Set(resources);
  for (const { policy, selected } of policyCoverage(inventory)) {
    if (!wanted.has(policy)) continue;
    const selector = valueAt(policy.object, ['spec', 'podSelector']);
    const isEmpty = !isObject(selector) || Object.keys(selector).length === 0;
    // A policy for every Pod of a namespace is right before the first Pod is there.
    if (isEmpty || selected.length > 0) continue;
    yield { subject: policy, path: pointOf(policy), message: `${titleOf(policy)} selects no Pod` };
  }
};

/** Peers of a policy, in its own namespace, that match no Pod of the input. */
export const networkPolicyPeerSelectsNothing: Program = function* ({ resources, inventory }) {
  for (const policy of resources) {
    const namespace = inventory.namespaceOf(policy);
    for (const [direction, field] of [['ingress', 'from'] as const, ['egress', 'to'] as const]) {
      for (const [i, rule] of listAt(policy.object, ['spec', direction]).entries()) {
        for (const [j, peer] of listAt(rule, [field]).entries()) {
          const selector = mappingAt(peer, ['podSelector']);
          if (selector === undefined || Object.keys(selector).length === 0 || isNamespaced(peer)) continue;
          if (inventory.workloadsSelected(namespace, selector).length > 0) continue;
          const path: Path = ['spec', direction, i, field, j, 'podSelector'];
          yield { subject: policy, path, message: `${titleOf(policy)} allows a peer that matches no Pod` };
        }
      }
    }
  }
};

function isNamespaced(peer: JsonValue): boolean {
  return isObject(peer) && peer['namespaceSelector'] !== undefined && peer['namespaceSelector'] !== null;
}

function pointOf(policy: Resource): Path {
  const labels = valueAt(policy.object, ['spec', 'podSelector', 'matchLabels']);
  const key = isObject(labels) ? Object.keys(labels)[0] : undefined;
  if (key !== undefined) return ['spec', 'podSelector', 'matchLabels', key];
  return ['spec', 'podSelector'];
}
