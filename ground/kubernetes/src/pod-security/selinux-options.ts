import type { JsonObject } from '@keelson/core';
import type { PodSecurityCheck } from './check.ts';
import { objectAt, type PodView, stringAt } from './pod-view.ts';
import { plural, quoted, setters, sorted } from './text.ts';

// Restricted fields: securityContext.seLinuxOptions of the Pod and every container. `user` and `role` must not
// be set; allowed types:
const allowedTypes = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t']);
const allowedTypesSince31 = new Set([...allowedTypes, 'container_engine_t']);

function judgeWith(allowed: ReadonlySet<string>) {
  return (pod: PodView) => {
    const badTypes = new Set<string>();
    let user = false;
    let role = false;
    const isBad = (context: JsonObject | undefined): boolean => {
      const options = objectAt(context, 'seLinuxOptions');
      if (options === undefined) return false;
      const type = stringAt(options, 'type');
      const setsUser = stringAt(options, 'user') !== '';
      const setsRole = stringAt(options, 'role') !== '';
      if (!allowed.has(type)) badTypes.add(type);
      user ||= setsUser;
      role ||= setsRole;
      return setsUser || setsRole || !allowed.has(type);
    };
    const ofPod = isBad(pod.securityContext);
    const bad: string[] = [];
    for (const { name, securityContext } of pod.containers) if (isBad(securityContext)) bad.push(name);
    if (!ofPod && bad.length === 0) return undefined;
    const faults: string[] = [];
    if (badTypes.size > 0) faults.push(`${plural('type', badTypes.size)} ${quoted(sorted(badTypes))}`);
    if (user) faults.push('user may not be set');
    if (role) faults.push('role may not be set');
    const detail = `${setters(ofPod, bad)} set forbidden securityContext.seLinuxOptions: ${faults.join('; ')}`;
    return { reason: 'seLinuxOptions', detail };
  };
}

export const seLinuxOptions: PodSecurityCheck = {
  id: 'seLinuxOptions',
  level: 'baseline',
  versions: [
    { since: 0, check: judgeWith(allowedTypes) },
    { since: 31, check: judgeWith(allowedTypesSince31) },
  ],
};
