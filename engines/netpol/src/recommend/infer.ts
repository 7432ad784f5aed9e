import type { Resource } from '@keelson/kubernetes';
import { type Labels, qualifiedName } from '../model/cluster.ts';
import type { Direction } from '../model/policy.ts';
import { isAddress } from '../sets/addresses.ts';
import { peerKey } from './aggregate.ts';
import type { FlowEnd, ObservedFlow } from './flow.ts';
import { chooses, Identities } from './identities.ts';
import type {
  Plan,
  PlanNeed,
  PlannedWorkload,
  PlanPeer,
  PlanPort,
  Resolvers,
  WorkloadIdentity,
} from './plan.ts';
import { isResolved, isSystemNamespace, resolversOf } from './resolvers.ts';
import { ManifestKnowledge } from './translate.ts';

/** A flow that no policy is written for, with why a person has to decide. */
export interface UndecidedFlow {
  flow: ObservedFlow;
  reason:
    | 'denied'
    | 'host'
    | 'ephemeral-port'
    | 'no-labels'
    | 'no-address'
    /** Of the host only the name is known, which is written where the dialect has names. */
    | 'only-name'
    | 'protocol'
    | 'no-workload';
}

/** A flow that the plan allows, with its ends as the plan has them. */
export interface KeptFlow {
  source: PlanPeer;
  destination: PlanPeer;
  port: PlanPort;
  flow: ObservedFlow;
}

