import type { PodSecurityCheck } from './check.ts';
import { objectAt, type PodView, stringAt } from './pod-view.ts';
import { goQuoted, namedContainers, plural, quoted, sorted } from './text.ts';

// Restricted fields: securityContext.appArmorProfile.type of the Pod and every container, and the annotations
// that stood for it before 1.30. Allowed types: RuntimeDefault, Localhost, not set.
const allowedTypes = new Set(['RuntimeDefault', 'Localhost']);
const annotationPrefix = 'container.apparmor.security.beta.kubernetes.io/';

function isAllowedAnnotation(value: string): boolean {
  return value === '' || value === 'runtime/default' || value.startsWith('localhost/');
}

function judge(pod: PodView) {
  const badSetters: string[] = [];
  const badTypes = new Set<string>();
  const isBad = (context: PodView['securityContext']): boolean => {
    const profile = objectAt(context, 'appArmorProfile');
    if (profile === undefined || allowedTypes.has(stringAt(profile, 'type'))) return false;
    badTypes.add(stringAt(profile, 'type'));
    return true;
  };
  if (isBad(pod.securityContext)) badSetters.push('pod');
  const bad: string[] = [];
  for (const { name, securityContext } of pod.containers) if (isBad(securityContext)) bad.push(name);
  if (bad.length > 0) badSetters.push(namedContainers(bad));
  const annotations = forbiddenAnnotations(pod);
  if (annotations.length > 0) badSetters.push(plural('annotation', annotations.length));
  if (badSetters.length === 0) return undefined;
  const badValues = [...sorted(badTypes), ...annotations];
  return {
    reason: plural('forbidden AppArmor profile', badValues.length),
    detail: `${badSetters.join(' and ')} must not set AppArmor profile type to ${quoted(badValues)}`,
  };
}

function forbiddenAnnotations({ annotations }: PodView): string[] {
  if (annotations === undefined) return [];
  const out: string[] = [];
  for (const key of Object.keys(annotations)) {
    if (!key.startsWith(annotationPrefix)) continue;
    const value = stringAt(annotations, key);
    if (!isAllowedAnnotation(value)) out.push(`${key}=${goQuoted(value)}`);
  }
  return sorted(out);
}

export const appArmorProfile: PodSecurityCheck = {
  id: 'appArmorProfile',
  level: 'baseline',
  versions: [{ since: 0, check: judge }],
};
