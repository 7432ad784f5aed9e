import type { JsonObject } from '@keelson/core';
import { exceptWindows, type PodSecurityCheck } from './check.ts';
import { objectAt, type PodView, stringAt } from './pod-view.ts';
import { goQuoted, namedContainers, plural, quoted, setters, sorted } from './text.ts';

// Restricted fields: before 1.19 the annotations, since then securityContext.seccompProfile.type of the Pod and
// every container. Allowed types: RuntimeDefault, Localhost; at level baseline also not set.
const reason = 'seccompProfile';
const podAnnotation = 'seccomp.security.alpha.kubernetes.io/pod';
const containerAnnotationPrefix = 'container.seccomp.security.alpha.kubernetes.io/';

function isAllowedAnnotation(value: string): boolean {
  return value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/');
}

function judgeAnnotations(pod: PodView) {
  const { annotations } = pod;
  if (annotations === undefined) return undefined;
  const forbidden = new Set<string>();
  for (const key of [podAnnotation, ...pod.containers.map(({ name }) => containerAnnotationPrefix + name)]) {
    if (!Object.hasOwn(annotations, key)) continue;
    const value = stringAt(annotations, key);
    if (!isAllowedAnnotation(value)) forbidden.add(`${key}=${goQuoted(value)}`);
  }
  if (forbidden.size === 0) return undefined;
  return {
    reason,
    detail: `forbidden ${plural('annotation', forbidden.size)} ${sorted(forbidden).join(', ')}`,
  };
}

/** The type that a context sets; undefined where it sets no profile. */
function typeOf(context: JsonObject | undefined): string | undefined {
  const profile = objectAt(context, 'seccompProfile');
  return profile === undefined ? undefined : stringAt(profile, 'type');
}

function isValid(type: string): boolean {
  return type === 'RuntimeDefault' || type === 'Localhost';
}

function judgeFields(pod: PodView, mustBeSet: boolean) {
  const badTypes = new Set<string>();
  const explicit: string[] = [];
  const missing: string[] = [];
  const ofPod = typeOf(pod.securityContext);
  const podIsBad = ofPod !== undefined && !isValid(ofPod);
  if (podIsBad) badTypes.add(ofPod);
  for (const { name, securityContext } of pod.containers) {
    const type = typeOf(securityContext);
    if (type === undefined) missing.push(name);
    else if (!isValid(type)) {
      explicit.push(name);
      badTypes.add(type);
    }
  }
  if (podIsBad || explicit.length > 0) {
    const who = setters(podIsBad, explicit);
    return {
      reason,
      detail: `${who} must not set securityContext.seccompProfile.type to ${quoted(sorted(badTypes))}`,
    };
  }
  if (!mustBeSet || ofPod !== undefined || missing.length === 0) return undefined;
  const types = '"RuntimeDefault" or "Localhost"';
  return {
    reason,
    detail: `pod or ${namedContainers(missing)} must set securityContext.seccompProfile.type to ${types}`,
  };
}

const judgeRestricted = (pod: PodView) => judgeFields(pod, true);

export const seccompProfileBaseline: PodSecurityCheck = {
  id: 'seccompProfile_baseline',
  level: 'baseline',
  versions: [
    { since: 0, check: judgeAnnotations },
    { since: 19, check: (pod) => judgeFields(pod, false) },
  ],
};

export const seccompProfileRestricted: PodSecurityCheck = {
  id: 'seccompProfile_restricted',
  level: 'restricted',
  versions: [
    { since: 19, check: judgeRestricted, replaces: [seccompProfileBaseline.id] },
    { since: 25, check: exceptWindows(judgeRestricted), replaces: [seccompProfileBaseline.id] },
  ],
};
