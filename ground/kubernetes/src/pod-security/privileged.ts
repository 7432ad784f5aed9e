import type { PodSecurityCheck } from './check.ts';
import type { PodView } from './pod-view.ts';
import { namedContainers } from './text.ts';

// Restricted fields: securityContext.privileged of every container. Allowed: false, not set.

function judge(pod: PodView) {
  const bad: string[] = [];
  for (const { name, securityContext } of pod.containers) {
    if (securityContext?.['privileged'] === true) bad.push(name);
  }
  if (bad.length === 0) return undefined;
  return {
    reason: 'privileged',
    detail: `${namedContainers(bad)} must not set securityContext.privileged=true`,
  };
}

export const privileged: PodSecurityCheck = {
  id: 'privileged',
  level: 'baseline',
  versions: [{ since: 0, check: judge }],
};
