import type { Cluster, Endpoint } from '../model/cluster.ts';
import { type EndpointMatcher, noneOf } from '../model/matcher.ts';
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
  for (const { rules, isolates } of policies) {
    for (const { peers, direction } of rules) {
      const told = peers.flatMap(selectorsIn).map(representativeOf);
      // Where rules only add to each other, what is allowed for all needs no telling of some.
      if (isolates[direction] && told.some(({ key }) => key === anyPod.key)) continue;
      for (const each of told) {
        const known = found.get(each.key);
        if (known === undefined || isPlainer(each, known)) found.set(each.key, each);
      }
    }
  }
  found.delete(anyPod.key);
  return [...found.values()].filter(({ selectors }) => !hasPod(selectors, cluster));
}

/** Of selectors that ask for the same, reports show the one with fewer expressions, whatever order the policies have. */
function isPlainer({ selectors: a }: Representative, { selectors: b }: Representative): boolean {
  const expressions = ({ namespaces, pods }: PodSelectors) =>
    namespaces.expressions.length + pods.expressions.length;
  return (
    expressions(a) - expressions(b) < 0 || (expressions(a) === expressions(b) && written(a) < written(b))
  );
}

function written(selectors: PodSelectors): string {
  return JSON.stringify(selectors);
}

function selectorsIn(peer: PeerMatch): PodSelectors[] {
  if (peer.type === 'either') return peer.peers.flatMap(selectorsIn);
  return peer.type === 'endpoints' && peer.selectors !== undefined ? [peer.selectors] : [];
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
  const rewriter = new Rewriter(representatives, first);
  return policies.map((policy) => ({
    ...policy,
    subject: rewriter.matcher(policy.subject, policy.subjectSelectors),
    rules: policy.rules.map((rule) => ({
      ...rule,
      ...(rule.subject === undefined ? {} : { subject: rewriter.peer(rule.subject) }),
      peers: rule.peers.map((peer) => rewriter.peer(peer)),
    })),
  }));
}

/** Makes matchers that choose endpoints that are there as before, and of the others those that a selector is sure of. */
class Rewriter {
  readonly #representatives: readonly Representative[];
  readonly #first: number;
  readonly #present: EndpointMatcher;

  constructor(representatives: readonly Representative[], first: number) {
    this.#representatives = representatives;
    this.#first = first;
    const present = Array.from({ length: first }, (_, i) => i);
    this.#present = { key: 'present', select: ({ all }) => Bits.of(all.size, present) };
  }

  matcher(matcher: EndpointMatcher, selectors: PodSelectors | undefined): EndpointMatcher {
    const spoken = selectors === undefined ? undefined : representativeOf(selectors);
    const meant = this.#representatives.flatMap((each, i) =>
      spoken !== undefined && speaksOf(spoken.selectors, each.selectors) ? [this.#first + i] : [],
    );
    return {
      key: `${matcher.key} or ${spoken?.key ?? 'none'}`,
      select: (index) => {
        const present = index.select(matcher).and(index.select(this.#present));
        return present.or(Bits.of(index.all.size, meant));
      },
    };
  }

  peer(peer: PeerMatch): PeerMatch {
    switch (peer.type) {
      case 'endpoints':
        return { ...peer, matcher: this.matcher(peer.matcher, peer.selectors) };
      case 'all':
      case 'either':
        return { ...peer, peers: peer.peers.map((each) => this.peer(each)) };
      case 'not': {
        // What a Pod to come is not, is not sure either.
        const absent: PeerMatch = { type: 'endpoints', matcher: noneOf(this.#present) };
        return {
          type: 'all',
          peers: [
            { type: 'not', peer: this.peer(peer.peer) },
            { type: 'not', peer: absent },
          ],
        };
      }
      default:
        return peer;
    }
  }
}

function speaksOf(rule: PodSelectors, representative: PodSelectors): boolean {
  return (['namespaces', 'pods'] as const).every((field) => {
    const asked = selectorKey(rule[field]);
    return asked === '' || asked === selectorKey(representative[field]);
  });
}
