import type { JsonObject } from '@keelson/core';
import type { Labels } from '../../model/cluster.ts';
import type { Direction } from '../../model/policy.ts';
import type { Plan, PlanNeed, PlannedWorkload, PlanPort, Resolvers } from '../plan.ts';
import { defaultDenyName, namespacesOf, needsIn, policyNameOf, selectorOf } from './emit.ts';

/** CiliumNetworkPolicies. Names of hosts stand beside the addresses that were seen for them. */
export function emitCilium(plan: Plan): JsonObject[] {
  return [
    ...plan.workloads.map((planned) => workloadPolicy(planned, plan.resolvers)),
    // Rules that are empty choose nothing, so that all is denied.
    ...namespacesOf(plan).map((namespace) =>
      policy(defaultDenyName, namespace, { endpointSelector: {}, ingress: [{}], egress: [{}] }),
    ),
  ];
}

function policy(name: string, namespace: string, spec: JsonObject): JsonObject {
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata: { name, namespace }, spec };
}

function workloadPolicy(planned: PlannedWorkload, resolvers: Resolvers): JsonObject {
  const { workload, needs } = planned;
  const hasNames = needs.some(({ peer }) => peer.type === 'address' && peer.names.length > 0);
  const rules = (direction: Direction) => {
    const own = needsIn(planned, direction).flatMap((need) =>
      rulesOf(need, workload.namespace, resolvers, hasNames),
    );
    return own.length === 0 ? [{}] : own;
  };
  return policy(policyNameOf(workload), workload.namespace, {
    endpointSelector: selectorOf(workload.labels, workload.absent),
    ingress: rules('ingress'),
    egress: rules('egress'),
  });
}

function rulesOf(need: PlanNeed, namespace: string, resolvers: Resolvers, hasNames: boolean): JsonObject[] {
  const { direction, peer } = need;
  const side = direction === 'ingress' ? 'from' : 'to';
  if (peer.type === 'resolvers') {
    const pods = resolvers.pods.map((each) => endpoints(each.namespace, each.labels, [], namespace));
    const rules = hasNames ? { rules: { dns: [{ matchPattern: '*' }] } } : {};
    const toPorts = portsOf(resolvers.ports, rules);
    const toCIDR = resolvers.addresses.map((address) => `${address}/32`);
    return [
      { toEndpoints: pods, toPorts },
      { toCIDR, toPorts },
      // NodeLocal DNSCache runs in the network of the node, which no range of addresses matches.
      { toEntities: ['host'], toPorts },
    ];
  }
  const toPorts = portsOf(need.ports);
  if (peer.type === 'anyone') return [{ [`${side}Entities`]: ['all'], toPorts }];
  if (peer.type === 'cluster') return [{ [`${side}Entities`]: ['cluster'], toPorts }];
  if (peer.type === 'workload') {
    const { workload } = peer;
    const chosen = endpoints(workload.namespace, workload.labels, workload.absent, namespace);
    return [{ [`${side}Endpoints`]: [chosen], toPorts }];
  }
  const names = direction === 'egress' ? peer.names.map((matchName) => ({ matchName })) : [];
  return [
    { [`${side}CIDR`]: [peer.cidr], toPorts },
    ...(names.length === 0 ? [] : [{ toFQDNs: names, toPorts }]),
  ];
}

function endpoints(namespace: string, labels: Labels, absent: readonly string[], own: string): JsonObject {
  const where: [string, string][] = namespace === own ? [] : [['k8s:io.kubernetes.pod.namespace', namespace]];
  return selectorOf(new Map([...where, ...labels]), absent);
}

/** A list of ports holds at most 40. */
const maxPorts = 40;

function portsOf(ports: readonly PlanPort[], rules: JsonObject = {}): JsonObject[] {
  const written = ports.map(({ protocol, port }) => ({ port: String(port), protocol }));
  const parts = Array.from({ length: Math.ceil(written.length / maxPorts) }, (_, i) =>
    written.slice(i * maxPorts, (i + 1) * maxPorts),
  );
  return parts.map((part) => ({ ports: part, ...rules }));
}
