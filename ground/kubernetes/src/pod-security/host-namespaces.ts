import type { PodSecurityCheck } from './check.ts';
import type { PodView } from './pod-view.ts';

// Restricted fields of the Pod spec. Allowed: false, not set.
const fields = ['hostNetwork', 'hostPID', 'hostIPC'] as const;

function judge({ spec }: PodView) {
  const set = fields.filter((field) => spec[field] === true);
  if (set.length === 0) return undefined;
  return { reason: 'host namespaces', detail: set.map((field) => `${field}=true`).join(', ') };
}

export const hostNamespaces: PodSecurityCheck = {
  id: 'hostNamespaces',
  level: 'baseline',
  versions: [{ since: 0, check: judge }],
};
