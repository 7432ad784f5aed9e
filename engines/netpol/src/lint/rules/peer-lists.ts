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

/** Two peers of a rule, one beside the other, where one with both selectors was likely meant. */
interface ApartPeers {
  policy: Policy;
  /** Of the first. */
  path: Path;
  /** The second, which matches nothing. */
  peer: PeerMatch;
  selectors: { namespaceSelector: JsonValue; podSelector: JsonObject };
}

function apartPeers(context: LintContext): ApartPeers[] {
  return context.policies.filter(isNetworkPolicy).flatMap((policy) =>
    policy.rules.flatMap((rule) => {
      const { peers, path } = writtenPeers(policy, rule);
      return peers.flatMap((first, i) => {
        const second = peers[i + 1];
        const peer = rule.peers[i + 1];
        const { namespaceSelector } = first;
        if (second === undefined || peer?.type !== 'endpoints' || namespaceSelector === undefined) return [];
        const isPair = first['podSelector'] === undefined && second['namespaceSelector'] === undefined;
        const { podSelector } = second;
        if (!isPair || !isObject(podSelector) || Object.keys(podSelector).length === 0) return [];
        // Pods of the own namespace that match make the second peer one of its own.
        if (!context.index.select(peer.matcher).isEmpty()) return [];
        return [{ policy, path: [...path, i], peer, selectors: { namespaceSelector, podSelector } }];
      });
    }),
  );
}

export const selectorsApart: LintRule = {
  id: 'network-policy-selectors-apart',
  severity: 'medium',
  title: 'A namespaceSelector and a podSelector stand as two peers where one was likely meant',
  check: (context) =>
    apartPeers(context).map(({ policy, path, selectors }) => ({
      resource: policy.resource,
      path,
      message:
        'allows every Pod of those namespaces, and the next peer Pods of the own namespace, where none matches: one peer with both selectors was likely meant',
      fix: {
        description: 'join the two peers',
        optIn: true,
        patch: [
          { op: 'replace', path, value: selectors },
          { op: 'remove', path: nextOf(path) },
        ],
      },
    })),
};

function nextOf(path: Path): Path {
  return [...path.slice(0, -1), Number(path.at(-1)) + 1];
}

/** `podSelector` alone chooses in the policy's own namespace, where nothing matches, and Pods elsewhere would. */
function misplacedPeers(
  context: LintContext,
): { policy: Policy; path: Path; peer: PeerMatch; elsewhere: number[] }[] {
  const apart = new Set(apartPeers(context).map(({ peer }) => peer));
  return context.policies.filter(isNetworkPolicy).flatMap((policy) =>
    policy.rules.flatMap((rule) => {
      const { peers, path } = writtenPeers(policy, rule);
      return peers.flatMap(({ podSelector, namespaceSelector, ipBlock }, i) => {
        const peer = rule.peers[i];
        if (namespaceSelector !== undefined || ipBlock !== undefined || peer?.type !== 'endpoints') return [];
        const pods = peer.selectors?.pods;
        const isEmpty = pods === undefined || (pods.labels.length === 0 && pods.expressions.length === 0);
        if (isEmpty || !isObject(podSelector) || apart.has(peer)) return [];
        if (!context.index.select(peer.matcher).isEmpty()) return [];
        const elsewhere = context.cluster.endpoints.flatMap(({ labels, hostNetwork }, endpoint) =>
          !hostNetwork &&
          pods.labels.every(([key, value]) => labels.get(key) === value) &&
          pods.expressions.length === 0
            ? [endpoint]
            : [],
        );
        return elsewhere.length === 0 ? [] : [{ policy, path: [...path, i], peer, elsewhere }];
      });
    }),
  );
}

export const otherNamespaceMeant: LintRule = {
  id: 'network-policy-peer-elsewhere',
  severity: 'medium',
  title: 'A podSelector without a namespaceSelector matches only in other namespaces',
  check: (context) =>
    misplacedPeers(context).map(({ policy, path, elsewhere }) => ({
      resource: policy.resource,
      path,
      message: `chooses Pods of the policy's own namespace, where none matches; ${context.namesOf(elsewhere)} would, with a namespaceSelector`,
    })),
};

/** Peers that choose nothing for a reason that another rule tells. */
export function explainedPeers(context: LintContext): ReadonlySet<PeerMatch> {
  return new Set([...apartPeers(context), ...misplacedPeers(context)].map(({ peer }) => peer));
}
