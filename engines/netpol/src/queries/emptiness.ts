import type { Policy } from '../model/policy.ts';
import {
  analysisOf,
  compiledRules,
  type RuleOf,
  type Setting,
  subjectsOf,
  writtenPolicies,
  writtenRules,
} from './setting.ts';

/** A rule that matches nothing: because of its far ends, its own end, or both. */
export interface EmptyRule extends RuleOf {
  hasNoPeers: boolean;
  hasNoSubjects: boolean;
}

/** Policies that select no endpoint, and rules that match nothing. */
export interface Emptiness {
  policies: readonly Policy[];
  rules: readonly EmptyRule[];
}

export function emptinessOf(setting: Setting): Emptiness {
  const subjects = subjectsOf(setting);
  const compiled = compiledRules(analysisOf(setting));
  const rules = writtenPolicies(setting).flatMap((policy) =>
    writtenRules(policy).flatMap((rules): EmptyRule[] => {
      const found = rules.map((rule) => compiled.get(rule));
      const hasNoPeers = found.every((each) => each?.peers.isEmpty() ?? true);
      const hasNoSubjects = found.every((each) => each?.subjects.isEmpty() ?? true);
      return hasNoPeers || hasNoSubjects ? [{ policy, rule: rules[0], hasNoPeers, hasNoSubjects }] : [];
    }),
  );
  const policies = [...subjects].flatMap(([policy, endpoints]) => (endpoints.isEmpty() ? [policy] : []));
  return { policies, rules };
}
