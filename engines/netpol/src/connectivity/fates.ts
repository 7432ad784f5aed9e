import type { Analysis } from '../engine/analysis.ts';
import type { CompiledRule, CompiledTier } from '../engine/compile.ts';
import type { Direction, Policy, Rule } from '../model/policy.ts';
import { noConnections, type SetId } from '../sets/connections.ts';
import type { IngressRule } from './ingress.ts';

/** What has a part in the fate of connections. */
export type Cause =
  /** A rule that allows or denies them, or passes them on to what comes behind it. */
  | { type: 'rule'; policy: Policy; rule: Rule }
  /** A policy selects the one end, and no rule of it the other; or it has no rule at all. */
  | { type: 'no-rule'; policy: Policy; hasRules: boolean }
  /** A rule selects both ends, but not these connections; `hasNames` where all it has are names of ports that mean nothing there. */
  | { type: 'no-match'; policy: Policy; rule: Rule; hasNames: boolean }
  | { type: 'ingress'; rule: IngressRule; isMatched: boolean }
  /** No policy decides. */
  | { type: 'default' };

/** Connections that share a fate in one direction. */
export interface Fate {
  connections: SetId;
  isAllowed: boolean;
  causes: readonly Cause[];
}

/** The tiers of one direction, asked for fates. */
export class DirectionTiers {
  readonly #analysis: Analysis;
  readonly #direction: Direction;
  readonly #planes: readonly CompiledTier['plane'][];
  /** Causes of what no policy decides. */
  readonly #unsaid: readonly Cause[];
  readonly #rulesOf = new Map<number, { tier: CompiledTier; rules: readonly CompiledRule[] }[]>();

  constructor(analysis: Analysis, direction: Direction, unsaid: readonly Cause[]) {
    this.#unsaid = unsaid;
    this.#analysis = analysis;
    this.#direction = direction;
    this.#planes = [...new Set(analysis.tiers.map(({ plane }) => plane))];
  }

