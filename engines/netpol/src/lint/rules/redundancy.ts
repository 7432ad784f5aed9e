import type { Analysis } from '../../engine/analysis.ts';
import type { CompiledRule, CompiledTier } from '../../engine/compile.ts';
import { directions, type Policy, type Rule } from '../../model/policy.ts';
import { isAbout, type LintContext, policyName } from '../context.ts';
import type { LintHit, LintRule } from '../finding.ts';

/** Rules that can go, one after the other from the last, without a change of what any selected Pod may do. */
function redundantRules(context: LintContext): Map<Policy, Set<Rule>> {
  const found = new Map<Policy, Set<Rule>>();
  const rules = [...context.compiled.values()];
  context.spend(rules.reduce((sum, rule) => sum + rule.subjects.count() * rule.peers.count(), 0));
  context.spend(rules.length * context.policies.length * looksAtPolicy);
  const { tiers } = context.analysis;
  let analysis = context.analysis;
  let current = new Map(context.policies.map((policy) => [policy, policy]));
  for (const policy of context.written.toReversed()) {
    for (const rule of policy.rules.toReversed()) {
      const compiled = context.compiled.get(rule);
      const before = current.get(policy);
      if (compiled === undefined || before === undefined || !hasCompany(tiers, compiled)) continue;
      const reduced = { ...before, rules: before.rules.filter((each) => each !== rule) };
      const next = new Map(current).set(policy, reduced);
      const without = analysis.with([...next.values()]);
      if (differs(analysis, without, compiled)) continue;
      analysis = without;
      current = next;
      found.set(policy, (found.get(policy) ?? new Set()).add(rule));
    }
  }
  return found;
}

/** What putting a policy in its place again costs, in looks at a pair. */
const looksAtPolicy = 40;

/**
 * Whether another rule of the tier, of the same verdict, is about some of the same. Rules that say what follows without
 * them, as what a later tier does anyway, guard against changes there and are of use.
 */
function hasCompany(tiers: readonly CompiledTier[], rule: CompiledRule): boolean {
  const { direction } = rule.rule;
  const own = tiers.find(({ rules }) => rules[direction].includes(rule))?.rules[direction] ?? [];
  return own.some(
    (other) =>
      other !== rule &&
      other.verdict === rule.verdict &&
      !other.subjects.and(rule.subjects).isEmpty() &&
      !other.peers.and(rule.peers).isEmpty() &&
      rule.connections.some((set) => set !== 0),
  );
}

function differs(a: Analysis, b: Analysis, { rule, subjects, peers }: CompiledRule): boolean {
  const others = peers.members();
  if (b.addresses.length !== a.addresses.length) {
    // Without the rule's ranges the addresses are cut less finely, so parts are found by their first address.
    return subjects.members().some((subject) =>
      others.some((peer) => {
        const part = a.addressesOf(peer);
        const same = part === undefined ? peer : b.peerOfAddress({ family: part.family, value: part.low });
        if (same === undefined) return false;
        return a.allowedAt(rule.direction, subject, peer) !== b.allowedAt(rule.direction, subject, same);
      }),
    );
  }
  return subjects
    .members()
    .some((subject) =>
      others.some(
        (peer) => a.allowedAt(rule.direction, subject, peer) !== b.allowedAt(rule.direction, subject, peer),
      ),
    );
}

export const redundantRule: LintRule = {
  id: 'network-policy-rule-redundant',
  severity: 'low',
  title: 'A rule changes nothing beside the others',
  check: (context) =>
    [...redundantRules(context)].flatMap(([policy, rules]) =>
      [...rules].map(
        (rule): LintHit => ({
          resource: policy.resource,
          path: rule.path,
          message: 'changes nothing for the Pods of the input: other rules say the same',
          ...(policy.resource.group === 'networking.k8s.io'
            ? {
                fix: {
                  description: 'remove the rule',
                  patch: [{ op: 'remove', path: rule.path }],
                  optIn: true,
                },
              }
            : {}),
        }),
      ),
    ),
};

export const redundantPolicy: LintRule = {
  id: 'network-policy-redundant',
  severity: 'low',
  title: 'A policy says what another says',
  check: (context) => {
    const places = placesOf(context);
    const covers = (a: Policy, b: Policy) =>
      !isSameObject(a, b) && !isGuardBeside(b, a) && saysAsMuch(context, places, a, b);
    // Of policies that say the same, the first in the order of their tier stays.
    const inOrder = context.analysis.tiers.flatMap(({ policies }) => policies);
    const rank = new Map(inOrder.map((policy, i) => [policy, i]));
    const alike = Map.groupBy(context.written, ({ subject }) => subject.key);
    const isBefore = (a: Policy, b: Policy) => (rank.get(a) ?? 0) < (rank.get(b) ?? 0);
    return context.written.flatMap((policy) => {
      if (context.subjectsOf(policy).isEmpty()) return [];
      const twin = alike
        .get(policy.subject.key)
        ?.find((other) => covers(other, policy) && (isBefore(other, policy) || !covers(policy, other)));
      if (twin === undefined) return [];
      const message = `does no more than ${policyName(twin)}`;
      return [{ resource: policy.resource, path: ['spec'], message }];
    });
  },
};

/** One object may be written several times, as in bases and what is built of them. */
function isSameObject(a: Policy, b: Policy): boolean {
  return a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}

/** A policy without rules denies what others do not allow; it is of use beside them, for it stays when their rules go. */
function isGuardBeside(policy: Policy, other: Policy): boolean {
  return policy.rules.length === 0 && other.rules.length > 0;
}

/** Where a rule stands in its tier, and the run of rules of one verdict that it stands in: within one, order does not count. */
type Places = ReadonlyMap<CompiledRule, { at: number; run: number }>;

function placesOf({ analysis }: LintContext): Places {
  const places = new Map<CompiledRule, { at: number; run: number }>();
  for (const { rules } of analysis.tiers) {
    for (const direction of directions) {
      let run = 0;
      rules[direction].forEach((rule, at) => {
        if (rule.verdict !== rules[direction][at - 1]?.verdict) run++;
        places.set(rule, { at, run });
      });
    }
  }
  return places;
}

/** Whether a policy selects and decides, rule by rule, what another one does, in every cluster. */
function saysAsMuch(context: LintContext, places: Places, policy: Policy, other: Policy): boolean {
  if (policy.kind !== other.kind || policy.tier.name !== other.tier.name) return false;
  if (policy.subject.key !== other.subject.key || policy.namespace !== other.namespace) return false;
  if (!directions.every((direction) => policy.isolates[direction] === other.isolates[direction]))
    return false;
  if (!directions.every((direction) => isAbout(policy, direction) === isAbout(other, direction)))
    return false;
  const own = context.compiledOf(policy);
  return context
    .compiledOf(other)
    .every((rule) =>
      own.some(
        (same) =>
          same.rule.direction === rule.rule.direction &&
          same.verdict === rule.verdict &&
          decidesFor(places, same, rule) &&
          same.subjects.equals(rule.subjects) &&
          rule.peers.without(same.peers).isEmpty() &&
          rule.connections.every((set, i) => context.connections.contains(same.connections[i] ?? 0, set)),
      ),
    );
}

/** Whether a rule decides what another one would, when that is gone: it is asked before it, or with nothing of another verdict between. */
function decidesFor(places: Places, rule: CompiledRule, other: CompiledRule): boolean {
  const [own, others] = [places.get(rule), places.get(other)];
  return own !== undefined && others !== undefined && (own.run === others.run || own.at < others.at);
}
