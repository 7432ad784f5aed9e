import { isObject, type Path, valueAt } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { ClusterIndex } from '../../model/cluster-index.ts';
import type { PeerMatch, Policy, Rule } from '../../model/policy.ts';
import { type LintContext, unlabelledPods } from '../context.ts';
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
    context.written
      .filter((policy) => context.subjectsOf(policy).isEmpty())
      .filter((policy) => !selectsPodsToCome(context, policy))
      .map(({ resource }) => ({
        resource,
        path: selectorPath(resource),
        message: 'selects no Pod of the input, so it does nothing',
      })),
};

/** A policy for all Pods of its namespace is right before the first of them is there. */
function selectsPodsToCome({ cluster }: LintContext, { namespace, subject }: Policy): boolean {
  return (
    namespace !== undefined && new ClusterIndex(unlabelledPods(cluster, [namespace])).select(subject).has(0)
  );
}

/** The first label that is asked for, or what stands nearest to it. */
function selectorPath({ object }: Resource): Path {
  const field = ['podSelector', 'endpointSelector', 'selector', 'subject'].find(
    (each) => valueAt(object, ['spec', each]) !== undefined,
  );
  if (field === undefined) return ['spec'];
  const labels = valueAt(object, ['spec', field, 'matchLabels']);
  const [first] = isObject(labels) ? Object.keys(labels) : [];
  return first === undefined ? ['spec', field] : ['spec', field, 'matchLabels', first];
}

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
    if (!context.index.select(peer.matcher).isEmpty() || !isHere(context, peer)) return [];
    const message = 'is a peer that no Pod of the input is';
    return [{ resource: policy.resource, path: peerPath(policy, rule, i), message }];
  });
}

/** Whether the input has Pods in namespaces of the peer: of others it does not tell who is there. */
function isHere({ index }: LintContext, { selectors }: PeerMatch & { type: 'endpoints' }): boolean {
  if (selectors === undefined) return false;
  const { labels, expressions } = selectors.namespaces;
  const named = expressions.filter(({ operator }) => operator === 'In');
  const asked = [
    ...labels.map(([key, value]) => index.withLabel('namespace', key, value)),
    ...named.map(({ key, values }) =>
      values.reduce((any, value) => any.or(index.withLabel('namespace', key, value)), index.none),
    ),
  ];
  return !asked.reduce((all, one) => all.and(one), index.all).isEmpty();
}
