import type { CompiledRule, CompiledTier } from '../../engine/compile.ts';
import { connectionsAt } from '../../engine/named-ports.ts';
import { type Direction, directions } from '../../model/policy.ts';
import { allConnections } from '../../sets/connections.ts';
import { type LintContext, policyName } from '../context.ts';
import type { LintHit, LintRule } from '../finding.ts';

/** A rule that never decides anything, and one that takes its connections before it. */
interface Shadowed {
  rule: CompiledRule;
  by: CompiledRule;
}

const known = new WeakMap<LintContext, readonly Shadowed[]>();

/** Rules all of whose connections are decided before they are asked, worked out once. Rules that only add to each other are left out. */
function shadowedRules(context: LintContext): readonly Shadowed[] {
  const before = known.get(context);
  if (before !== undefined) return before;
  const planes = Map.groupBy(context.analysis.tiers, ({ plane }) => plane);
  const shadowed = [...planes.values()].flatMap((tiers) =>
    directions.flatMap((direction) => shadowedIn(context, tiers, direction)),
  );
  known.set(context, shadowed);
  return shadowed;
}

function shadowedIn(
  context: LintContext,
  tiers: readonly CompiledTier[],
  direction: Direction,
): readonly Shadowed[] {
  const rules = tiers.flatMap((tier) => tier.rules[direction]);
  context.spend(rules.reduce((sum, { subjects, peers }) => sum + subjects.count() * peers.count(), 0));
  const found: Shadowed[] = [];
  const earlier: CompiledRule[] = [];
  for (const tier of tiers) {
    const passing: CompiledRule[] = [];
    for (const rule of tier.rules[direction]) {
      const by = shadowOf(context, [...earlier, ...passing], rule);
      if (by !== undefined) found.push({ rule, by });
      passing.push(rule);
    }
    // What a tier passes on comes to the rules of the next after all.
    earlier.push(...passing.filter(({ verdict }) => verdict !== 'pass'));
  }
  return found;
}

/** Where the rule takes nothing from any pair, a rule before it of another verdict; undefined where it takes something. */
function shadowOf(
  context: LintContext,
  before: readonly CompiledRule[],
  rule: CompiledRule,
): CompiledRule | undefined {
  const { analysis, connections } = context;
  const { direction } = rule.rule;
  const isOther = (each: CompiledRule) => each.verdict !== rule.verdict && overlaps(each, rule);
  if (rule.verdict === 'allow' && !before.some(isOther)) return undefined;
  const candidates = before.filter((each) => overlaps(each, rule));
  let by: CompiledRule | undefined;
  for (const subject of rule.subjects.members()) {
    for (const peer of rule.peers.members()) {
      const destination = direction === 'ingress' ? subject : peer;
      let left = analysis.connectionsOf(rule, destination);
      if (left === 0) continue;
      for (const each of candidates) {
        if (!each.subjects.has(subject) || !each.peers.has(peer)) continue;
        const rest = connections.difference(left, analysis.connectionsOf(each, destination));
        if (rest !== left) by = each.verdict === rule.verdict ? (by ?? each) : each;
        left = rest;
        if (left === 0) break;
      }
      if (left !== 0) return undefined;
    }
  }
  return by;
}

function overlaps(a: CompiledRule, b: CompiledRule): boolean {
  return !a.subjects.and(b.subjects).isEmpty() && !a.peers.and(b.peers).isEmpty();
}

/** A rule that denies everything to everybody that the other is about. */
function isUnconditional(by: CompiledRule, rule: CompiledRule): boolean {
  return (
    by.verdict === 'deny' &&
    rule.subjects.without(by.subjects).isEmpty() &&
    by.peers.isFull() &&
    by.connections.length === 1 &&
    connectionsAt(by.connections, 0) === allConnections
  );
}

function hit({ rule, by }: Shadowed, message: string): LintHit {
  return {
    resource: rule.policy.resource,
    path: rule.rule.path,
    message: `${message} ${policyName(by.policy)}`,
  };
}

export const shadowedRule: LintRule = {
  id: 'network-policy-rule-shadowed',
  severity: 'medium',
  title: 'A rule never decides, since rules before it take all of its connections',
  check: (context) =>
    shadowedRules(context)
      .filter(({ rule, by }) => !(rule.verdict === 'allow' && isUnconditional(by, rule)))
      .map((each) => hit(each, 'never decides: all of its connections are taken before it, by a rule of')),
};

export const allowAfterDeny: LintRule = {
  id: 'network-policy-allow-after-deny',
  severity: 'high',
  title: 'An allowing rule stands behind one that denies everything',
  check: (context) =>
    shadowedRules(context)
      .filter(({ rule, by }) => rule.verdict === 'allow' && isUnconditional(by, rule))
      .map((each) => hit(each, 'allows nothing: everything is denied before it, by a rule of')),
};
