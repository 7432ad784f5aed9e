import { areEquivalent } from './equivalence.ts';
import { type Setting, withoutPolicies } from './setting.ts';

/** True when the policies together change nothing: without them the same is allowed. */
export function isVacuous(setting: Setting): boolean {
  return areEquivalent(setting, withoutPolicies(setting));
}
