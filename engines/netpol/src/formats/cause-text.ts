import { terminalSafe } from '@keelson/core';
import type { Cause } from '../connectivity/fates.ts';
import { compareTexts } from '../connectivity/peers.ts';
import type { Direction, Policy, Rule } from '../model/policy.ts';

const directionNames = { ingress: 'Ingress', egress: 'Egress' };
const verbs = { allow: 'allows', deny: 'denies', pass: 'passes' };
const noMatch = 'but the protocols and ports do not match';
const noNames = 'but named ports of the rule have no match in the configuration of the destination peer';

/** That nothing but the system's default has a part in a fate. */
export const byDefault = 'due to the system default (Allow all)';

/** Whose fate is told: the end that policies select, and the other. */
export interface Ends {
  direction: Direction;
  subject: string;
  peer: string;
}

/** The causes of a fate by kind, the first to be asked first, each kind with its sorted texts. */
export function causeLines(causes: readonly Cause[], ends: Ends): string[] {
  const groups = Map.groupBy(causes, kindOf);
  return [...groups]
    .map(([kind, members]) => {
      const texts = new Set(members.map((cause) => terminalSafe(causeText(cause, ends))));
      return { kind, rank: Math.min(...members.map(rankOf)), texts: [...texts].sort(compareTexts) };
    })
    .sort((a, b) => a.rank - b.rank || compareTexts(a.kind, b.kind))
    .map(({ kind, texts: [only = '', ...others] }) => {
      if (others.length === 0) return `\t\t\t${only}`;
      return `\t\t\t${kind} list:\n${[only, ...others].map((text) => `\t\t\t\t- ${text}\n`).join('')}`;
    });
}

function kindOf(cause: Cause): string {
  if (cause.type === 'default') return '';
  return cause.type === 'ingress' ? cause.rule.kind : cause.policy.kind;
}

/** Place in the order of tiers; Ingresses stand beside NetworkPolicies. */
function rankOf(cause: Cause): number {
  if (cause.type === 'default') return Number.POSITIVE_INFINITY;
  return cause.type === 'ingress' ? 1_000_000 : cause.policy.tier.order;
}

function causeText(cause: Cause, ends: Ends): string {
  const direction = directionNames[ends.direction];
  switch (cause.type) {
    case 'default':
      return 'the system default (Allow all)';
    case 'ingress': {
      const { kind, name, service } = cause.rule;
      return cause.isMatched
        ? `${kind} '${name}' allows ingress connections through service ${service}`
        : `${kind} '${name}' allows ingress to service ${service}, ${noMatch}`;
    }
    case 'rule':
      return `${policyText(cause.policy)} ${verbs[cause.rule.verdict]} connections by ${ruleText(cause.rule)}`;
    case 'no-rule': {
      const none = cause.hasRules ? '' : ' (no rules defined)';
      const refusal = `but ${ends.peer} is not allowed by any ${direction} rule${none}`;
      return `${policyText(cause.policy)} selects ${ends.subject}, ${refusal}`;
    }
    case 'no-match': {
      const selection = `selects ${ends.subject}, and ${ruleText(cause.rule)} selects ${ends.peer}`;
      return `${policyText(cause.policy)} ${selection}, ${cause.hasNames ? noNames : noMatch}`;
    }
  }
}

function policyText({ kind, namespace, name }: Policy): string {
  return `${kind} '${namespace === undefined ? name : `${namespace}/${name}`}'`;
}

/** A rule by its name, or by its place among the rules of its direction. */
function ruleText({ direction, name, path }: Rule): string {
  const place = Number(path.findLast((step) => typeof step === 'number') ?? 0) + 1;
  return `${directionNames[direction]} rule ${name ?? `#${place}`}`;
}
