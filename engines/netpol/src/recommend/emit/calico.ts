import type { JsonObject } from '@keelson/core';
import type { Labels } from '../../model/cluster.ts';
import type { Direction } from '../../model/policy.ts';
import { namespaceNameLabel } from '../../model/read-cluster.ts';
import type { Plan, PlanNeed, PlannedWorkload, PlanPort, Resolvers } from '../plan.ts';
import { defaultDenyName, type EmitOptions, namespacesOf, needsIn, policyNameOf } from './emit.ts';

/** Policies of Calico; staged ones are watched and decide nothing. */
export function emitCalico(plan: Plan, { staged = false }: EmitOptions): JsonObject[] {
  const kind = staged ? 'StagedNetworkPolicy' : 'NetworkPolicy';
  const policy = (name: string, namespace: string, spec: JsonObject): JsonObject => ({
    apiVersion: 'projectcalico.org/v3',
    kind,
    metadata: { name, namespace },
    spec: { ...spec, types: ['Ingress', 'Egress'] },
  });
  return [
    ...plan.workloads.map((planned) =>
      policy(policyNameOf(planned.workload), planned.workload.namespace, {
        order: 1000,
        selector: textOf(planned.workload.labels, planned.workload.absent),
        ingress: rulesOf(planned, 'ingress', plan.resolvers),
        egress: rulesOf(planned, 'egress', plan.resolvers),
      }),
    ),
    ...namespacesOf(plan).map((namespace) =>
      policy(defaultDenyName, namespace, { order: 2000, selector: 'all()' }),
    ),
  ];
}

function rulesOf(planned: PlannedWorkload, direction: Direction, resolvers: Resolvers): JsonObject[] {
  const { namespace } = planned.workload;
  return needsIn(planned, direction).flatMap((need) =>
    entitiesOf(need, namespace, resolvers).flatMap((entity) =>
      byProtocol(need.peer.type === 'resolvers' ? resolvers.ports : need.ports).map(([protocol, ports]) =>
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

function entitiesOf({ peer }: PlanNeed, namespace: string, resolvers: Resolvers): JsonObject[] {
  if (peer.type === 'anyone') return [{}];
  if (peer.type === 'cluster') return [{ namespaceSelector: 'all()' }];
  if (peer.type === 'address') return [{ nets: [peer.cidr] }];
  if (peer.type === 'resolvers') {
    const pods = resolvers.pods.map((each) => podsOf(each.namespace, textOf(each.labels), namespace));
    return [...pods, { nets: resolvers.addresses.map((address) => `${address}/32`) }];
  }
  const { workload } = peer;
  return [podsOf(workload.namespace, textOf(workload.labels, workload.absent), namespace)];
}

function podsOf(namespace: string, selector: string, own: string): JsonObject {
  if (namespace === own) return { selector };
  return { namespaceSelector: `${namespaceNameLabel} == '${namespace}'`, selector };
}

/** Labels as a selector; values of labels hold no quotes. */
function textOf(labels: Labels, absent: readonly string[] = []): string {
  return [
    ...[...labels].sort().map(([key, value]) => `${key} == '${value}'`),
    ...absent.map((key) => `!has(${key})`),
  ].join(' && ');
}
