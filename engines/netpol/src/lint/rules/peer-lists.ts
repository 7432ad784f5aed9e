import { isObject, type JsonObject, type JsonValue, type Path } from '@keelson/core';
import type { PeerMatch, Policy, Rule } from '../../model/policy.ts';
import type { LintContext } from '../context.ts';
import type { LintRule } from '../finding.ts';

/** The peers of a rule of a NetworkPolicy, as written. */
function writtenPeers({ resource }: Policy, { path, direction }: Rule): { peers: JsonObject[]; path: Path } {
  const field = direction === 'ingress' ? 'from' : 'to';
  const peers = at(at(resource.object, path), [field]);
  return { peers: Array.isArray(peers) ? peers.filter(isObject) : [], path: [...path, field] };
}

function at(value: JsonValue | undefined, path: Path): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((inner, step) => {
    if (Array.isArray(inner)) return inner[Number(step)];
    return isObject(inner) ? inner[String(step)] : undefined;
  }, value);
}

function isNetworkPolicy({ kind, resource }: Policy): boolean {
  return kind === 'NetworkPolicy' && resource.group === 'networking.k8s.io';
}

/** `podSelector` alone chooses in the policy's own namespace, where nothing matches, and Pods elsewhere would. */
export function misplacedPeers(
  context: LintContext,
): { policy: Policy; path: Path; peer: PeerMatch; elsewhere: number[] }[] {
  return context.policies.filter(isNetworkPolicy).flatMap((policy) =>
    policy.rules.flatMap((rule) => {
      const { peers, path } = writtenPeers(policy, rule);
      return peers.flatMap(({ podSelector, namespaceSelector, ipBlock }, i) => {
        const peer = rule.peers[i];
        if (namespaceSelector !== undefined || ipBlock !== undefined || peer?.type !== 'endpoints') return [];
        const pods = peer.selectors?.pods;
        const isEmpty = pods === undefined || (pods.labels.length === 0 && pods.expressions.length === 0);
        if (isEmpty || !isObject(podSelector) || !context.index.select(peer.matcher).isEmpty()) return [];
        const elsewhere = context.cluster.endpoints.flatMap(({ labels }, endpoint) =>
          pods.labels.every(([key, value]) => labels.get(key) === value) && pods.expressions.length === 0
            ? [endpoint]
            : [],
        );
        return elsewhere.length === 0 ? [] : [{ policy, path: [...path, i], peer, elsewhere }];
      });
    }),
  );
}

export const otherNamespaceMeant: LintRule = {
  id: 'other-namespace-meant',
  severity: 'medium',
  title: 'A podSelector without a namespaceSelector matches only in other namespaces',
  check: (context) =>
    misplacedPeers(context).map(({ policy, path, elsewhere }) => ({
      resource: policy.resource,
      path,
      message: `chooses Pods of the policy's own namespace, where none matches; ${context.namesOf(elsewhere)} would, with a namespaceSelector`,
    })),
};

export const selectorsApart: LintRule = {
  id: 'selectors-apart',
  severity: 'medium',
  title: 'A namespaceSelector and a podSelector stand as two peers where one was likely meant',
  check: (context) =>
    context.policies.filter(isNetworkPolicy).flatMap((policy) =>
      policy.rules.flatMap((rule) => {
        const { peers, path } = writtenPeers(policy, rule);
        return peers.flatMap((first, i) => {
          const second = peers[i + 1];
          const own = rule.peers[i + 1];
          const { namespaceSelector } = first;
          if (second === undefined || own?.type !== 'endpoints' || namespaceSelector === undefined) return [];
          const isPair = first['podSelector'] === undefined && second['namespaceSelector'] === undefined;
          const { podSelector } = second;
          if (!isPair || !isObject(podSelector) || Object.keys(podSelector).length === 0) return [];
          // Pods of the own namespace that match make the second peer one of its own.
          if (!context.index.select(own.matcher).isEmpty()) return [];
          return [
            {
              resource: policy.resource,
              path: [...path, i],
              message:
                'allows every Pod of those namespaces, and the next peer Pods of the own namespace, where none matches: one peer with both selectors was likely meant',
              fix: {
                title: 'Join the two peers',
                patch: [
                  { op: 'replace' as const, path: [...path, i], value: { namespaceSelector, podSelector } },
                  { op: 'remove' as const, path: [...path, i + 1] },
                ],
              },
            },
          ];
        });
      }),
    ),
};
