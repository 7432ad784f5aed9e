import { exceptWindows, type PodSecurityCheck } from './check.ts';
import { objectAt, type PodView, stringsAt } from './pod-view.ts';
import { namedContainers, quoted, sorted } from './text.ts';

// Restricted fields: securityContext.capabilities.add and .drop of every container. Names are compared as they
// stand: `all` is not `ALL`, and `CAP_CHOWN` is not `CHOWN`.
const baselineAdds = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);
const restrictedAdds = new Set(['NET_BIND_SERVICE']);

/** Containers that add what is not allowed, and what they add. */
function forbiddenAdds(pod: PodView, allowed: ReadonlySet<string>) {
  const containers: string[] = [];
  const values = new Set<string>();
  for (const { name, securityContext } of pod.containers) {
    const adds = stringsAt(objectAt(securityContext, 'capabilities'), 'add').filter(
      (value) => !allowed.has(value),
    );
    if (adds.length > 0) containers.push(name);
    for (const value of adds) values.add(value);
  }
  if (containers.length === 0) return undefined;
  const set = quoted(sorted(values));
  return `${namedContainers(containers)} must not include ${set} in securityContext.capabilities.add`;
}

function judgeBaseline(pod: PodView) {
  const detail = forbiddenAdds(pod, baselineAdds);
  return detail === undefined ? undefined : { reason: 'non-default capabilities', detail };
}

function judgeRestricted(pod: PodView) {
  const missing: string[] = [];
  for (const { name, securityContext } of pod.containers) {
    if (!stringsAt(objectAt(securityContext, 'capabilities'), 'drop').includes('ALL')) missing.push(name);
  }
  const details: string[] = [];
  if (missing.length > 0) {
    details.push(`${namedContainers(missing)} must set securityContext.capabilities.drop=["ALL"]`);
  }
  const adds = forbiddenAdds(pod, restrictedAdds);
  if (adds !== undefined) details.push(adds);
  return details.length === 0
    ? undefined
    : { reason: 'unrestricted capabilities', detail: details.join('; ') };
}

export const capabilitiesBaseline: PodSecurityCheck = {
  id: 'capabilities_baseline',
  level: 'baseline',
  versions: [{ since: 0, check: judgeBaseline }],
};

export const capabilitiesRestricted: PodSecurityCheck = {
  id: 'capabilities_restricted',
  level: 'restricted',
  versions: [
    { since: 22, check: judgeRestricted, replaces: [capabilitiesBaseline.id] },
    { since: 25, check: exceptWindows(judgeRestricted), replaces: [capabilitiesBaseline.id] },
  ],
};
