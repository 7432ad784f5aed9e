import type { CompiledRule } from '../engine/compile.ts';
import { type Direction, directions, type Policy, type Rule, type Verdict } from '../model/policy.ts';
import { type Overlap, overlapsOf } from './disjointness.ts';
import { analysisOf, compiledRules, isAbout, type Setting } from './setting.ts';

/**
 * Policies of one tier with the same order that select common endpoints, where one allows and the other denies: what holds
 * depends on their names.
 */
export function conflictsOf(setting: Setting): Overlap[] {
  const compiled = compiledRules(analysisOf(setting));
  return overlapsOf(setting).filter(
    ({ first, second }) =>
      isSameTier(first, second) &&
      first.order === second.order &&
      directions.some((direction) => contradict(first, second, direction, compiled)),
  );
}

function isSameTier({ tier: a }: Policy, { tier: b }: Policy): boolean {
  return a.plane === b.plane && a.order === b.order && a.name === b.name;
}

function contradict(
  first: Policy,
  second: Policy,
  direction: Direction,
  compiled: ReadonlyMap<Rule, CompiledRule>,
): boolean {
  const has = (policy: Policy, verdict: Verdict) =>
    policy.rules.some((rule) => {
      const found = compiled.get(rule);
      return (
        rule.direction === direction &&
        rule.verdict === verdict &&
        found !== undefined &&
        !found.peers.isEmpty() &&
        !found.subjects.isEmpty()
      );
    });
  if (!isAbout(first, direction) || !isAbout(second, direction)) return false;
  return (has(first, 'allow') && has(second, 'deny')) || (has(first, 'deny') && has(second, 'allow'));
}
