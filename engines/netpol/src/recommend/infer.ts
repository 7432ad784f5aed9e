import type { Resource } from '@keelson/kubernetes';
import type { Labels } from '../model/cluster.ts';
import type { Direction } from '../model/policy.ts';
import { isAddress } from '../sets/addresses.ts';
import { peerKey } from './aggregate.ts';
import type { FlowEnd, ObservedFlow } from './flow.ts';
import { Identities } from './identities.ts';
import type {
  Plan,
  PlanNeed,
  PlannedWorkload,
  PlanPeer,
  PlanPort,
  Resolvers,
  WorkloadIdentity,
} from './plan.ts';
import { resolverAddresses } from './resolvers.ts';
import { ManifestKnowledge } from './translate.ts';

/** A flow that no policy is written for, with why a person has to decide. */
export interface UndecidedFlow {
  flow: ObservedFlow;
  reason: 'denied' | 'host' | 'ephemeral-port' | 'no-labels' | 'no-address' | 'protocol' | 'no-workload';
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
  namespaces: ReadonlyMap<string, Labels>;
}

/** Ports of servers are below; those that systems give to clients begin here on Linux. */
const firstEphemeralPort = 32_768;
/** As many different ones between two ends are those of a protocol that opens connections back. */
const ephemeralPorts = 3;

const dnsPort = 53;
const clusterDns = { namespace: 'kube-system', labels: new Map([['k8s-app', 'kube-dns']]) };

/** What was seen, as a plan of what to allow. Nothing is guessed: what is not plain is given back for a decision. */
export function infer(
  seen: readonly ObservedFlow[],
  manifests: readonly Resource[],
  exact: boolean,
): Inference {
  const knowledge = new ManifestKnowledge(manifests);
  const flows = seen.flatMap((flow) => knowledge.translated(knowledge.named(flow)));
  const identities = new Identities(flows, knowledge.labels, exact);
  const ephemeral = ephemeralPairs(flows);
  const kept: KeptFlow[] = [];
  const undecided: UndecidedFlow[] = [];
  for (const flow of flows) {
    const read =
      ephemeral.has(pairOf(flow)) && flow.port >= firstEphemeralPort
        ? 'ephemeral-port'
        : keep(flow, identities, knowledge);
    if (typeof read === 'string') undecided.push({ flow, reason: read });
    else kept.push(read);
  }
  const resolvers = resolversOf(kept);
  const isProtected = protectionOf(resolvers);
  const planned = identities.all.filter(({ namespace }) => !isProtected(namespace));
  return {
    plan: { workloads: needsOf(kept, planned, resolvers), resolvers },
    kept,
    undecided,
    identities: identities.all,
    unprotected: [...new Set(identities.all.map(({ namespace }) => namespace))].filter(isProtected).sort(),
    namespaces: new Map(flows.flatMap((flow) => [...(flow.namespaces ?? [])])),
  };
}

/** Namespaces without policies: those of the cluster itself, and where names are answered, for workloads not seen too. */
function protectionOf({ pods }: Resolvers): (namespace: string) => boolean {
  const names = new Set([...systemNamespaces, ...pods.map(({ namespace }) => namespace)]);
  return (namespace) => names.has(namespace);
}

const systemNamespaces = ['kube-system', 'kube-public', 'kube-node-lease'];

function keep(
  flow: ObservedFlow,
  identities: Identities,
  knowledge: ManifestKnowledge,
): KeptFlow | UndecidedFlow['reason'] {
  const { source, destination, protocol, port } = flow;
  if (!flow.allowed) return 'denied';
  if (source.type === 'unknown' || destination.type === 'unknown') return 'no-address';
  if ([source, destination].some((end) => end.type === 'host' || knowledge.isHostNetworked(end)))
    return 'host';
  if (source.type !== 'workload' && destination.type !== 'workload') return 'no-workload';
  if (destination.type === 'cluster' || destination.type === 'anyone') return 'no-workload';
  if ((protocol !== 'TCP' && protocol !== 'UDP' && protocol !== 'SCTP') || port < 1) return 'protocol';
  const from = peerOf(source, identities);
  const to = peerOf(destination, identities);
  if (typeof from === 'string') return from;
  if (typeof to === 'string') return to;
  return { source: from, destination: to, port: { protocol, port }, flow };
}

function peerOf(end: FlowEnd, identities: Identities): PlanPeer | 'no-labels' | 'no-address' {
  if (end.type === 'workload') {
    const workload = identities.of(end);
    return workload === undefined ? 'no-labels' : { type: 'workload', workload };
  }
  if (end.type === 'cluster' || end.type === 'anyone') return end;
  if (end.type !== 'address' || !isAddress(end.address)) return 'no-address';
  const bits = end.address.includes(':') ? 128 : 32;
  return { type: 'addresses', cidrs: [`${end.address}/${bits}`], names: end.names };
}

function pairOf({ source, destination, protocol }: ObservedFlow): string {
  const name = (end: FlowEnd) =>
    end.type === 'workload'
      ? `${end.namespace}/${end.name}`
      : end.type === 'address'
        ? end.address
        : end.type;
  return `${name(source)} ${name(destination)} ${protocol}`;
}

function ephemeralPairs(flows: readonly ObservedFlow[]): Set<string> {
  const ports = new Map<string, Set<number>>();
  for (const flow of flows) {
    if (flow.port < firstEphemeralPort) continue;
    const pair = pairOf(flow);
    ports.set(pair, (ports.get(pair) ?? new Set()).add(flow.port));
  }
  return new Set([...ports].filter(([, { size }]) => size >= ephemeralPorts).map(([pair]) => pair));
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

/** Whether the rule for names, which every workload gets, says it already. */
function isResolved(
  peer: PlanPeer,
  { port, protocol }: PlanPort,
  { pods, addresses, ports }: Resolvers,
): boolean {
  if (!ports.some((each) => each.port === port && each.protocol === protocol)) return false;
  if (peer.type === 'addresses')
    return peer.cidrs.every((cidr) => addresses.includes(cidr.replace(/\/32$/, '')));
  if (peer.type !== 'workload') return peer.type === 'resolvers';
  const { workload } = peer;
  return pods.some(
    ({ namespace, labels }) =>
      namespace === workload.namespace &&
      [...labels].every(([key, value]) => workload.labels.get(key) === value),
  );
}

function comparePorts(a: PlanPort, b: PlanPort): number {
  return a.protocol === b.protocol ? a.port - b.port : a.protocol < b.protocol ? -1 : 1;
}

/** Who was seen to answer for names, beside those that clusters have anyway. */
function resolversOf(kept: readonly KeptFlow[]): Resolvers {
  const seen = new Set(
    kept.flatMap(({ destination, port }) =>
      port.protocol === 'UDP' && port.port === dnsPort && destination.type === 'workload'
        ? [destination.workload]
        : [],
    ),
  );
  const others = [...seen].filter(
    ({ namespace, labels }) => namespace !== clusterDns.namespace || labels.get('k8s-app') !== 'kube-dns',
  );
  return {
    pods: [clusterDns, ...others.map(({ namespace, labels }) => ({ namespace, labels }))],
    addresses: resolverAddresses,
    ports: (['UDP', 'TCP'] as const).map((protocol) => ({ protocol, port: dnsPort })),
  };
}
