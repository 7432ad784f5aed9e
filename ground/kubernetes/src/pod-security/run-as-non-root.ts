import { exceptUserNamespace, type PodSecurityCheck } from './check.ts';
import type { PodView } from './pod-view.ts';
import { namedContainers, setters } from './text.ts';

// Restricted fields: securityContext.runAsNonRoot of the Pod and every container. Allowed: true; a container
// may leave it out when the Pod has true.
const reason = 'runAsNonRoot != true';

function judge(pod: PodView) {
  const ofPod = pod.securityContext?.['runAsNonRoot'];
  const explicit: string[] = [];
  const missing: string[] = [];
  for (const { name, securityContext } of pod.containers) {
    const own = securityContext?.['runAsNonRoot'];
    if (own === false) explicit.push(name);
    else if (own !== true && ofPod !== true) missing.push(name);
  }
  if (ofPod === false || explicit.length > 0) {
    return {
      reason,
      detail: `${setters(ofPod === false, explicit)} must not set securityContext.runAsNonRoot=false`,
    };
  }
  if (missing.length === 0) return undefined;
  return { reason, detail: `pod or ${namedContainers(missing)} must set securityContext.runAsNonRoot=true` };
}

export const runAsNonRoot: PodSecurityCheck = {
  id: 'runAsNonRoot',
  level: 'restricted',
  versions: [
    { since: 0, check: judge },
    { since: 35, check: exceptUserNamespace(judge) },
  ],
};
