import type { Path } from '@keelson/core';
import type { Policy, Rule } from '../../model/policy.ts';
import type { LintContext } from '../context.ts';
import type { LintHit, LintRule } from '../finding.ts';
import { misplacedPeers } from './peer-lists.ts';

/** Kinds whose lists of peers stand one for one in the model. */
const listKinds: ReadonlySet<string> = new Set([
  'NetworkPolicy',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
]);

/** Path of a peer of a rule; of the rule where the dialect keeps its peers otherwise. */
export function peerPath(policy: Policy, rule: Rule, peer: number): Path {
  const isList = listKinds.has(policy.kind) && !policy.resource.group.includes('projectcalico');
  return isList ? [...rule.path, rule.direction === 'ingress' ? 'from' : 'to', peer] : rule.path;
}

export const selectsNoPod: LintRule = {
  id: 'selects-no-pod',
  severity: 'medium',
  title: 'A policy selects no Pod',
  check: (context) =>
    context.cluster.endpoints.length === 0
      ? []
      : context.policies
          .filter((policy) => context.subjectsOf(policy).isEmpty())
          .map(({ resource }) => ({
            resource,
            path: ['spec'],
            message: 'selects no Pod of the input, so it does nothing',
          })),
};

export const peerSelectsNothing: LintRule = {
  id: 'peer-selects-nothing',
  severity: 'low',
  title: 'A selector of a peer matches nothing',
  check: (context) => {
    if (context.cluster.endpoints.length === 0) return [];
    const misplaced = new Set(misplacedPeers(context).map(({ peer }) => peer));
    return context.policies.flatMap((policy) =>
      context.subjectsOf(policy).isEmpty()
        ? []
        : policy.rules.flatMap((rule) => emptyPeers(context, policy, rule, misplaced)),
    );
  },
};

function emptyPeers(
  context: LintContext,
  policy: Policy,
  rule: Rule,
  misplaced: ReadonlySet<unknown>,
): LintHit[] {
  return rule.peers.flatMap((peer, i) => {
    if (peer.type !== 'endpoints' || misplaced.has(peer)) return [];
    if (!context.index.select(peer.matcher).isEmpty() || peer.matcher.key === '!') return [];
    const message = 'is a peer that no Pod of the input is';
    return [{ resource: policy.resource, path: peerPath(policy, rule, i), message }];
  });
}
