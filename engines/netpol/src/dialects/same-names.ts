import { equalJson } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import type { PolicyProblem } from '../model/policy.ts';

const policyGroups: ReadonlySet<string> = new Set([
  'networking.k8s.io',
  'policy.networking.k8s.io',
  'cilium.io',
  'projectcalico.org',
  'crd.projectcalico.org',
]);

/** Of policies of one name the last, as a cluster has it that they are applied to; that others differ is told. */
export function lastOfEach(resources: readonly Resource[], problems: PolicyProblem[]): readonly Resource[] {
  const keyOf = (resource: Resource) =>
    policyGroups.has(resource.group) && resource.name !== ''
      ? JSON.stringify([resource.group, resource.kind, resource.namespace ?? 'default', resource.name])
      : undefined;
  const last = new Map<string, Resource>();
  for (const resource of resources) {
    const key = keyOf(resource);
    if (key !== undefined) last.set(key, resource);
  }
  return resources.filter((resource) => {
    const counting = last.get(keyOf(resource) ?? '') ?? resource;
    if (counting === resource) return true;
    if (!equalJson(counting.object['spec'] ?? null, resource.object['spec'] ?? null)) {
      const { file, line } = counting.origin.locate(['metadata', 'name']);
      const message = `is written again at ${file}:${line}, and what stands there counts`;
      problems.push({ level: 'warning', resource, path: ['metadata', 'name'], message });
    }
    return false;
  });
}
