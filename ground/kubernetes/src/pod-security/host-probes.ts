import type { PodSecurityCheck } from './check.ts';
import { type ContainerView, objectAt, type PodView, stringAt } from './pod-view.ts';
import { namedContainers, plural, quoted, sorted } from './text.ts';

// Restricted fields: the host of HTTP and TCP probes and lifecycle handlers, which makes the kubelet call any
// address it can reach. Allowed: empty, not set.
const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
const handlers = ['postStart', 'preStop'] as const;
const actions = ['httpGet', 'tcpSocket'] as const;

function hostsOf({ container }: ContainerView): string[] {
  const lifecycle = objectAt(container, 'lifecycle');
  const places = [
    ...probes.map((field) => objectAt(container, field)),
    ...handlers.map((field) => objectAt(lifecycle, field)),
  ];
  return places
    .flatMap((place) => actions.map((action) => stringAt(objectAt(place, action), 'host')))
    .filter((host) => host !== '');
}

function judge(pod: PodView) {
  // Here alone the reference takes containers as a set too: sorted, and two of one name count once.
  const bad = new Set<string>();
  const hosts = new Set<string>();
  for (const view of pod.containers) {
    for (const host of hostsOf(view)) {
      bad.add(view.name);
      hosts.add(host);
    }
  }
  if (bad.size === 0) return undefined;
  const uses = bad.size === 1 ? 'uses' : 'use';
  const what = `${plural('probe or lifecycle host', hosts.size)} ${quoted(sorted(hosts))}`;
  return { reason: 'probe or lifecycle host', detail: `${namedContainers(sorted(bad))} ${uses} ${what}` };
}

export const hostProbesAndHostLifecycle: PodSecurityCheck = {
  id: 'hostProbesAndHostLifecycle',
  level: 'baseline',
  versions: [{ since: 34, check: judge }],
};
