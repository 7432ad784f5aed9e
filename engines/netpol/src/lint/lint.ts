import type { Resource } from '@keelson/kubernetes';
import { LintContext, type LintOptions } from './context.ts';
import { type LintFinding, type LintRule, type LintSeverity, TooMuchWork } from './finding.ts';
import { ciliumEmptyRule, requestRuleDefeated } from './rules/cilium.ts';
import {
  namespaceWithoutDefaultDeny,
  namespaceWithoutPolicy,
  podWithoutEgressPolicy,
  podWithoutIngressPolicy,
} from './rules/coverage.ts';
import { notEnforced, selectsHostNetwork } from './rules/enforcement.ts';
import { blockedBackend, controlPlaneReachable } from './rules/exposure.ts';
import {
  calicoRuleWithoutType,
  calicoWithoutTypes,
  equalPriority,
  invalidPolicy,
  ruleWithoutType,
  unknownPortName,
} from './rules/fields.ts';
import { fqdnWithoutDns, noDns } from './rules/names.ts';
import { otherNamespaceMeant, selectorsApart } from './rules/peer-lists.ts';
import { hostBits, metadataReachable, wideRange } from './rules/ranges.ts';
import { addressesOfPods } from './rules/ranges-of-pods.ts';
import { redundantPolicy, redundantRule } from './rules/redundancy.ts';
import { peerSelectsNothing, selectsNoPod } from './rules/selection.ts';
import { allowAfterDeny, shadowedRule } from './rules/shadowing.ts';

/** Every rule, in the order in which findings about one object are given. */
export const lintRules: readonly LintRule[] = [
  invalidPolicy,
  notEnforced,
  selectsNoPod,
  peerSelectsNothing,
  otherNamespaceMeant,
  selectorsApart,
  ruleWithoutType,
  calicoRuleWithoutType,
  calicoWithoutTypes,
  unknownPortName,
  hostBits,
  wideRange,
  metadataReachable,
  noDns,
  fqdnWithoutDns,
  equalPriority,
  allowAfterDeny,
  shadowedRule,
  redundantPolicy,
  redundantRule,
  ciliumEmptyRule,
  requestRuleDefeated,
  blockedBackend,
  controlPlaneReachable,
  namespaceWithoutPolicy,
  namespaceWithoutDefaultDeny,
  podWithoutIngressPolicy,
  podWithoutEgressPolicy,
  addressesOfPods,
  selectsHostNetwork,
];

export interface LintResult {
  findings: readonly LintFinding[];
  /** Rules that were not run since the input is too large for them: what they would say is not known. */
  left: readonly { rule: string; reason: string }[];
}

export interface LintRun extends LintOptions {
  /** Rules to run; all of them unless said. */
  rules?: readonly string[];
}

/** Looks for mistakes in the policies among objects, and for what the objects lack. */
export function lint(resources: readonly Resource[], run: LintRun = {}): LintResult {
  const context = new LintContext(resources, run);
  const findings: LintFinding[] = [];
  const left: { rule: string; reason: string }[] = [];
  for (const rule of lintRules) {
    if (run.rules !== undefined && !run.rules.includes(rule.id)) continue;
    try {
      const hits = rule.check(context);
      findings.push(...hits.map((hit) => ({ rule: rule.id, severity: rule.severity, ...hit })));
    } catch (error) {
      if (!(error instanceof TooMuchWork)) throw error;
      left.push({ rule: rule.id, reason: error.message });
    }
  }
  return { findings: findings.sort(bySeverity), left };
}

const ranks: readonly LintSeverity[] = ['high', 'medium', 'low', 'info'];

function bySeverity(a: LintFinding, b: LintFinding): number {
  return ranks.indexOf(a.severity) - ranks.indexOf(b.severity);
}
