import type { JsonObject } from '@keelson/core';
import type { Direction } from '../../model/policy.ts';
import type { Plan, PlanNeed, PlannedWorkload, PlanPeer, PlanPort, Resolvers } from '../plan.ts';
import { defaultDenies, namespaceSelector, needsIn, policyNameOf, selectorOf } from './emit.ts';

/** NetworkPolicies: one for each workload, then a default deny for each namespace. */
export function emitKubernetes(plan: Plan): JsonObject[] {
  return [
    ...plan.workloads.map((planned) => policy(policyNameOf(planned.workload), planned, plan.resolvers)),
    ...defaultDenies(plan).map((planned) => policy(planned.workload.name, planned, plan.resolvers)),
  ];
}

function policy(name: string, planned: PlannedWorkload, resolvers: Resolvers): JsonObject {
  const { workload } = planned;
  const { namespace } = workload;
  const rules = (direction: Direction) =>
    needsIn(planned, direction).flatMap((need) => ruleOf(need, namespace, resolvers));
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace },
    spec: {
      podSelector: selectorOf(workload),
      policyTypes: ['Ingress', 'Egress'],
      ingress: rules('ingress'),
      egress: rules('egress'),
    },
  };
}

function ruleOf(
  { direction, peers, ports }: PlanNeed,
  namespace: string,
  resolvers: Resolvers,
): JsonObject[] {
  const list = portsOf(peers.some(({ type }) => type === 'resolvers') ? resolvers.ports : ports);
  // Everybody is who is not named.
  if (peers.some(({ type }) => type === 'anyone')) return [{ ports: list }];
  const field = direction === 'ingress' ? 'from' : 'to';
  const written = peers.flatMap((peer) => peersOf(peer, namespace, resolvers));
  // No peers would be everybody; hosts of which only names are known are nobody here.
  return written.length === 0 ? [] : [{ [field]: written, ports: list }];
}

function peersOf(peer: PlanPeer, namespace: string, resolvers: Resolvers): JsonObject[] {
  switch (peer.type) {
    case 'anyone':
      return [];
    case 'cluster':
      return [{ namespaceSelector: {} }];
    case 'addresses':
      return peer.cidrs.map((cidr) => ({ ipBlock: { cidr } }));
    case 'workload': {
      const { workload } = peer;
      const isNear = workload.namespace === namespace;
      const where = isNear ? {} : { namespaceSelector: namespaceSelector(workload.namespace) };
      return [{ ...where, podSelector: selectorOf(workload) }];
    }
    case 'resolvers': {
      const pods = resolvers.pods.map((each) => ({
        namespaceSelector: namespaceSelector(each.namespace),
        podSelector: selectorOf(each),
      }));
      return [...pods, ...resolvers.addresses.map((address) => ({ ipBlock: { cidr: `${address}/32` } }))];
    }
  }
}

function portsOf(ports: readonly PlanPort[]): JsonObject[] {
  return ports.map(({ protocol, port }) => ({ protocol, port }));
}
