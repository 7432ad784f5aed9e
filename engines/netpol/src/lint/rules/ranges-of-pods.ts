import { readPolicies } from '../../dialects/read-policies.ts';
import { Analysis } from '../../engine/analysis.ts';
import type { CompiledRule } from '../../engine/compile.ts';
import { allOf, type EndpointMatcher, ownNetworked } from '../../model/matcher.ts';
import type { PeerMatch, Policy } from '../../model/policy.ts';
import { type AddressRange, parseCidr } from '../../sets/addresses.ts';
import { Bits } from '../../sets/bits.ts';
import type { LintContext } from '../context.ts';
import type { LintHit, LintRule } from '../finding.ts';

export const addressesOfPods: LintRule = {
  id: 'network-policy-depends-on-plugin',
  severity: 'info',
  title:
    'A range of addresses means Pods with some network plugins only, or may mean Pods whose addresses are not known',
  check: (context) => [...byPlugin(context), ...byUnknownAddress(context)],
};

type Addresses = PeerMatch & { type: 'addresses' };

/** A rule that judges by address, and the Pods that it means by their addresses alone. */
interface Candidate {
  rule: CompiledRule;
  pods: readonly number[];
}

/** ipBlock is said to be about addresses outside; data planes differ in whether those of Pods count. */
function byPlugin(context: LintContext): LintHit[] {
  const candidates = candidatesOf(context, isIpBlock, (rule, i) => rule.peers.has(i));
  if (candidates.length === 0) return [];
  const { connections, resources } = context;
  const { policies } = readPolicies(resources, connections, { ipBlockMatchesPods: false });
  return changed(context, candidates, policies).map(({ rule, pods }) => {
    const message = `names addresses of ${context.namesOf(pods)}: data planes that judge by address take that for them, Cilium does not`;
    return { resource: rule.policy.resource, path: rule.rule.path, message };
  });
}

/** Ranges that clusters take the addresses of their Pods from (RFC 1918, RFC 4193). */
const ofClusters = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'].map((text) =>
  parseCidr(text),
);
/** Who writes fewer addresses means hosts and no Pods. */
const smallest = { 4: 1n << 8n, 6: 1n << 64n } as const;

const unknownAddress: EndpointMatcher = allOf(ownNetworked, {
  key: 'address unknown',
  select: ({ cluster, all }) =>
    Bits.of(
      all.size,
      cluster.endpoints.flatMap(({ addresses }, i) => (addresses.length === 0 ? [i] : [])),
    ),
});

/** Pods that exist only as files may get addresses within a range, or outside of it. */
function byUnknownAddress(context: LintContext): LintHit[] {
  const unknown = context.index.select(unknownAddress);
  const candidates = candidatesOf(context, mayHoldPods, (rule, i) => unknown.has(i) && !rule.peers.has(i));
  if (candidates.length === 0) return [];
  const policies = context.policies.map((policy) => ({
    ...policy,
    rules: policy.rules.map((rule) => ({ ...rule, peers: rule.peers.map(withUnknown) })),
  }));
  return changed(context, candidates, policies).map(({ rule, pods }) => {
    const message = `may name addresses of ${context.namesOf(pods)}, which the input does not tell: the rule is judged as if it did not`;
    return { resource: rule.policy.resource, path: rule.rule.path, message };
  });
}

function candidatesOf(
  { policies, compiled, index }: LintContext,
  counts: (peer: Addresses, policy: Policy) => boolean,
  isMeant: (rule: CompiledRule, endpoint: number) => boolean,
): Candidate[] {
  return policies.flatMap((policy) =>
    policy.rules.flatMap((written) => {
      const rule = compiled.get(written);
      const ranges = written.peers.flatMap(addressesIn);
      if (rule === undefined || !ranges.some((peer) => counts(peer, policy))) return [];
      const others = written.peers.flatMap((peer) =>
        peer.type === 'endpoints' ? [index.select(peer.matcher)] : [],
      );
      const pods = index.cluster.endpoints.flatMap((_, i) =>
        isMeant(rule, i) && !others.some((bits) => bits.has(i)) ? [i] : [],
      );
      return pods.length === 0 ? [] : [{ rule, pods }];
    }),
  );
}

/** Candidates for which other policies come to something else, with the Pods that they do so for. */
function changed(
  context: LintContext,
  candidates: readonly Candidate[],
  policies: readonly Policy[],
): Candidate[] {
  const { cluster, connections, analysis } = context;
  context.spend(candidates.reduce((sum, { rule, pods }) => sum + rule.subjects.count() * pods.length, 0));
  const other = new Analysis(cluster, policies, connections);
  return candidates.flatMap(({ rule, pods }) => {
    const { direction } = rule.rule;
    const subjects = rule.subjects.members();
    const differing = pods.filter((pod) =>
      subjects.some(
        (subject) =>
          subject !== pod &&
          analysis.allowedAt(direction, subject, pod) !== other.allowedAt(direction, subject, pod),
      ),
    );
    return differing.length === 0 ? [] : [{ rule, pods: differing }];
  });
}

function isIpBlock({ endpoints }: Addresses, { resource }: Policy): boolean {
  return endpoints && resource.group === 'networking.k8s.io' && resource.kind === 'NetworkPolicy';
}

/** Who excepts ranges of clusters has thought of Pods. */
function mayHoldPods({ ranges, except, endpoints }: Addresses): boolean {
  return endpoints && ranges.some(isWide) && ranges.some(holdsClusters) && !except.some(holdsClusters);
}

function isWide({ family, low, high }: AddressRange): boolean {
  return high - low + 1n >= smallest[family];
}

function holdsClusters({ family, low, high }: AddressRange): boolean {
  return ofClusters.some((each) => each.family === family && each.low <= high && low <= each.high);
}

function addressesIn(peer: PeerMatch): Addresses[] {
  if (peer.type === 'addresses') return [peer];
  return peer.type === 'all' || peer.type === 'either' ? peer.peers.flatMap(addressesIn) : [];
}

function withUnknown(peer: PeerMatch): PeerMatch {
  if (peer.type === 'all' || peer.type === 'either') return { ...peer, peers: peer.peers.map(withUnknown) };
  if (peer.type !== 'addresses' || !mayHoldPods(peer)) return peer;
  return { type: 'either', peers: [peer, { type: 'endpoints', matcher: unknownAddress }] };
}
