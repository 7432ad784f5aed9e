import type { JsonObject } from '@keelson/core';
import { NetpolError } from '../../errors.ts';
import type { Direction } from '../../model/policy.ts';
import type { Plan, PlanNeed, PlannedWorkload, PlanPort, Resolvers, WorkloadIdentity } from '../plan.ts';
import { defaultDenyName, namespaceSelector, namespacesOf, needsIn, selectorOf } from './emit.ts';

/** Bounds of the API: rules of a direction in one policy, and priorities of a tier. */
const maxRules = 25;
const maxPriority = 1000;
/** Names of a rule's ports and peers. */
const maxProtocols = 25;

/**
 * ClusterNetworkPolicies: what is needed is accepted in the tier of administrators, all else is denied in the baseline. The API
 * has no peer for hosts outside that connect to Pods, so nothing is said of them.
 * @throws NetpolError NETPOL_LIMIT for more policies than there are priorities
 */
export function emitClusterPolicies(plan: Plan): JsonObject[] {
  const needed = plan.workloads.flatMap((planned) => workloadPolicies(planned, plan.resolvers));
  if (needed.length > maxPriority)
    throw new NetpolError('NETPOL_LIMIT', `more than ${maxPriority} ClusterNetworkPolicies would be needed`);
  return [
    ...needed.map(({ name, spec }, i) => policy(name, { tier: 'Admin', priority: i + 1, ...spec })),
    ...namespacesOf(plan).map((namespace, i) =>
      policy(`${namespace}.${defaultDenyName}`, baseline(namespace, i)),
    ),
  ];
}

function policy(name: string, spec: JsonObject): JsonObject {
  return {
    apiVersion: 'policy.networking.k8s.io/v1alpha2',
    kind: 'ClusterNetworkPolicy',
    metadata: { name },
    spec,
  };
}

function baseline(namespace: string, place: number): JsonObject {
  return {
    tier: 'Baseline',
    priority: Math.min(place + 1, maxPriority),
    subject: { namespaces: namespaceSelector(namespace) },
    ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }],
    egress: [{ action: 'Deny', to: [{ namespaces: {} }, { networks: ['0.0.0.0/0', '::/0'] }] }],
  };
}

function podsOf({ namespace, labels, absent }: Omit<WorkloadIdentity, 'name'>): JsonObject {
  return {
    pods: { namespaceSelector: namespaceSelector(namespace), podSelector: selectorOf(labels, absent) },
  };
}

/** One policy of a workload for every 25 rules that it needs. */
function workloadPolicies(
  planned: PlannedWorkload,
  resolvers: Resolvers,
): { name: string; spec: JsonObject }[] {
  const { workload } = planned;
  const rules = (direction: Direction) =>
    needsIn(planned, direction).flatMap((need) => rulesOf(need, resolvers));
  const ingress = rules('ingress');
  const egress = rules('egress');
  const count = Math.ceil(Math.max(ingress.length, egress.length) / maxRules);
  return Array.from({ length: count }, (_, i) => {
    const part = (all: JsonObject[]) => all.slice(i * maxRules, (i + 1) * maxRules);
    const name = `${workload.namespace}.${workload.name}-observed${i === 0 ? '' : `-${i + 1}`}`;
    return { name, spec: { subject: podsOf(workload), ingress: part(ingress), egress: part(egress) } };
  });
}

function rulesOf({ direction, peer, ports }: PlanNeed, resolvers: Resolvers): JsonObject[] {
  const field = direction === 'ingress' ? 'from' : 'to';
  const rules = (peers: JsonObject[], list: readonly PlanPort[]): JsonObject[] =>
    Array.from({ length: Math.ceil(list.length / maxProtocols) }, (_, i) => ({
      action: 'Accept',
      [field]: peers,
      protocols: list.slice(i * maxProtocols, (i + 1) * maxProtocols).map(protocolOf),
    }));
  if (peer.type === 'resolvers') {
    const pods = resolvers.pods.map((each) => podsOf({ ...each, absent: [] }));
    const networks = resolvers.addresses.map((address) => `${address}/32`);
    return rules([...pods, { networks }], resolvers.ports);
  }
  if (peer.type === 'workload') return rules([podsOf(peer.workload)], ports);
  // Of everybody, those in the cluster are all that there is a peer for.
  if (peer.type !== 'address') return rules([{ namespaces: {} }], ports);
  if (direction === 'ingress') return [];
  const names = peer.names.length === 0 ? [] : [{ domainNames: [...peer.names] }];
  return rules([{ networks: [peer.cidr] }, ...names], ports);
}

function protocolOf({ protocol, port }: PlanPort): JsonObject {
  return { [protocol.toLowerCase()]: { destinationPort: { number: port } } };
}
