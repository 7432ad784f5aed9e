import { exceptUserNamespace, type PodSecurityCheck } from './check.ts';
import type { PodView } from './pod-view.ts';
import { namedContainers, quoted, sorted } from './text.ts';

// Restricted fields: securityContext.procMount of every container. Allowed: Default, not set.

function judge(pod: PodView) {
  const bad: string[] = [];
  const types = new Set<string>();
  for (const { name, securityContext } of pod.containers) {
    const type = securityContext?.['procMount'];
    if (typeof type !== 'string' || type === 'Default') continue;
    bad.push(name);
    types.add(type);
  }
  if (bad.length === 0) return undefined;
  const detail = `${namedContainers(bad)} must not set securityContext.procMount to ${quoted(sorted(types))}`;
  return { reason: 'procMount', detail };
}

export const procMountBaseline: PodSecurityCheck = {
  id: 'procMount',
  level: 'baseline',
  versions: [
    { since: 0, check: judge },
    { since: 35, check: exceptUserNamespace(judge) },
  ],
};

// Since baseline relaxes at 1.35, restricted has kept the unconditional check.
export const procMountRestricted: PodSecurityCheck = {
  id: 'procMount_restricted',
  level: 'restricted',
  versions: [{ since: 35, check: judge, replaces: [procMountBaseline.id] }],
};
