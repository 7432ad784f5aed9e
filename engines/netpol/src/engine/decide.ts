import type { Direction, Policy } from '../model/policy.ts';
import { allConnections, type Connections, noConnections, type SetId } from '../sets/connections.ts';
import type { CompiledRule, CompiledTier } from './compile.ts';
import { connectionsAt } from './named-ports.ts';

/** Why connections are allowed or denied in one direction. */
export type Reason =
  | { type: 'rule'; rule: CompiledRule }
  /** No rule of the tier spoke of them, and these policies select the endpoint. */
  | { type: 'isolation'; tier: string; policies: readonly Policy[] }
  /** No policy decided. */
  | { type: 'default' };

/** Part of all connections, with what decided them. */
export interface Outcome {
  connections: SetId;
  allowed: boolean;
  reason: Reason;
  /** Rules that handed the connections over to this decision; absent where none did. */
  passedBy?: readonly CompiledRule[];
}

/** Whose connections are asked for. */
export interface Question {
  direction: Direction;
  /** Endpoint whose policies are asked. */
  subject: number;
  /** The other end: an endpoint, or a part of the addresses behind them. */
  peer: number;
  /** Signature of the destination's named ports. */
  signature: number;
}

/**
 * What one plane says of the connections of two ends in one direction: outcomes that share no connection and are all of them
 * together, in the order in which they were decided.
 */
export function decide(
  tiers: readonly CompiledTier[],
  connections: Connections,
  question: Question,
): Outcome[] {
  const { direction, subject, peer, signature } = question;
  const outcomes: Outcome[] = [];
  const passes: Pass[] = [];
  let undecided: SetId = allConnections;
  for (const tier of tiers) {
    let passed: SetId = noConnections;
    for (const rule of tier.rules[direction]) {
      if (undecided === noConnections) break;
      if (!rule.subjects.has(subject) || !rule.peers.has(peer)) continue;
      const taken = connections.intersection(undecided, connectionsAt(rule.connections, signature));
      if (taken === noConnections) continue;
      undecided = connections.difference(undecided, taken);
      if (rule.verdict === 'pass') {
        passed = connections.union(passed, taken);
        passes.push({ rule, connections: taken, from: outcomes.length });
      } else
        outcomes.push({
          connections: taken,
          allowed: rule.verdict === 'allow',
          reason: { type: 'rule', rule },
        });
    }
    const denied = tier.isolated[direction].has(subject)
      ? connections.intersection(undecided, tier.about)
      : noConnections;
    if (denied !== noConnections) {
      const policies = tier.policies.filter((policy) => policy.isolates[direction]);
      const reason: Reason = { type: 'isolation', tier: tier.name, policies };
      outcomes.push({ connections: denied, allowed: false, reason });
      undecided = connections.difference(undecided, denied);
    }
    undecided = connections.union(undecided, passed);
  }
  if (undecided !== noConnections)
    outcomes.push({ connections: undecided, allowed: true, reason: { type: 'default' } });
  return passes.length === 0
    ? outcomes
    : outcomes.flatMap((outcome, i) => withPasses(outcome, i, passes, connections));
}

/** A rule that handed connections over; decisions from one on are made without its tier. */
interface Pass {
  rule: CompiledRule;
  connections: SetId;
  from: number;
}

/** An outcome in parts that the same rules handed over. */
function withPasses(
  outcome: Outcome,
  at: number,
  passes: readonly Pass[],
  connections: Connections,
): Outcome[] {
  let parts = [outcome];
  for (const pass of passes) {
    if (pass.from > at) continue;
    parts = parts.flatMap((part) => {
      const passed = connections.intersection(part.connections, pass.connections);
      if (passed === noConnections) return [part];
      const rest = connections.difference(part.connections, pass.connections);
      const handed = { ...part, connections: passed, passedBy: [...(part.passedBy ?? []), pass.rule] };
      return rest === noConnections ? [handed] : [handed, { ...part, connections: rest }];
    });
  }
  return parts;
}
