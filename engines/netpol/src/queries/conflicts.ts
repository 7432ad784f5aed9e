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
  if (!isAbout(first, direction) || !isAbout(second, direction)) return false;
  const verdicts = (policy: Policy) => effective(policy, direction, compiled);
  const others = verdicts(second);
  const opposite = { allow: 'deny', deny: 'allow' } as const;
  return [...verdicts(first)].some(([precedence, own]) =>
    (['allow', 'deny'] as const).some(
      (verdict) => own.has(verdict) && others.get(precedence)?.has(opposite[verdict]) === true,
    ),
  );
}

/** By precedence, the verdicts of the rules that match something: what stands before the other does not contradict it. */
function effective(
  policy: Policy,
  direction: Direction,
  compiled: ReadonlyMap<Rule, CompiledRule>,
): Map<number, ReadonlySet<Verdict>> {
  const rules = policy.rules.filter((rule) => {
    const found = compiled.get(rule);
    const matches = found !== undefined && !found.peers.isEmpty() && !found.subjects.isEmpty();
    return rule.direction === direction && matches;
  });
  const groups = Map.groupBy(rules, ({ precedence = 0 }) => precedence);
  return new Map(
    [...groups].map(([precedence, members]) => [precedence, new Set(members.map(({ verdict }) => verdict))]),
  );
}
