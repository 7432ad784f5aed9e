import type { JsonObject } from '@keelson/core';
import type { Direction } from '../../model/policy.ts';
import type { Plan, PlanNeed, PlannedWorkload, PlanPort, Resolvers } from '../plan.ts';
import {
  defaultDenyName,
  namespaceSelector,
  namespacesOf,
  needsIn,
  policyNameOf,
  selectorOf,
} from './emit.ts';

/** NetworkPolicies: one for each workload, then a default deny for each namespace. */
export function emitKubernetes(plan: Plan): JsonObject[] {
  return [
    ...plan.workloads.map((planned) => workloadPolicy(planned, plan.resolvers)),
    ...namespacesOf(plan).map((namespace) =>
      policy(defaultDenyName, namespace, { podSelector: {}, policyTypes }),
    ),
  ];
}

const policyTypes = ['Ingress', 'Egress'];

function policy(name: string, namespace: string, spec: JsonObject): JsonObject {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec };
}

function workloadPolicy(planned: PlannedWorkload, resolvers: Resolvers): JsonObject {
  const { workload } = planned;
  const rules = (direction: Direction) =>
    needsIn(planned, direction).map((need) => ruleOf(need, workload.namespace, resolvers));
  return policy(policyNameOf(workload), workload.namespace, {
    podSelector: selectorOf(workload.labels, workload.absent),
    policyTypes,
    ingress: rules('ingress'),
    egress: rules('egress'),
  });
}

function ruleOf({ direction, peer, ports }: PlanNeed, namespace: string, resolvers: Resolvers): JsonObject {
  const field = direction === 'ingress' ? 'from' : 'to';
  if (peer.type === 'resolvers') {
    const pods = resolvers.pods.map((each) => ({
      namespaceSelector: namespaceSelector(each.namespace),
      podSelector: selectorOf(each.labels),
    }));
    const blocks = resolvers.addresses.map((address) => ({ ipBlock: { cidr: `${address}/32` } }));
    return { [field]: [...pods, ...blocks], ports: portsOf(resolvers.ports) };
  }
  if (peer.type === 'anyone') return { ports: portsOf(ports) };
  if (peer.type === 'cluster') return { [field]: [{ namespaceSelector: {} }], ports: portsOf(ports) };
  if (peer.type === 'address') return { [field]: [{ ipBlock: { cidr: peer.cidr } }], ports: portsOf(ports) };
  const { workload } = peer;
  const pods = { podSelector: selectorOf(workload.labels, workload.absent) };
  const where =
    workload.namespace === namespace ? {} : { namespaceSelector: namespaceSelector(workload.namespace) };
  return { [field]: [{ ...where, ...pods }], ports: portsOf(ports) };
}

function portsOf(ports: readonly PlanPort[]): JsonObject[] {
  return ports.map(({ protocol, port }) => ({ protocol, port }));
}
