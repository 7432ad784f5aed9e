import type { JsonObject } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import type { Cluster, Endpoint } from '../../model/cluster.ts';
import { ClusterIndex } from '../../model/cluster-index.ts';
import { type Direction, directions, type Policy } from '../../model/policy.ts';
import { isAbout, type LintContext } from '../context.ts';
import type { LintHit, LintRule } from '../finding.ts';

const directionWords: Readonly<Record<Direction, string>> = { ingress: 'Ingress', egress: 'Egress' };

/** Whether a policy closes a direction for the Pods that it selects, but for what rules allow. */
function closes(policy: Policy, direction: Direction): boolean {
  return policy.isolates[direction] || policy.rules.some((rule) => closesAll(rule, direction));
}

function closesAll(rule: Policy['rules'][number], direction: Direction): boolean {
  return (
    rule.direction === direction && rule.verdict === 'deny' && rule.peers.some(({ type }) => type === 'any')
  );
}

/** A Pod without labels in each namespace: what selects it selects every Pod to come. */
function unlabelledPods({ cluster }: LintContext): { cluster: Cluster; names: string[] } {
  const names = [...new Set(cluster.endpoints.filter(isOwn).map(({ namespace }) => namespace))].sort();
  const endpoints = names.map(
    (namespace): Endpoint => ({
      namespace,
      name: '',
      kind: 'Pod',
      labels: new Map(),
      ports: [],
      addresses: [],
      hostNetwork: false,
      serviceAccount: 'default',
    }),
  );
  return { cluster: { ...cluster, endpoints }, names };
}

/** Endpoints that policies are for: Pods with a network of their own. */
function isOwn({ hostNetwork, namespace }: Endpoint): boolean {
  return !hostNetwork && namespace !== '';
}

/** Namespaces that have no default deny, with the directions. */
function openNamespaces(context: LintContext): { namespace: string; open: Direction[] }[] {
  const { cluster, names } = unlabelledPods(context);
  const index = new ClusterIndex(cluster);
  return names.flatMap((namespace, i) => {
    const selecting = context.policies.filter(({ subject }) => index.select(subject).has(i));
    const open = directions.filter((each) => !selecting.some((policy) => closes(policy, each)));
    return open.length === 0 ? [] : [{ namespace, open }];
  });
}

export const noDefaultDeny: LintRule = {
  id: 'no-default-deny',
  severity: 'medium',
  title: 'A namespace has no default deny',
  check: (context) =>
    openNamespaces(context).flatMap(({ namespace, open }) => {
      const resource = resourceOf(context, namespace);
      if (resource === undefined) return [];
      const policyTypes = open.map((direction) => directionWords[direction]);
      return [
        {
          resource,
          path: ['metadata', 'name'],
          message: `namespace ${namespace} has no policy that denies ${open.join(' and ')} of new Pods`,
          fix: {
            title: `Deny ${open.join(' and ')} in ${namespace}`,
            object: defaultDeny(namespace, policyTypes),
          },
        },
      ];
    }),
};

function resourceOf({ cluster }: LintContext, namespace: string): Resource | undefined {
  return (
    cluster.namespaces.get(namespace)?.resource ??
    cluster.endpoints.find((each) => each.namespace === namespace && each.resource !== undefined)?.resource
  );
}

function defaultDeny(namespace: string, policyTypes: string[]): JsonObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'default-deny', namespace },
    spec: { podSelector: {}, policyTypes },
  };
}

export const unselectedPod: LintRule = {
  id: 'unselected-pod',
  severity: 'medium',
  title: 'A workload has no policy in a direction',
  check: (context) =>
    context.cluster.endpoints.flatMap((endpoint, i): LintHit[] => {
      const { resource } = endpoint;
      if (resource === undefined || !isOwn(endpoint)) return [];
      const selecting = context.selecting(i);
      const open = directions.filter((direction) => !selecting.some((policy) => isAbout(policy, direction)));
      const message = `no policy is about its ${open.join(' and ')}, so all of it is allowed`;
      return open.length === 0 ? [] : [{ resource, path: ['metadata', 'name'], message }];
    }),
};
