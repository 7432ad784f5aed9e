import type { PodSecurityCheck } from './check.ts';
import { objectsOf, type PodView } from './pod-view.ts';
import { namedContainers, plural, sorted } from './text.ts';

// Restricted fields: ports[*].hostPort of every container. Allowed: 0, not set.

function judge(pod: PodView) {
  const bad: string[] = [];
  const ports = new Set<string>();
  for (const { name, container } of pod.containers) {
    let valid = true;
    for (const { hostPort } of objectsOf(container['ports'])) {
      if (typeof hostPort !== 'number' || hostPort === 0) continue;
      valid = false;
      ports.add(String(hostPort));
    }
    if (!valid) bad.push(name);
  }
  if (bad.length === 0) return undefined;
  const uses = bad.length === 1 ? 'uses' : 'use';
  const what = `${plural('hostPort', ports.size)} ${sorted(ports).join(', ')}`;
  return { reason: 'hostPort', detail: `${namedContainers(bad)} ${uses} ${what}` };
}

export const hostPorts: PodSecurityCheck = {
  id: 'hostPorts',
  level: 'baseline',
  versions: [{ since: 0, check: judge }],
};
