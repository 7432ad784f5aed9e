import type { Labels } from '../model/cluster.ts';

/** Labels that controllers write for each Pod or each revision, so that a selector with one of them soon matches nothing. */
const perInstance: ReadonlySet<string> = new Set([
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'controller-uid',
  'job-name',
]);

const perInstancePrefixes = ['batch.kubernetes.io/'];

/** The labels that are the same for all Pods of a workload, as far as their keys tell. */
export function stableLabels(labels: Labels): Labels {
  return new Map([...labels].filter(([key]) => isStable(key)));
}

function isStable(key: string): boolean {
  return !perInstance.has(key) && !perInstancePrefixes.some((prefix) => key.startsWith(prefix));
}