  /** Every plane has its say, and all must allow. */
  fates(subject: number, peer: number, destination: number, asked: SetId): Fate[] {
    const [first = 'network', ...others] = this.#planes;
    const { connections } = this.#analysis;
    let fates = this.#fatesIn(first, subject, peer, destination, asked);
    for (const plane of others) {
      fates = fates.flatMap((fate) =>
        this.#fatesIn(plane, subject, peer, destination, fate.connections).map((other) => ({
          connections: connections.intersection(fate.connections, other.connections),
          isAllowed: fate.isAllowed && other.isAllowed,
          causes: [...fate.causes, ...other.causes],
        })),
      );
    }
    return fates;
  }

  #fatesIn(
    plane: CompiledTier['plane'],
    subject: number,
    peer: number,
    destination: number,
    asked: SetId,
  ): Fate[] {
    const decided: Fate[] = [];
    let open: Part[] = [{ connections: asked, causes: [] }];
    for (const { tier, rules } of this.#tiersOf(subject)) {
      if (tier.plane !== plane) continue;
      const isIsolated = tier.isolated[this.#direction].has(subject);
      const meant = rules
        .filter(({ peers }) => peers.has(peer))
        .map((rule) => ({ rule, connections: this.#analysis.connectionsOf(rule, destination) }));
      const isolating = isIsolated ? this.#isolating(tier, subject) : [];
      if (isIsolated && rules.every(({ verdict }) => verdict === 'allow')) {
        const { inside, outside } = this.#split(open, tier.about);
        decided.push(...inside.flatMap((part) => this.#together(part, isolating, rules, meant)));
        open = this.#inOrder(outside, meant, decided).left;
      } else {
        const { left, passed } = this.#inOrder(open, meant, decided);
        const causes = isolating.map((policy) => this.#refusal(policy, rules, meant));
        const { inside, outside } = isIsolated
          ? this.#split(left, tier.about)
          : { inside: [], outside: left };
        decided.push(...inside.map((part) => refused(part, causes)));
        open = [...outside, ...passed];
      }
    }
    decided.push(
      ...open.map(({ connections, causes }) => {
        return { connections, isAllowed: true, causes: [...causes, ...this.#unsaid] };
      }),
    );
    return decided.filter(({ connections }) => connections !== noConnections);
  }

  /** Parts of connections that a tier is about, and the rest. */
  #split(parts: readonly Part[], about: SetId): { inside: Part[]; outside: Part[] } {
    const { connections } = this.#analysis;
    const cut = (of: (set: SetId) => SetId) =>
      parts
        .map((part) => ({ ...part, connections: of(part.connections) }))
        .filter((part) => part.connections !== noConnections);
    return {
      inside: cut((set) => connections.intersection(set, about)),
      outside: cut((set) => connections.difference(set, about)),
    };
  }

  /** Rules are asked one by one, and the first that speaks of a connection decides. */
  #inOrder(
    open: readonly Part[],
    meant: readonly Meant[],
    decided: Fate[],
  ): { left: Part[]; passed: Part[] } {
    const { connections } = this.#analysis;
    const passed: Part[] = [];
    let left = [...open];
    for (const { rule, connections: spoken } of meant) {
      const cause: Cause = { type: 'rule', policy: rule.policy, rule: rule.rule };
      for (const part of left) {
        const taken = connections.intersection(part.connections, spoken);
        if (taken === noConnections) continue;
        const causes = [...part.causes, cause];
        if (rule.verdict === 'pass') passed.push({ connections: taken, causes });
        else decided.push({ connections: taken, isAllowed: rule.verdict === 'allow', causes });
      }
      left = left.flatMap((part) => {
        const rest = connections.difference(part.connections, spoken);
        return rest === noConnections ? [] : [{ ...part, connections: rest }];
      });
    }
    return { left, passed };
  }

  /** Policies that only allow are asked all together: each that allows a connection has its part in it. */
  #together(
    part: Part,
    isolating: readonly Policy[],
    rules: readonly CompiledRule[],
    meant: readonly Meant[],
  ): Fate[] {
    const { connections } = this.#analysis;
    let parts: Part[] = [{ connections: part.connections, causes: [] }];
    for (const policy of new Set(meant.map(({ rule }) => rule.policy))) {
      const own = meant.filter(({ rule }) => rule.policy === policy);
      parts = parts.flatMap((each) => {
        const allowed: Part[] = [];
        let rest = each.connections;
        for (const { rule, connections: spoken } of own) {
          const taken = connections.intersection(rest, spoken);
          if (taken === noConnections) continue;
          const cause: Cause = { type: 'rule', policy, rule: rule.rule };
          allowed.push({ connections: taken, causes: [...each.causes, cause] });
          rest = connections.difference(rest, taken);
        }
        return rest === noConnections ? allowed : [...allowed, { ...each, connections: rest }];
      });
    }
    const refusals = isolating.map((policy) => this.#refusal(policy, rules, meant));
    return parts.map((each) =>
      each.causes.length === 0
        ? refused({ ...part, connections: each.connections }, refusals)
        : { connections: each.connections, isAllowed: true, causes: [...part.causes, ...each.causes] },
    );
  }

  /** Why a policy does not allow what none of its rules allows. */
  #refusal(policy: Policy, rules: readonly CompiledRule[], meant: readonly Meant[]): Cause {
    const first = meant.find(({ rule }) => rule.policy === policy);
    if (first === undefined) {
      return { type: 'no-rule', policy, hasRules: rules.some((rule) => rule.policy === policy) };
    }
    const { rule, connections } = first;
    const hasNames = connections === noConnections && rule.rule.connections.named.length > 0;
    return { type: 'no-match', policy, rule: rule.rule, hasNames };
  }

  #isolating(tier: CompiledTier, subject: number): Policy[] {
    return tier.policies.filter(
      (policy) => policy.isolates[this.#direction] && this.#analysis.selects(policy, subject),
    );
  }

  #tiersOf(subject: number): { tier: CompiledTier; rules: readonly CompiledRule[] }[] {
    let known = this.#rulesOf.get(subject);
    if (known === undefined) {
      known = this.#analysis.tiers.map((tier) => {
        return { tier, rules: tier.rules[this.#direction].filter(({ subjects }) => subjects.has(subject)) };
      });
      this.#rulesOf.set(subject, known);
    }
    return known;
  }
}

/** Connections that nothing decided so far, with the rules that passed them on. */
interface Part {
  connections: SetId;
  causes: readonly Cause[];
}

/** A rule about both ends, with its connections there. */
interface Meant {
  rule: CompiledRule;
  connections: SetId;
}

function refused({ connections, causes }: Part, refusals: readonly Cause[]): Fate {
  return { connections, isAllowed: false, causes: [...causes, ...refusals] };
}
