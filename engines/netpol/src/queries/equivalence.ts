import { Comparison, firstPair, type Pair } from './relation.ts';
import { only, type Setting, writtenPolicies } from './setting.ts';

/** The first pair for which two settings with the same endpoints differ; undefined where they are equal. */
export function differenceOf(first: Setting, second: Setting): Pair | undefined {
  return firstPair(new Comparison(first, second).pairs(), (pair) => pair.first !== pair.second);
}

/** True when both settings have the same endpoints and allow the same connections. */
export function areEquivalent(first: Setting, second: Setting): boolean {
  const comparison = new Comparison(first, second);
  return (
    comparison.hasSameEndpoints &&
    firstPair(comparison.pairs(), (pair) => pair.first !== pair.second) === undefined
  );
}

/**
 * True when both settings have the same policies by name, and each of them alone does the same in both.
 */
export function areStronglyEquivalent(first: Setting, second: Setting): boolean {
  const others = new Map(writtenPolicies(second).map((policy) => [policyKey(policy), policy]));
  const policies = writtenPolicies(first);
  if (policies.length !== others.size) return false;
  return policies.every((policy) => {
    const other = others.get(policyKey(policy));
    return other !== undefined && areEquivalent(only(first, policy), only(second, other));
  });
}

function policyKey({ kind, namespace, name, tier }: Setting['policies'][number]): string {
  return JSON.stringify([kind, namespace, name, tier.plane]);
}
