import {
  type Analysis,
  allConnections,
  type CompiledRule,
  type Direction,
  noConnections,
  type Outcome,
  type Policy,
  peerText,
  type SetId,
} from '@keelson/netpol';
import { placeOf } from './input.ts';

/** A policy, or a rule of it, that has a part in a decision. */
export interface Reason {
  verdict: 'allows' | 'denies' | 'passes on' | 'selects';
  policy: string;
  /** Path of the rule; undefined for policies that no rule decides by. */
  rule?: string;
  /** `file:line:column`. */
  place: string;
}

/** Connections that one direction decides alike, and why; no reason where no policy speaks. */
export interface Decision {
  connections: SetId;
  allowed: boolean;
  reasons: readonly Reason[];
}

/** What the policies of one end decide about two peers; each plane of policies has its say, and all must allow. */
export function decisionsOf(
  analysis: Analysis,
  direction: Direction,
  source: number,
  destination: number,
): readonly Decision[] {
  const subject = direction === 'egress' ? source : destination;
  const outcomes = analysis.explain(source, destination)[direction];
  const open: Decision = { connections: allConnections, allowed: true, reasons: [] };
  return planesOf(analysis, outcomes).reduce<readonly Decision[]>(
    (before, plane) =>
      before.flatMap((decision) =>
        plane.flatMap((outcome) => {
          const connections = analysis.connections.intersection(decision.connections, outcome.connections);
          if (connections === noConnections) return [];
          const reasons = [...decision.reasons, ...reasonsOf(analysis, direction, subject, outcome)];
          return { connections, allowed: decision.allowed && outcome.allowed, reasons };
        }),
      ),
    [open],
  );
}

/** The outcomes of a plane are all connections together, and stand in one piece. */
function planesOf(analysis: Analysis, outcomes: readonly Outcome[]): Outcome[][] {
  const planes: Outcome[][] = [];
  let plane: Outcome[] = [];
  let told: SetId = noConnections;
  for (const outcome of outcomes) {
    plane.push(outcome);
    told = analysis.connections.union(told, outcome.connections);
    if (told !== allConnections) continue;
    planes.push(plane);
    plane = [];
    told = noConnections;
  }
  return planes;
}

function reasonsOf(analysis: Analysis, direction: Direction, subject: number, outcome: Outcome): Reason[] {
  const { passedBy = [], ...last } = outcome;
  return [
    ...passedBy.map((rule) => ruleReason('passes on', rule)),
    ...lastReasons(analysis, direction, subject, last),
  ];
}

function ruleReason(verdict: Reason['verdict'], { policy, rule }: CompiledRule): Reason {
  const written = rule.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return {
    verdict,
    policy: policyText(policy),
    rule: written.replace(/^\./, ''),
    place: placeOf(policy.resource, rule.path),
  };
}

function lastReasons(
  analysis: Analysis,
  direction: Direction,
  subject: number,
  { allowed, reason }: Outcome,
): Reason[] {
  if (reason.type === 'default') return [];
  if (reason.type === 'rule') return [ruleReason(allowed ? 'allows' : 'denies', reason.rule)];
  const selecting = reason.policies.filter(
    (policy) => policy.isolates[direction] && analysis.selects(policy, subject),
  );
  return selecting.map((policy) => ({
    verdict: 'selects',
    policy: policyText(policy),
    place: placeOf(policy.resource, []),
  }));
}

function policyText({ kind, namespace, name }: Policy): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** What a peer is called. */
export function memberText(analysis: Analysis, member: number): string {
  const endpoint = analysis.endpointOf(member);
  const range = analysis.addressesOf(member);
  if (endpoint !== undefined) {
    const { namespace, name, kind } = endpoint;
    return peerText({ type: 'workload', namespace, name, kind });
  }
  return range === undefined ? String(member) : peerText({ type: 'addresses', range });
}
