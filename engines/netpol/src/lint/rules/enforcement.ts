import type { Resource } from '@keelson/kubernetes';
import { allOf, hostNetworked, inNamespace } from '../../model/matcher.ts';
import type { Policy } from '../../model/policy.ts';
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
/** Names of the network plugins that are known. */
export const networkPlugins: readonly string[] = plugins.map(({ name }) => name);

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

/** NetworkPolicy leaves open what it does with Pods of the node's network. */
export const selectsHostNetwork: LintRule = {
  id: 'network-policy-selects-host-network',
  severity: 'info',
  title: 'A policy selects Pods of the network of their node, which most plugins do not apply it to',
  check: hostNetwork,
};

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
