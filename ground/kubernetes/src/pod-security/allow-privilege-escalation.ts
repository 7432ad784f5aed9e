import { exceptWindows, type PodSecurityCheck } from './check.ts';
import type { PodView } from './pod-view.ts';
import { namedContainers } from './text.ts';

// Restricted fields: securityContext.allowPrivilegeEscalation of every container. Allowed: false.

function judge(pod: PodView) {
  const bad: string[] = [];
  for (const { name, securityContext } of pod.containers) {
    if (securityContext?.['allowPrivilegeEscalation'] !== false) bad.push(name);
  }
  if (bad.length === 0) return undefined;
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${namedContainers(bad)} must set securityContext.allowPrivilegeEscalation=false`,
  };
}

export const allowPrivilegeEscalation: PodSecurityCheck = {
  id: 'allowPrivilegeEscalation',
  level: 'restricted',
  versions: [
    // The field came with 1.8.
    { since: 8, check: judge },
    { since: 25, check: exceptWindows(judge) },
  ],
};
