import type { CheckDefinition } from '@keelson/checks';
import { isWorkloadKind } from '@keelson/kubernetes';

/** Checks that are loaded together, by what they look at. */
export const groupNames = ['workload', 'object', 'component', 'general', 'dockerfile', 'network'] as const;
export type GroupName = (typeof groupNames)[number];

/** Programs of the engine of network policies that have a plain form for inputs without any. */
const withPlainForm: readonly string[] = [
  'network/namespace-without-network-policy',
  'network/pod-without-egress-policy',
  'network/pod-without-ingress-policy',
];

/**
 * The groups of a check: `object` is for kinds that make no Pods, `network` for programs of the engine of network policies,
 * `general` for whatever may concern any input.
 */
export function groupsOf({ target, kinds, judge }: CheckDefinition): GroupName[] {
  if (target === 'dockerfile') return ['dockerfile'];
  if (judge.type === 'program') {
    if (!judge.program.startsWith('network/')) return ['general'];
    return withPlainForm.includes(judge.program) ? ['general', 'network'] : ['network'];
  }
  if (judge.scope === 'component') return ['component'];
  if (judge.scope !== 'object') return ['workload'];
  if (kinds.length === 0) return ['general'];
  return [kinds.some(makesPods) ? 'workload' : 'object'];
}

function makesPods(kind: string): boolean {
  return ['', 'apps', 'batch'].some((group) => isWorkloadKind(group, kind));
}
