import type { Path } from '@keelson/core';
import type { PeerMatch, Policy, Rule } from '../../model/policy.ts';
import type { LintContext } from '../context.ts';
import type { LintHit, LintRule } from '../finding.ts';
import { explainedPeers } from './peer-lists.ts';

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
  id: 'network-policy-selects-nothing',
  severity: 'low',
  title: 'A policy selects no Pod',
  check: (context) =>
    context.cluster.endpoints.length === 0
      ? []
      : context.written
          .filter((policy) => context.subjectsOf(policy).isEmpty())
          .map(({ resource }) => ({
            resource,
            path: ['spec'],
            message: 'selects no Pod of the input, so it does nothing',
          })),
};

export const peerSelectsNothing: LintRule = {
  id: 'network-policy-peer-selects-nothing',
  severity: 'info',
  title: 'A selector of a peer matches nothing',
  check: (context) => {
    if (context.cluster.endpoints.length === 0) return [];
    const explained = explainedPeers(context);
    return context.written.flatMap((policy) =>
      context.subjectsOf(policy).isEmpty()
        ? []
        : policy.rules.flatMap((rule) => emptyPeers(context, policy, rule, explained)),
    );
  },
};

function emptyPeers(
  context: LintContext,
  policy: Policy,
  rule: Rule,
  explained: ReadonlySet<PeerMatch>,
): LintHit[] {
  return rule.peers.flatMap((peer, i) => {
    if (peer.type !== 'endpoints' || explained.has(peer)) return [];
    if (!context.index.select(peer.matcher).isEmpty() || peer.matcher.key === '!') return [];
    const message = 'is a peer that no Pod of the input is';
    return [{ resource: policy.resource, path: peerPath(policy, rule, i), message }];
  });
}
