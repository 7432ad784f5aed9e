import type { JsonObject } from '@keelson/core';
import type { PodSecurityCheck } from './check.ts';
import { objectAt, type PodView } from './pod-view.ts';
import { setters } from './text.ts';

// Restricted fields: securityContext.windowsOptions.hostProcess of the Pod and every container. Allowed: false,
// not set.

function isSet(context: JsonObject | undefined): boolean {
  return objectAt(context, 'windowsOptions')?.['hostProcess'] === true;
}

function judge(pod: PodView) {
  const ofPod = isSet(pod.securityContext);
  const bad: string[] = [];
  for (const { name, securityContext } of pod.containers) if (isSet(securityContext)) bad.push(name);
  if (!ofPod && bad.length === 0) return undefined;
  const detail = `${setters(ofPod, bad)} must not set securityContext.windowsOptions.hostProcess=true`;
  return { reason: 'hostProcess', detail };
}

export const windowsHostProcess: PodSecurityCheck = {
  id: 'windowsHostProcess',
  level: 'baseline',
  versions: [{ since: 0, check: judge }],
};
