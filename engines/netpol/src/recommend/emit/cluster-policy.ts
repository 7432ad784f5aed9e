import type { JsonObject } from '@keelson/core';
import { NetpolError } from '../../errors.ts';
import type { Direction } from '../../model/policy.ts';
import type { Plan, PlanNeed, PlannedWorkload, PlanPeer, PlanPort, Resolvers } from '../plan.ts';
import { type Chosen, defaultDenies, namespaceSelector, needsIn, policyNameOf, selectorOf } from './emit.ts';

/** Bounds of the API: rules of a direction in one policy, and priorities of a tier. */
const maxRules = 25;
const maxPriority = 1000;
/** A rule's ports, and its peers; items of a peer as well. */
const maxProtocols = 25;
const maxPeers = 25;

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
    ...denials(plan).map(({ name, subject, egress }, i) =>
      policy(name, {
        tier: 'Baseline',
        priority: Math.min(i + 1, maxPriority),
        subject,
        ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }],
        egress: [
          ...egress,
          { action: 'Deny', to: [{ namespaces: {} }, { networks: ['0.0.0.0/0', '::/0'] }] },
        ],
      }),
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

/** What denies the rest: by namespaces that are closed, else by workloads. */
function denials(plan: Plan): { name: string; subject: JsonObject; egress: JsonObject[] }[] {
  const closed = new Set(plan.closed);
  const own = plan.workloads.filter(({ workload }) => !closed.has(workload.namespace));
  return [
    ...own.map(({ workload }) => ({
      name: `${workload.namespace}.${workload.name}-default-deny`,
      subject: podsOf(workload),
      egress: [],
    })),
    ...defaultDenies(plan).map((planned) => ({
      name: `${planned.workload.namespace}.${planned.workload.name}`,
      subject: { namespaces: namespaceSelector(planned.workload.namespace) },
      egress: needsIn(planned, 'egress').flatMap((need) => rulesOf(need, plan.resolvers)),
    })),
  ];
}

function podsOf({ namespace, ...chosen }: Chosen & { namespace: string }): JsonObject {
  return {
    pods: { namespaceSelector: namespaceSelector(namespace), podSelector: selectorOf(chosen) },
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
    const name = `${workload.namespace}.${policyNameOf(workload)}${i === 0 ? '' : `-${i + 1}`}`;
    return { name, spec: { subject: podsOf(workload), ingress: part(ingress), egress: part(egress) } };
  });
}

function rulesOf(need: PlanNeed, resolvers: Resolvers): JsonObject[] {
  const { direction } = need;
  const field = direction === 'ingress' ? 'from' : 'to';
  const isOfNames = need.peers.some(({ type }) => type === 'resolvers');
  const ports = isOfNames ? resolvers.ports : need.ports;
  const peers = need.peers.flatMap((peer) => peersOf(peer, direction, resolvers));
  return parts(peers, maxPeers).flatMap((some) =>
    parts(ports, maxProtocols).map((list) => ({
      action: 'Accept',
      [field]: some,
      protocols: list.map(protocolOf),
    })),
  );
}

function parts<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

function peersOf(peer: PlanPeer, direction: Direction, resolvers: Resolvers): JsonObject[] {
  switch (peer.type) {
    case 'resolvers': {
      const networks = resolvers.addresses.map((address) => `${address}/32`);
      return [...resolvers.pods.map((each) => podsOf(each)), { networks }];
    }
    case 'workload':
      return [podsOf(peer.workload)];
    // Of everybody, those in the cluster are all that there is a peer for.
    case 'anyone':
    case 'cluster':
      return [{ namespaces: {} }];
    case 'addresses': {
      if (direction === 'ingress') return [];
      if (peer.names.length > 0) return parts(peer.names, maxPeers).map((some) => ({ domainNames: some }));
      return parts(peer.cidrs, maxPeers).map((some) => ({ networks: some }));
    }
  }
}

function protocolOf({ protocol, port }: PlanPort): JsonObject {
  return { [protocol.toLowerCase()]: { destinationPort: { number: port } } };
}
