import type { Policy, TierKey } from '../model/policy.ts';
import { Baseline } from './relation.ts';
import { inPlane, type RuleOf, type Setting, writtenPolicies, writtenRules } from './setting.ts';

/** Policies that can be left out with no change, and rules of the others that can. */
export interface Redundancy {
  policies: readonly Policy[];
  rules: readonly RuleOf[];
}

/** Each policy and rule is judged alone, among the policies of its plane: leaving out two may change something. */
export function redundancyOf(setting: Setting): Redundancy {
  const planes = new Map<TierKey['plane'], Plane>();
  const planeOf = ({ tier }: Policy): Plane => {
    const plane = planes.get(tier.plane) ?? new Plane(inPlane(setting, tier.plane));
    planes.set(tier.plane, plane);
    return plane;
  };
  const written = writtenPolicies(setting);
  const policies = written.filter((policy) => planeOf(policy).isRedundant(policy));
  const rules = written
    .filter((policy) => !policies.includes(policy))
    .flatMap((policy) => planeOf(policy).redundantRules(policy));
  return { policies, rules };
}

class Plane {
  readonly #setting: Setting;
  readonly #baseline: Baseline;

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#baseline = new Baseline(setting);
  }

  /** A policy that is alone in its plane is not redundant: see `isVacuous`. */
  isRedundant(policy: Policy): boolean {
    const { policies } = this.#setting;
    if (writtenPolicies(this.#setting).length < 2) return false;
    return this.#baseline.isSameWith(policies.filter((each) => each !== policy));
  }

  /** Rules of a policy that can be left out while the policy stays. */
  redundantRules(policy: Policy): RuleOf[] {
    return writtenRules(policy).flatMap(([rule, ...others]) => {
      const rules = policy.rules.filter((each) => each !== rule && !others.includes(each));
      const reduced = { ...policy, rules };
      const policies = this.#setting.policies.map((each) => (each === policy ? reduced : each));
      return this.#baseline.isSameWith(policies) ? [{ policy, rule }] : [];
    });
  }
}
