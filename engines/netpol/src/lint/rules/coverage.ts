import type { Resource } from '@keelson/kubernetes';
import type { Endpoint } from '../../model/cluster.ts';
import { ClusterIndex } from '../../model/cluster-index.ts';
import { type Direction, directions, type Policy } from '../../model/policy.ts';
import { type LintContext, unlabelledPods } from '../context.ts';
import { defaultDeny } from '../default-deny.ts';
import type { LintHit, LintRule } from '../finding.ts';

/** Whether a policy closes a direction for the Pods that it selects, but for what rules allow. */
function closes(policy: Policy, direction: Direction): boolean {
  return policy.isolates[direction] || policy.rules.some((rule) => closesAll(rule, direction));
}

function closesAll(rule: Policy['rules'][number], direction: Direction): boolean {
  return (
    rule.direction === direction && rule.verdict === 'deny' && rule.peers.some(({ type }) => type === 'any')
  );
}

/** Policies that somebody wrote about the network itself; those of a mesh stand beside them, and only there. */
function ofNetwork({ written }: LintContext): Policy[] {
  return written.filter(({ tier }) => tier.plane === 'network');
}

/** Whether a policy forbids anything in a direction. */
function restricts(policy: Policy, direction: Direction): boolean {
  return (
    policy.isolates[direction] ||
    policy.rules.some((rule) => rule.direction === direction && rule.verdict === 'deny')
  );
}

/** Endpoints that policies are for: Pods with a network of their own. */
function isOwn({ hostNetwork, namespace }: Endpoint): boolean {
  return !hostNetwork && namespace !== '';
}

/** Namespaces that no policy is in or is about. */
function unpoliced(context: LintContext): string[] {
  const { cluster } = context;
  const policies = ofNetwork(context);
  if (policies.some(({ namespace }) => namespace === undefined)) return [];
  const policed = new Set(policies.map(({ namespace }) => namespace));
  const own = cluster.endpoints.filter(isOwn).map(({ namespace }) => namespace);
  const all = [...cluster.namespaces.values()].filter(({ resource }) => resource !== undefined);
  return [...new Set([...own, ...all.map(({ name }) => name)])].filter((name) => !policed.has(name)).sort();
}

export const namespaceWithoutPolicy: LintRule = {
  id: 'namespace-without-network-policy',
  severity: 'low',
  title: 'A namespace has no network policy',
  check: (context) =>
    unpoliced(context).flatMap((namespace) =>
      hitOf(context, namespace, directions, `no network policy is in namespace ${namespace}`),
    ),
};

export const namespaceWithoutDefaultDeny: LintRule = {
  id: 'namespace-without-default-deny',
  severity: 'medium',
  title: 'A namespace has policies, and none that denies what they do not allow',
  check: (context) => {
    const without = new Set(unpoliced(context));
    const all = context.cluster.endpoints.filter(isOwn).map(({ namespace }) => namespace);
    const names = [...new Set(all)].filter((name) => !without.has(name)).sort();
    const index = new ClusterIndex(unlabelledPods(context.cluster, names));
    return names.flatMap((namespace, i) => {
      const selecting = ofNetwork(context).filter(({ subject }) => index.select(subject).has(i));
      const open = directions.filter((each) => !selecting.some((policy) => closes(policy, each)));
      if (open.length === 0) return [];
      const message = `no policy denies the ${open.join(' and ')} of Pods to come in namespace ${namespace}`;
      return hitOf(context, namespace, open, message);
    });
  },
};

function hitOf(
  context: LintContext,
  namespace: string,
  open: readonly Direction[],
  message: string,
): LintHit[] {
  const resource = resourceOf(context, namespace);
  if (resource === undefined) return [];
  const taken = new Set(
    context.policies.flatMap((policy) => (policy.namespace === namespace ? [policy.name] : [])),
  );
  return [{ resource, path: ['metadata', 'name'], message, fix: defaultDeny(namespace, open, taken) }];
}

/** The namespace; where only its Pods name it, a policy in it, or else the first of them. */
function resourceOf(context: LintContext, namespace: string): Resource | undefined {
  const { namespaces, endpoints } = context.cluster;
  const own = namespaces.get(namespace)?.resource;
  if (own !== undefined) return own;
  const pod = endpoints.find((each) => each.namespace === namespace && each.resource !== undefined)?.resource;
  return pod && (ofNetwork(context).find((policy) => policy.namespace === namespace)?.resource ?? pod);
}

export const podWithoutIngressPolicy: LintRule = {
  id: 'pod-without-ingress-policy',
  severity: 'low',
  title: 'No policy restricts who may connect to a workload',
  check: (context) => openPods(context, 'ingress'),
};

export const podWithoutEgressPolicy: LintRule = {
  id: 'pod-without-egress-policy',
  severity: 'info',
  title: 'No policy restricts where a workload may connect',
  check: (context) => openPods(context, 'egress'),
};

function openPods(context: LintContext, direction: Direction): LintHit[] {
  const policies = ofNetwork(context).filter((policy) => restricts(policy, direction));
  const restricted = policies.reduce((all, policy) => all.or(context.subjectsOf(policy)), context.index.none);
  const policed = new Set(policies.map(({ namespace }) => namespace));
  return context.cluster.endpoints.flatMap((endpoint, i): LintHit[] => {
    const { resource, namespace, hostNetwork } = endpoint;
    if (resource === undefined || namespace === '' || restricted.has(i)) return [];
    // Where there are policies, Pods of their node's network are not what they lack: none can be about them.
    if (hostNetwork && (policed.has(namespace) || policed.has(undefined))) return [];
    const message = `no network policy restricts its ${direction}`;
    return [{ resource, path: ['metadata', 'name'], message }];
  });
}