export interface Inference {
  plan: Plan;
  kept: readonly KeptFlow[];
  undecided: readonly UndecidedFlow[];
  identities: readonly WorkloadIdentity[];
  /** Namespaces that get no policies, so that the cluster and its names go on working. */
  unprotected: readonly string[];
  /** `namespace/name` of workloads of manifests that were not seen, and of those that no selector can choose. */
  unseen: readonly string[];
  /** Those that were not seen and have all labels of one that was, so that its policy is theirs too. */
  chosenToo: readonly string[];
  namespaces: ReadonlyMap<string, Labels>;
  /** Addresses of hosts by their names, as the flows tell them. */
  hosts: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Ports of servers are below; those that systems give to clients begin here on Linux. */
const firstEphemeralPort = 32_768;

export interface InferOptions {
  /** Selectors leave out workloads that have more labels. */
  exact: boolean;
  /** Whether workloads that were not seen get policies too, and their namespaces deny by default. */
  defaultDeny: boolean;
}

/** What was seen, as a plan of what to allow. Nothing is guessed: what is not plain is given back for a decision. */
export function infer(
  seen: readonly ObservedFlow[],
  manifests: readonly Resource[],
  { exact, defaultDeny }: InferOptions,
): Inference {
  const knowledge = new ManifestKnowledge(manifests);
  const flows = seen
    .flatMap((flow) => knowledge.translated(knowledge.named(flow)))
    .map((flow) => withoutNodes(flow, knowledge));
  const identities = new Identities(flows, { known: knowledge.workloads, exact, all: defaultDeny });
  const named = addressesByName(flows);
  const kept: KeptFlow[] = [];
  const isSaid = sayer();
  const undecided: UndecidedFlow[] = [];
  for (const flow of flows) {
    if (isSaid(flow)) continue;
    const read = keep(flow, identities, knowledge, named);
    if (typeof read === 'string') undecided.push({ flow, reason: read });
    else if (isOnlyName(read.destination)) undecided.push({ flow, reason: 'only-name' });
    if (typeof read !== 'string') kept.push(read);
  }
  const resolvers = resolversOf(knowledge, kept);
  const isProtected = protectionOf(resolvers);
  const isOpen = ({ namespace }: WorkloadIdentity) => !isProtected(namespace);
  const planned = identities.planned.filter(isOpen);
  const unseen = identities.all.filter((each) => isOpen(each) && !identities.isSeen(each));
  const chosenToo = unseen.filter(
    (each) => !planned.includes(each) && planned.some((other) => chooses(other, each)),
  );
  const namespacesOf = (all: readonly WorkloadIdentity[]) =>
    [...new Set(all.map(({ namespace }) => namespace))].sort();
  return {
    plan: {
      workloads: needsOf(kept, planned, resolvers),
      resolvers,
      closed: defaultDeny ? namespacesOf(planned) : [],
    },
    kept: kept.filter(({ destination }) => !isOnlyName(destination)),
    undecided,
    identities: identities.all,
    unprotected: namespacesOf(identities.all).filter(isProtected),
    unseen: [
      ...unseen.filter((identity) => !chosenToo.includes(identity)).map(qualifiedName),
      ...identities.unlabelled,
    ].sort(),
    chosenToo: chosenToo.map(qualifiedName),
    namespaces: new Map(flows.flatMap((flow) => [...(flow.namespaces ?? [])])),
    hosts: named,
  };
}

/** Namespaces without policies: those of the cluster itself, and where names are answered, for workloads not seen too. */
function protectionOf({ pods }: Resolvers): (namespace: string) => boolean {
  const names = new Set(pods.map(({ namespace }) => namespace));
  return (namespace) => names.has(namespace) || isSystemNamespace(namespace);
}

/** The flow with hosts in the place of Pods of their network: no policy chooses those. */
function withoutNodes(flow: ObservedFlow, knowledge: ManifestKnowledge): ObservedFlow {
  const end = (each: FlowEnd): FlowEnd =>
    each.type === 'workload' && knowledge.isHostNetworked(each)
      ? { type: 'host', name: `${each.namespace}/${each.name}` }
      : each;
  return { ...flow, source: end(flow.source), destination: end(flow.destination) };
}

/** Whether a flow to a host with names says what an earlier one to another of its addresses has said. */
function sayer(): (flow: ObservedFlow) => boolean {
  const said = new Set<string>();
  return ({ source, destination, protocol, port, allowed }) => {
    if (source.type !== 'workload' || destination.type !== 'address' || !allowed) return false;
    if (destination.names.length === 0) return false;
    const from = `${source.namespace}/${source.name}`;
    const key = JSON.stringify([from, [...destination.names].sort(), protocol, port]);
    const isSaid = said.has(key);
    said.add(key);
    return isSaid;
  };
}

/** Addresses that were seen of hosts with names. */
function addressesByName(flows: readonly ObservedFlow[]): ReadonlyMap<string, ReadonlySet<string>> {
  const addresses = new Map<string, Set<string>>();
  for (const { destination, allowed } of flows) {
    if (destination.type !== 'address' || !allowed) continue;
    for (const name of destination.names)
      addresses.set(name, (addresses.get(name) ?? new Set()).add(destination.address));
  }
  return addresses;
}

function isOnlyName(peer: PlanPeer): boolean {
  return peer.type === 'addresses' && peer.cidrs.length === 0;
}

function keep(
  flow: ObservedFlow,
  identities: Identities,
  knowledge: ManifestKnowledge,
  named: ReadonlyMap<string, ReadonlySet<string>>,
): KeptFlow | UndecidedFlow['reason'] {
  const { source, destination, protocol, port } = flow;
  if (!flow.allowed) return 'denied';
  if (source.type === 'unknown' || destination.type === 'unknown') return 'no-address';
  if (source.type === 'host' || destination.type === 'host') return 'host';
  if (source.type !== 'workload' && destination.type !== 'workload') return 'no-workload';
  if (destination.type === 'cluster' || destination.type === 'anyone') return 'no-workload';
  if ((protocol !== 'TCP' && protocol !== 'UDP' && protocol !== 'SCTP') || port < 1) return 'protocol';
  if (port >= firstEphemeralPort && !knowledge.isServed(destination, port)) return 'ephemeral-port';
  const from = peerOf(source, identities);
  const to = peerOf(destination, identities, named);
  if (typeof from === 'string') return from;
  if (typeof to === 'string') return to;
  return { source: from, destination: to, port: { protocol, port }, flow };
}

/** Hosts that are connected to are all that was seen of their names, in `named`. */
function peerOf(
  end: FlowEnd,
  identities: Identities,
  named: ReadonlyMap<string, ReadonlySet<string>> = new Map(),
): PlanPeer | 'no-labels' | 'no-address' {
  if (end.type === 'workload') {
    const workload = identities.of(end);
    return workload === undefined ? 'no-labels' : { type: 'workload', workload };
  }
  if (end.type === 'cluster' || end.type === 'anyone') return end;
  if (end.type === 'range') return { type: 'addresses', cidrs: [end.cidr], names: [] };
  if (end.type === 'name') return { type: 'addresses', cidrs: [], names: [end.name] };
  if (end.type !== 'address' || !isAddress(end.address)) return 'no-address';
  const names = end.names.filter((name) => named.has(name));
  const known = names.flatMap((name) => [...(named.get(name) ?? [])]);
  const cidrs = [...new Set([end.address, ...known])].sort().map(cidrOf);
  return { type: 'addresses', cidrs, names };
}

function cidrOf(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

type SingleNeed = Omit<PlanNeed, 'peers'> & { peer: PlanPeer };

/** By workload what it needs, each peer once with all of its ports. */
function needsOf(
  kept: readonly KeptFlow[],
  workloads: readonly WorkloadIdentity[],
  resolvers: Resolvers,
): PlannedWorkload[] {
  const needs = new Map(workloads.map((workload) => [workload, new Map<string, SingleNeed>()]));
  const add = (workload: WorkloadIdentity, direction: Direction, peer: PlanPeer, port: PlanPort) => {
    const own = needs.get(workload);
    const key = `${direction} ${peerKey(peer)}`;
    const ports = own?.get(key)?.ports ?? [];
    if (ports.some((each) => each.port === port.port && each.protocol === port.protocol)) return;
    own?.set(key, { direction, peer, ports: [...ports, port].sort(comparePorts) });
  };
  for (const { source, destination, port } of kept) {
    if (source.type === 'workload' && !isResolved(destination, port, resolvers))
      add(source.workload, 'egress', destination, port);
    if (destination.type === 'workload') add(destination.workload, 'ingress', source, port);
  }
  return [...needs].map(([workload, own]) => ({
    workload,
    needs: withoutCovered([...own].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, need]) => need)).map(
      ({ peer, ...need }) => ({ ...need, peers: [peer] }),
    ),
  }));
}

/** Needs without what is let in from everybody, or from all of the cluster, anyway. */
function withoutCovered(needs: readonly SingleNeed[]): SingleNeed[] {
  const open = (type: PlanPeer['type']) =>
    needs.filter(({ peer }) => peer.type === type).flatMap(({ ports }) => ports);
  const anyone = open('anyone');
  const cluster = [...anyone, ...open('cluster')];
  return needs.flatMap((need) => {
    const { direction, peer, ports } = need;
    if (direction === 'egress' || peer.type === 'anyone') return [need];
    const covered = peer.type === 'workload' ? cluster : anyone;
    const left = ports.filter((port) => !covered.some((each) => comparePorts(each, port) === 0));
    return left.length === 0 ? [] : [{ ...need, ports: left }];
  });
}

function comparePorts(a: PlanPort, b: PlanPort): number {
  return a.protocol === b.protocol ? a.port - b.port : a.protocol < b.protocol ? -1 : 1;
}
