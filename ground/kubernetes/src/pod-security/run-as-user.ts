import type { JsonObject } from '@keelson/core';
import { exceptUserNamespace, type PodSecurityCheck } from './check.ts';
import type { PodView } from './pod-view.ts';
import { setters } from './text.ts';

// Restricted fields: securityContext.runAsUser of the Pod and every container. Allowed: any but 0, not set.

function isRoot(context: JsonObject | undefined): boolean {
  const user = context?.['runAsUser'];
  return user === 0 || user === 0n;
}

function judge(pod: PodView) {
  const ofPod = isRoot(pod.securityContext);
  const bad: string[] = [];
  for (const { name, securityContext } of pod.containers) if (isRoot(securityContext)) bad.push(name);
  if (!ofPod && bad.length === 0) return undefined;
  return { reason: 'runAsUser=0', detail: `${setters(ofPod, bad)} must not set runAsUser=0` };
}

export const runAsUser: PodSecurityCheck = {
  id: 'runAsUser',
  level: 'restricted',
  versions: [
    { since: 23, check: judge },
    { since: 35, check: exceptUserNamespace(judge) },
  ],
};
