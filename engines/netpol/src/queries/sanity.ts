import type { Policy } from '../model/policy.ts';
import { conflictsOf } from './conflicts.ts';
import type { Overlap } from './disjointness.ts';
import { type EmptyRule, emptinessOf } from './emptiness.ts';
import { redundancyOf } from './redundancy.ts';
import type { RuleOf, Setting } from './setting.ts';
import { isVacuous } from './vacuity.ts';

/** What is odd in a set of policies. Where some conflict, or all together change nothing, redundancy is not asked for. */
export interface Sanity {
  conflicts: readonly Overlap[];
  isVacuous: boolean;
  emptyPolicies: readonly Policy[];
  /** Of policies that select something. */
  emptyRules: readonly EmptyRule[];
  redundantPolicies: readonly Policy[];
  redundantRules: readonly RuleOf[];
}

export function sanityOf(setting: Setting): Sanity {
  const conflicts = conflictsOf(setting);
  const { policies: emptyPolicies, rules } = emptinessOf(setting);
  const emptyRules = rules.filter(({ policy }) => !emptyPolicies.includes(policy));
  const vacuous = isVacuous(setting);
  const common = { conflicts, isVacuous: vacuous, emptyPolicies, emptyRules };
  if (vacuous || conflicts.length > 0) return { ...common, redundantPolicies: [], redundantRules: [] };
  const redundancy = redundancyOf(setting);
  const empty = new Set(emptyRules.map(({ rule }) => rule));
  return {
    ...common,
    redundantPolicies: redundancy.policies.filter((policy) => !emptyPolicies.includes(policy)),
    redundantRules: redundancy.rules.filter(
      ({ policy, rule }) => !emptyPolicies.includes(policy) && !empty.has(rule),
    ),
  };
}
