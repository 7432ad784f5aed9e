import type { JsonObject } from '@keelson/core';
import type { Direction } from '../../model/policy.ts';
import { namespaceNameLabel } from '../../model/read-cluster.ts';
import type { Plan, PlanNeed, PlannedWorkload, PlanPeer, PlanPort, Resolvers } from '../plan.ts';
import { type Chosen, defaultDenies, type EmitOptions, needsIn, policyNameOf } from './emit.ts';

/** Policies of Calico; staged ones are watched and decide nothing. */
export function emitCalico(plan: Plan, { staged = false }: EmitOptions): JsonObject[] {
  const kind = staged ? 'StagedNetworkPolicy' : 'NetworkPolicy';
  const policy = (name: string, order: number, planned: PlannedWorkload): JsonObject => ({
    apiVersion: 'projectcalico.org/v3',
    kind,
    metadata: { name, namespace: planned.workload.namespace },
    spec: {
      order,
      selector: textOf(planned.workload),
      ingress: rulesOf(planned, 'ingress', plan.resolvers),
      egress: rulesOf(planned, 'egress', plan.resolvers),
      types: ['Ingress', 'Egress'],
    },
  });
  return [
    ...plan.workloads.map((planned) => policy(policyNameOf(planned.workload), 1000, planned)),
    ...defaultDenies(plan).map((planned) => policy(planned.workload.name, 2000, planned)),
  ];
}

function rulesOf(planned: PlannedWorkload, direction: Direction, resolvers: Resolvers): JsonObject[] {
  const { namespace } = planned.workload;
  return needsIn(planned, direction).flatMap((need) =>
    need.peers
      .flatMap((peer) => entitiesOf(peer, namespace, resolvers))
      .flatMap((entity) =>
        byProtocol(portsIn(need, resolvers)).map(([protocol, ports]) =>
          direction === 'ingress'
            ? { action: 'Allow', protocol, source: entity, destination: { ports } }
            : { action: 'Allow', protocol, destination: { ...entity, ports } },
        ),
      ),
  );
}

function byProtocol(ports: readonly PlanPort[]): [protocol: string, ports: number[]][] {
  return [...Map.groupBy(ports, ({ protocol }) => protocol)].map(([protocol, own]) => [
    protocol,
    own.map(({ port }) => port),
  ]);
}

function portsIn({ peers, ports }: PlanNeed, resolvers: Resolvers): readonly PlanPort[] {
  return peers.some(({ type }) => type === 'resolvers') ? resolvers.ports : ports;
}

/** An entity has all of its fields match, so that each peer is one of its own. */
function entitiesOf(peer: PlanPeer, namespace: string, resolvers: Resolvers): JsonObject[] {
  switch (peer.type) {
    case 'anyone':
      return [{}];
    case 'cluster':
      return [{ namespaceSelector: 'all()' }];
    case 'addresses':
      return peer.cidrs.length === 0 ? [] : [{ nets: [...peer.cidrs] }];
    case 'workload':
      return [podsOf(peer.workload.namespace, textOf(peer.workload), namespace)];
    case 'resolvers': {
      const pods = resolvers.pods.map((each) => podsOf(each.namespace, textOf(each), namespace));
      return [...pods, { nets: resolvers.addresses.map((address) => `${address}/32`) }];
    }
  }
}

function podsOf(namespace: string, selector: string, own: string): JsonObject {
  if (namespace === own) return { selector };
  return { namespaceSelector: `${namespaceNameLabel} == '${namespace}'`, selector };
}

/** Labels as a selector; values of labels hold no quotes. */
function textOf({ labels, absent = [], oneOf }: Chosen): string {
  const parts = [
    ...[...labels].sort().map(([key, value]) => `${key} == '${value}'`),
    ...(oneOf === undefined
      ? []
      : [`${oneOf.key} in {${oneOf.values.map((value) => `'${value}'`).join(', ')}}`]),
    ...absent.map((key) => `!has(${key})`),
  ];
  return parts.length === 0 ? 'all()' : parts.join(' && ');
}
