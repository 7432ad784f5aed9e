import type { Cluster, Endpoint } from '../model/cluster.ts';
import type { ClusterIndex } from '../model/cluster-index.ts';
import type { EndpointMatcher } from '../model/matcher.ts';
import type { LabelRequirement, LabelSelector, PeerMatch, PodSelectors, Policy } from '../model/policy.ts';
import { Bits } from '../sets/bits.ts';
import { compareTexts } from './peers.ts';

/** Pods of which only a selector is known: those that may come and that no Pod of the input stands for. */
export interface Representative {
  selectors: PodSelectors;
  key: string;
}

const nothingAsked: LabelSelector = { labels: [], expressions: [] };

/** Any Pod at all of the cluster. */
export const anyPod: Representative = representativeOf({ namespaces: nothingAsked, pods: nothingAsked });

function representativeOf(selectors: PodSelectors): Representative {
  return { selectors, key: `${selectorKey(selectors.namespaces)}/${selectorKey(selectors.pods)}` };
}

/**
 * One for each pair of selectors that rules allow, deny or pass on, in the order of the policies. A pair of plain labels that
 * a Pod of the input has is that Pod's affair.
 */
export function representativesOf(policies: readonly Policy[], cluster: Cluster): Representative[] {
  const found = new Map<string, Representative>();
  for (const { rules } of policies) {
    for (const { peers, verdict } of rules) {
      const told = peers.flatMap((peer) =>
        peer.type === 'endpoints' && peer.selectors !== undefined ? [representativeOf(peer.selectors)] : [],
      );
      // What is allowed for all needs no telling of some.
      if (verdict === 'allow' && told.some(({ key }) => key === anyPod.key)) continue;
      for (const each of told) if (!found.has(each.key)) found.set(each.key, each);
    }
  }
  found.delete(anyPod.key);
  return [...found.values()].filter(({ selectors }) => !hasPod(selectors, cluster));
}

function hasPod({ namespaces, pods }: PodSelectors, cluster: Cluster): boolean {
  if (namespaces.expressions.length > 0 || pods.expressions.length > 0) return false;
  if (namespaces.labels.length === 0 || pods.labels.length === 0) return false;
  return cluster.endpoints.some(({ namespace, labels }) => {
    const own = cluster.namespaces.get(namespace)?.labels;
    return (
      namespaces.labels.every(([key, value]) => own?.get(key) === value) &&
      pods.labels.every(([key, value]) => labels.get(key) === value)
    );
  });
}

/** Equal for selectors that ask for the same; empty for everything. */
function selectorKey({ labels, expressions }: LabelSelector): string {
  const asked = [
    ...labels.map(([key, value]) => JSON.stringify([key, value])),
    ...expressions.map(requirementKey),
  ];
  return asked.sort(compareTexts).join();
}

function requirementKey({ key, operator, values }: LabelRequirement): string {
  const [only] = values;
  // One value to be in is a value to have.
  if (operator === 'In' && values.length === 1 && only !== undefined) return JSON.stringify([key, only]);
  return JSON.stringify([key, operator, ...values.toSorted(compareTexts)]);
}

/** A cluster with an endpoint for each representative, behind those that are there. */
export function withRepresentatives(cluster: Cluster, representatives: readonly Representative[]): Cluster {
  const endpoints = representatives.map(
    ({ key }): Endpoint => ({
      namespace: '',
      name: key,
      kind: '',
      labels: new Map(),
      ports: [],
      addresses: [],
      hostNetwork: false,
      serviceAccount: '',
    }),
  );
  return { ...cluster, endpoints: [...cluster.endpoints, ...endpoints] };
}

/**
 * Policies as they are for representatives: selectors speak of those that were made of an equal one, and one that asks for
 * nothing speaks of all. Nothing else is sure of Pods that are not there. `first` is the index of the first of them.
 */
export function forRepresentatives(
  policies: readonly Policy[],
  representatives: readonly Representative[],
  first: number,
): Policy[] {
  const over = (matcher: EndpointMatcher, selectors: PodSelectors | undefined): EndpointMatcher => {
    const spoken = selectors === undefined ? undefined : representativeOf(selectors);
    return {
      key: `${matcher.key} or ${spoken?.key ?? 'none'}`,
      select: (index) => selectBoth(index, matcher, spoken, representatives, first),
    };
  };
  return policies.map((policy) => ({
    ...policy,
    subject: over(policy.subject, policy.subjectSelectors),
    rules: policy.rules.map((rule) => ({
      ...rule,
      peers: rule.peers.map((peer): PeerMatch => {
        return peer.type === 'endpoints' ? { ...peer, matcher: over(peer.matcher, peer.selectors) } : peer;
      }),
    })),
  }));
}

function selectBoth(
  index: ClusterIndex,
  matcher: EndpointMatcher,
  spoken: Representative | undefined,
  representatives: readonly Representative[],
  first: number,
): Bits {
  const { size } = index.all;
  const real = Bits.of(
    size,
    Array.from({ length: first }, (_, i) => i),
  );
  const there = index.select(matcher).and(real);
  if (spoken === undefined) return there;
  const meant = representatives.flatMap(({ selectors }, i) => {
    const isMeant = speaksOf(spoken.selectors, selectors);
    return isMeant ? [first + i] : [];
  });
  return there.or(Bits.of(size, meant));
}

function speaksOf(rule: PodSelectors, representative: PodSelectors): boolean {
  return (['namespaces', 'pods'] as const).every((field) => {
    const asked = selectorKey(rule[field]);
    return asked === '' || asked === selectorKey(representative[field]);
  });
}
