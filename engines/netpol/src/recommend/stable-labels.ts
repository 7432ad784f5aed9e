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
  return new Map([...labels].filter(([key, value]) => isStable(key) && isLabel(key, value)));
}

/** Whether the API server takes the label ("Labels and Selectors", syntax): logs may say anything. */
function isLabel(key: string, value: string): boolean {
  const slash = key.indexOf('/');
  const name = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
  const prefix = key.slice(0, Math.max(slash, 0));
  const isPrefix = slash < 0 || /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/.test(prefix);
  return isPrefix && name.test(key.slice(slash + 1)) && (value === '' || name.test(value));
}

function isStable(key: string): boolean {
  return !perInstance.has(key) && !perInstancePrefixes.some((prefix) => key.startsWith(prefix));
}
