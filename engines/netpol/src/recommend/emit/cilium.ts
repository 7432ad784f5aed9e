import type { JsonObject } from '@keelson/core';
import type { Direction } from '../../model/policy.ts';
import type { Plan, PlanNeed, PlannedWorkload, PlanPort, Resolvers } from '../plan.ts';
import { type Chosen, defaultDenies, needsIn, policyNameOf, selectorOf } from './emit.ts';

/** CiliumNetworkPolicies. Hosts whose names are known are written by them, and not by addresses, which others may have later. */
export function emitCilium(plan: Plan): JsonObject[] {
  // The proxy that learns the addresses of names has to see every question that Pods may ask.
  const hasNames = plan.workloads.some(({ needs }) =>
    needs.some(({ peers }) => peers.some((peer) => peer.type === 'addresses' && peer.names.length > 0)),
  );
  const policy = (name: string, planned: PlannedWorkload) =>
    policyOf(name, planned, (need) => rulesOf(need, planned.workload.namespace, plan.resolvers, hasNames));
  return [
    ...plan.workloads.map((planned) => policy(policyNameOf(planned.workload), planned)),
    ...defaultDenies(plan).map((planned) => policy(planned.workload.name, planned)),
  ];
}

function policyOf(
  name: string,
  planned: PlannedWorkload,
  write: (need: PlanNeed) => JsonObject[],
): JsonObject {
  const { workload } = planned;
  const rules = (direction: Direction) => {
    const own = needsIn(planned, direction).flatMap(write);
    // A rule that is empty chooses nothing, so that all is denied.
    return own.length === 0 ? [{}] : own;
  };
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    metadata: { name, namespace: workload.namespace },
    spec: { endpointSelector: selectorOf(workload), ingress: rules('ingress'), egress: rules('egress') },
  };
}

/** A rule names peers in one way, so that each sort of them is a rule of its own. */
function rulesOf(need: PlanNeed, namespace: string, resolvers: Resolvers, hasNames: boolean): JsonObject[] {
  const { direction, peers } = need;
  if (peers.some(({ type }) => type === 'resolvers')) return namesRules(namespace, resolvers, hasNames);
  const side = direction === 'ingress' ? 'from' : 'to';
  const toPorts = portsOf(need.ports);
  const chosen = peers.flatMap((peer) =>
    peer.type === 'workload' ? endpoints(peer.workload, namespace) : [],
  );
  const entities = peers.flatMap(({ type }) => (type === 'anyone' ? 'all' : type === 'cluster' ? type : []));
  const addresses = peers.flatMap((peer) => (peer.type === 'addresses' ? [peer] : []));
  const cidrs = addresses.flatMap((peer) => (peer.names.length === 0 ? peer.cidrs : []));
  const names = addresses.flatMap((peer) => peer.names);
  return [
    ...(entities.length === 0 ? [] : [{ [`${side}Entities`]: entities, toPorts }]),
    ...(chosen.length === 0 ? [] : [{ [`${side}Endpoints`]: chosen, toPorts }]),
    ...(cidrs.length === 0 ? [] : [{ [`${side}CIDR`]: cidrs, toPorts }]),
    ...(names.length === 0 ? [] : [{ toFQDNs: names.map((matchName) => ({ matchName })), toPorts }]),
  ];
}

function namesRules(namespace: string, resolvers: Resolvers, hasNames: boolean): JsonObject[] {
  const rules = hasNames ? { rules: { dns: [{ matchPattern: '*' }] } } : {};
  const toPorts = portsOf(resolvers.ports, rules);
  return [
    { toEndpoints: resolvers.pods.map((each) => endpoints(each, namespace)), toPorts },
    { toCIDR: resolvers.addresses.map((address) => `${address}/32`), toPorts },
    // NodeLocal DNSCache runs in the network of the node, which no range of addresses matches.
    { toEntities: ['host'], toPorts },
  ];
}

function endpoints(
  { namespace, labels, ...chosen }: Chosen & { namespace: string },
  own: string,
): JsonObject {
  const where: [string, string][] = namespace === own ? [] : [['k8s:io.kubernetes.pod.namespace', namespace]];
  return selectorOf({ ...chosen, labels: new Map([...where, ...labels]) });
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
