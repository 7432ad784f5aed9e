import type { CheckDefinition } from '@keelson/checks';
import { isWorkloadKind } from '@keelson/kubernetes';

/** Checks that are loaded together, by what they look at. */
export const groupNames = ['workload', 'object', 'component', 'general', 'dockerfile'] as const;
export type GroupName = (typeof groupNames)[number];

/** The group of a check: `object` is for kinds that make no Pods, `general` for whatever may concern any input. */
export function groupOf({ target, kinds, judge }: CheckDefinition): GroupName {
  if (target === 'dockerfile') return 'dockerfile';
  if (judge.type === 'program') return 'general';
  if (judge.scope === 'component') return 'component';
  if (judge.scope !== 'object') return 'workload';
  if (kinds.length === 0) return 'general';
  return kinds.some(makesPods) ? 'workload' : 'object';
}

function makesPods(kind: string): boolean {
  return ['', 'apps', 'batch'].some((group) => isWorkloadKind(group, kind));
}
