import type { CheckDefinition } from '@keelson/checks';

/** Checks that are loaded together, by what they look at. */
export const groupNames = ['workload', 'object', 'component', 'program', 'dockerfile'] as const;
export type GroupName = (typeof groupNames)[number];

/** The group of a check. */
export function groupOf({ target, judge }: CheckDefinition): GroupName {
  if (target === 'dockerfile') return 'dockerfile';
  if (judge.type === 'program') return 'program';
  if (judge.scope === 'component') return 'component';
  return judge.scope === 'object' ? 'object' : 'workload';
}
