import type { Resource } from '@keelson/kubernetes';
import { readPolicies } from '../../dialects/read-policies.ts';
import { Analysis } from '../../engine/analysis.ts';
import { ownAddresses } from '../../model/cluster.ts';
import { allOf, hostNetworked, inNamespace } from '../../model/matcher.ts';
import type { Policy, Rule } from '../../model/policy.ts';
import type { LintContext } from '../context.ts';
import type { LintHit, LintRule } from '../finding.ts';

/** Which families of policies a network plugin enforces. */
interface Plugin {
  name: string;
  /** DaemonSets that run it. */
  daemonSets: readonly string[];
  groups: readonly string[];
}

const kubernetes = 'networking.k8s.io';
const calico = ['projectcalico.org', 'crd.projectcalico.org'];

/** From the documentation of each; a plugin that is not here is taken to enforce everything. */
const plugins: readonly Plugin[] = [
  { name: 'flannel', daemonSets: ['kube-flannel-ds', 'kube-flannel'], groups: [] },
  { name: 'kindnet', daemonSets: ['kindnet'], groups: [kubernetes] },
  { name: 'calico', daemonSets: ['calico-node'], groups: [kubernetes, ...calico] },
  { name: 'canal', daemonSets: ['canal'], groups: [kubernetes, ...calico] },
  { name: 'cilium', daemonSets: ['cilium'], groups: [kubernetes, 'cilium.io'] },
  { name: 'weave', daemonSets: ['weave-net'], groups: [kubernetes] },
  { name: 'kube-router', daemonSets: ['kube-router'], groups: [kubernetes] },
  { name: 'antrea', daemonSets: ['antrea-agent'], groups: [kubernetes] },
];
const judged: ReadonlySet<string> = new Set([kubernetes, 'cilium.io', ...calico]);

export const notEnforced: LintRule = {
  id: 'network-policy-not-enforced',
  severity: 'high',
  title: 'No network plugin of the cluster enforces the policy',
  check: (context) => {
    const running = plugins.filter((plugin) => isRunning(context, plugin));
    if (running.length === 0) return [];
    const names = running.map(({ name }) => name).join(', ');
    const enforced = new Set(running.flatMap(({ groups }) => groups));
    return [...new Set(context.policies.map(({ resource }) => resource))]
      .filter(({ group }) => judged.has(group) && !enforced.has(group))
      .map((resource) => ({ resource, path: ['kind'], message: `is not enforced by ${names}` }));
  },
};

function isRunning({ options, resources }: LintContext, { name, daemonSets }: Plugin): boolean {
  if (options.plugin !== undefined) return options.plugin === name;
  return resources.some((resource) => resource.kind === 'DaemonSet' && daemonSets.includes(resource.name));
}

export const addressesOfPods: LintRule = {
  id: 'network-policy-depends-on-plugin',
  severity: 'info',
  title: 'A range of addresses means Pods with some network plugins only',
  check: podsByRange,
};

/** NetworkPolicy leaves open what it does with Pods of the node's network. */
export const selectsHostNetwork: LintRule = {
  id: 'network-policy-selects-host-network',
  severity: 'info',
  title: 'A policy selects Pods of the network of their node, which most plugins do not apply it to',
  check: hostNetwork,
};

/** ipBlock is said to be about addresses outside; data planes differ in whether those of Pods count. */
function podsByRange(context: LintContext): LintHit[] {
  const candidates = context.policies.flatMap((policy) =>
    policy.rules.flatMap((rule) => {
      const pods = podsByAddress(context, rule);
      return pods.length === 0 ? [] : [{ policy, rule, pods }];
    }),
  );
  if (candidates.length === 0) return [];
  context.spend(
    candidates.reduce((sum, { policy, pods }) => sum + context.subjectsOf(policy).count() * pods.length, 0),
  );
  const { connections, cluster, resources, analysis } = context;
  const { policies } = readPolicies(resources, connections, { ipBlockMatchesPods: false });
  const other = new Analysis(cluster, policies, connections);
  return candidates.flatMap(({ policy, rule, pods }) => {
    const changed = pods.filter((pod) =>
      context
        .subjectsOf(policy)
        .members()
        .some(
          (subject) =>
            analysis.allowedAt(rule.direction, subject, pod) !==
            other.allowedAt(rule.direction, subject, pod),
        ),
    );
    if (changed.length === 0) return [];
    const message = `names addresses of ${context.namesOf(changed)}: data planes that judge by address take that for them, Cilium does not`;
    return [{ resource: policy.resource, path: rule.path, message }];
  });
}

/** Endpoints that a rule matches by address alone. */
function podsByAddress({ index, cluster }: LintContext, { peers }: Rule): number[] {
  const ranges = peers.flatMap((peer) => (peer.type === 'addresses' && peer.endpoints ? [peer] : []));
  if (ranges.length === 0) return [];
  const others = peers.flatMap((peer) => (peer.type === 'endpoints' ? [index.select(peer.matcher)] : []));
  return cluster.endpoints.flatMap((endpoint, i) => {
    const isMatched = ranges.some((peer) =>
      ownAddresses(endpoint).some(({ family, value }) => {
        const isIn = (range: (typeof peer.ranges)[number]) =>
          range.family === family && range.low <= value && value <= range.high;
        return peer.ranges.some(isIn) && !peer.except.some(isIn);
      }),
    );
    return isMatched && !others.some((bits) => bits.has(i)) ? [i] : [];
  });
}

function hostNetwork(context: LintContext): LintHit[] {
  return context.policies.filter(isNetworkPolicy).flatMap((policy) => {
    const { resource, namespace = '', selectors = [] } = policy;
    return selectors.flatMap(
      ({ path, owner, matcher, isAll, within = inNamespace(namespace) }): LintHit[] => {
        const isSubject = path.length === 2;
        // Who lets everybody in does not mean those of a node.
        if (owner !== 'pod' || (isAll && !isSubject)) return [];
        const hosts = context.index.select(allOf(within, hostNetworked, matcher)).members();
        if (hosts.length === 0) return [];
        const who = `selects ${context.namesOf(hosts)}, which use the network of their node`;
        const message = isSubject
          ? `${who}: most data planes do not apply the policy to them, and so it is judged`
          : `${who}: most data planes do not know their traffic from the node's, and the rule is judged without them`;
        return [{ resource, path, message }];
      },
    );
  });
}

function isNetworkPolicy({ resource }: Policy): boolean {
  const { group, kind }: Resource = resource;
  return group === kubernetes && kind === 'NetworkPolicy';
}
