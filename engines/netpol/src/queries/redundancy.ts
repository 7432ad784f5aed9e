import type { Policy } from '../model/policy.ts';
import { areEquivalent } from './equivalence.ts';
import {
  inPlane,
  type RuleOf,
  replaced,
  type Setting,
  without,
  writtenPolicies,
  writtenRules,
} from './setting.ts';

/** Policies that can be left out with no change, and rules of the others that can. */
export interface Redundancy {
  policies: readonly Policy[];
  rules: readonly RuleOf[];
}

/** Each policy and rule is judged alone, among the policies of its plane: leaving out two may change something. */
export function redundancyOf(setting: Setting): Redundancy {
  const policies = redundantPolicies(setting);
  const rules = writtenPolicies(setting)
    .filter((policy) => !policies.includes(policy))
    .flatMap((policy) => redundantRules(setting, policy));
  return { policies, rules };
}

/** A policy that is alone in its plane is not redundant: see `isVacuous`. */
export function redundantPolicies(setting: Setting): Policy[] {
  return writtenPolicies(setting).filter((policy) => {
    const among = inPlane(setting, policy.tier.plane);
    return writtenPolicies(among).length > 1 && areEquivalent(among, without(among, policy));
  });
}

/** Rules of a policy that can be left out while the policy stays. */
export function redundantRules(setting: Setting, policy: Policy): RuleOf[] {
  const among = inPlane(setting, policy.tier.plane);
  return writtenRules(policy).flatMap(([rule, ...others]) => {
    const left = policy.rules.filter((each) => each !== rule && !others.includes(each));
    const reduced = { ...policy, rules: left };
    return areEquivalent(among, replaced(among, policy, reduced)) ? [{ policy, rule }] : [];
  });
}
