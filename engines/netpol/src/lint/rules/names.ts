import { isObject } from '@keelson/core';
import type { Policy } from '../../model/policy.ts';
import { isAbout, type LintContext } from '../context.ts';
import { dnsRule } from '../default-deny.ts';
import type { LintHit, LintRule } from '../finding.ts';

/** Ports that DNS is asked at: RFC 1035, and OpenShift's Pods of DNS. */
const dnsPorts = [53, 5353];
const udp = 17;

export const noDns: LintRule = {
  id: 'network-policy-without-dns',
  severity: 'medium',
  title: 'Pods whose egress is restricted may not ask DNS',
  check: (context) => {
    const about = context.policies.filter((policy) => isAbout(policy, 'egress'));
    const selecting = context.cluster.endpoints.map((): number[] => []);
    about.forEach((policy, i) => {
      for (const endpoint of context.subjectsOf(policy).members()) selecting[endpoint]?.push(i);
    });
    const groups = new Map<string, { policies: Policy[]; endpoints: number[] }>();
    context.cluster.endpoints.forEach(({ hostNetwork }, endpoint) => {
      const own = selecting[endpoint] ?? [];
      if (hostNetwork || own.length === 0) return;
      const key = own.join();
      const policies = own.flatMap((i) => about[i] ?? []);
      const group = groups.get(key) ?? { policies, endpoints: [] };
      group.endpoints.push(endpoint);
      groups.set(key, group);
    });
    return [...groups.values()].flatMap(({ policies, endpoints }) => hitOf(context, policies, endpoints));
  },
};

/** The policy that names the peers to which names are needed is where the rule for DNS is missed. */
function hitOf(context: LintContext, policies: readonly Policy[], endpoints: readonly number[]): LintHit[] {
  const [endpoint] = endpoints;
  const policy = policies.find(namesPods);
  if (endpoint === undefined || policy === undefined || mayAskNames(context, endpoint)) return [];
  const isNetworkPolicy = policy.kind === 'NetworkPolicy' && policy.resource.group === 'networking.k8s.io';
  return [
    {
      resource: policy.resource,
      path: ['spec', 'egress'],
      message: `lets ${context.namesOf(endpoints)} connect to others, but no policy lets them ask DNS`,
      ...(isNetworkPolicy
        ? {
            fix: {
              description: 'allow DNS within the cluster',
              optIn: true,
              patch: [
                {
                  op: 'add',
                  path: [
                    'spec',
                    'egress',
                    policy.rules.filter(({ direction }) => direction === 'egress').length,
                  ],
                  value: dnsRule(),
                },
              ],
            },
          }
        : {}),
    },
  ];
}

/** Peers by selector are found by name; those by address need none. */
function namesPods(policy: Policy): boolean {
  return (
    isAbout(policy, 'egress') &&
    policy.rules.some(
      ({ direction, verdict, peers }) =>
        direction === 'egress' && verdict === 'allow' && peers.some(({ type }) => type === 'endpoints'),
    )
  );
}

function mayAskNames({ analysis, connections, ...context }: LintContext, endpoint: number): boolean {
  for (let peer = 0; peer < analysis.peerCount; peer++) {
    if (peer === endpoint) continue;
    const set = analysis.allowedAt('egress', endpoint, peer);
    if (dnsPorts.some((port) => connections.has(set, udp, port))) return true;
  }
  // DNS may stand in a namespace that the input does not have, and rules may name it.
  return context.policies.some(
    (policy) =>
      context.index.select(policy.subject).has(endpoint) &&
      policy.rules.some(
        (rule) =>
          rule.direction === 'egress' &&
          rule.verdict === 'allow' &&
          dnsPorts.some((port) => connections.has(rule.connections.fixed, udp, port)),
      ),
  );
}

/** Items of sequences of mappings. */
function mappings(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((each) => isObject(each)) : [];
}

export const fqdnWithoutDns: LintRule = {
  id: 'cilium-policy-names-without-dns',
  severity: 'high',
  title: 'toFQDNs without a DNS rule learns no addresses',
  check: (context) => {
    const cilium = context.specsOf('cilium.io', 'CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy');
    const asking = new Set(
      cilium.filter(({ spec }) => mappings(spec['egress']).some(asksDns)).map(({ resource }) => resource),
    );
    const subjects = context.policies.filter(({ resource }) => asking.has(resource));
    return cilium.flatMap(({ resource, spec }) =>
      mappings(spec['egress']).flatMap((rule, i): LintHit[] => {
        if (mappings(rule['toFQDNs']).length === 0) return [];
        const own = context.policies.filter((policy) => policy.resource === resource);
        const isCovered = own.every((policy) => subjects.some((other) => covers(context, other, policy)));
        if (own.length > 0 && isCovered) return [];
        const message =
          'names hosts, whose addresses Cilium learns only from answers that a rule with `rules.dns` lets it see; none selects these Pods';
        return [{ resource, path: ['spec', 'egress', i, 'toFQDNs'], message }];
      }),
    );
  },
};

function covers(context: LintContext, outer: Policy, inner: Policy): boolean {
  if (outer.subject.key === inner.subject.key) return true;
  const selected = context.subjectsOf(inner);
  return !selected.isEmpty() && selected.without(context.subjectsOf(outer)).isEmpty();
}

function asksDns(rule: Record<string, unknown>): boolean {
  return mappings(rule['toPorts']).some(
    ({ rules }) => typeof rules === 'object' && rules !== null && 'dns' in rules,
  );
}
