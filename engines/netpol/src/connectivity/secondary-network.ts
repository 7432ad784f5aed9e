import type { Resource } from '@keelson/kubernetes';
import { readOrRefuse } from '../dialects/fields.ts';
import { readNetworkPolicy } from '../dialects/kubernetes/network-policy.ts';
import { Analysis } from '../engine/analysis.ts';
import type { Cluster, Endpoint } from '../model/cluster.ts';
import { allOf, type EndpointMatcher, noneOf } from '../model/matcher.ts';
import type { PeerMatch, Policy, PolicyProblem } from '../model/policy.ts';
import { isAddress, parseAddress } from '../sets/addresses.ts';
import { Bits } from '../sets/bits.ts';
import type { Connections } from '../sets/connections.ts';
import { mapping, text } from './fields.ts';
import { type Attachment, attachmentsOf, type Networks } from './networks.ts';
import type { Workload } from './workloads.ts';

/** The interfaces of workloads in a further network, and what MultiNetworkPolicies allow there. */
export interface SecondaryNetwork {
  name: string;
  analysis: Analysis;
  /** Workloads in the network; their members are indexes of its own analysis. */
  workloads: readonly Workload[];
}

/** Reads MultiNetworkPolicies (k8s.cni.cncf.io/v1beta1), whose `spec` is that of a NetworkPolicy. */
export function secondaryNetworks(
  resources: readonly Resource[],
  networks: Networks,
  cluster: Cluster,
  workloads: readonly Workload[],
  connections: Connections,
): { networks: SecondaryNetwork[]; problems: PolicyProblem[] } {
  const problems: PolicyProblem[] = [];
  const policies = resources.filter(isMultiNetworkPolicy).flatMap((resource) => {
    const context = { connections, ipBlockMatchesPods: true, rangesMatchPods: true, problems };
    const policy = readOrRefuse(resource, problems, () => readNetworkPolicy(resource, context));
    return policy === undefined ? [] : [{ ...policy, rules: policy.rules.map(withoutMachines) }];
  });
  const found = [...networks.secondary].map(([name, definedIn]): SecondaryNetwork => {
    const endpoints: Endpoint[] = [];
    const taking = workloads.flatMap((workload) => {
      const members = workload.members.flatMap((member) => {
        const endpoint = cluster.endpoints[member];
        const attachment = endpoint === undefined ? undefined : attachmentTo(endpoint, name, definedIn);
        if (endpoint === undefined || attachment === undefined) return [];
        const addresses = attachment.addresses.filter(isAddress).map(parseAddress);
        return [endpoints.push({ ...endpoint, addresses, hostNetwork: false }) - 1];
      });
      return members.length === 0 ? [] : [{ ...workload, members }];
    });
    const ofNetwork = policies.filter((policy) => isFor(policy, name, definedIn));
    const analysis = new Analysis({ ...cluster, endpoints }, ofNetwork, connections, { families: [] });
    return { name, analysis, workloads: taking };
  });
  return { networks: found, problems };
}

function isMultiNetworkPolicy({ group, kind }: Resource): boolean {
  return group === 'k8s.cni.cncf.io' && kind === 'MultiNetworkPolicy';
}

/** An endpoint takes part where the network is defined in the namespace that it names, or in its own. */
function attachmentTo(
  endpoint: Endpoint,
  network: string,
  definedIn: ReadonlySet<string>,
): Attachment | undefined {
  return attachmentsOf(endpoint).find(
    (each) => each.network === network && definedIn.has(each.namespace ?? endpoint.namespace),
  );
}

/** True when a policy's annotation names the network, in the namespace of the policy unless it says another. */
function isFor({ resource, namespace }: Policy, network: string, definedIn: ReadonlySet<string>): boolean {
  const annotations = mapping(mapping(resource.object['metadata'])['annotations']);
  const references = text(annotations['k8s.v1.cni.cncf.io/policy-for']).split(',');
  return references.some((reference) => {
    const [first = '', second] = reference.trim().split('/');
    if (second === undefined) return first === network && definedIn.has(namespace ?? 'default');
    return second === network && definedIn.has(first);
  });
}

const virtualMachines: EndpointMatcher = {
  key: 'kind VirtualMachine',
  select: ({ cluster: { endpoints } }) =>
    Bits.of(
      endpoints.length,
      endpoints.flatMap(({ kind }, i) => (kind === 'VirtualMachine' ? [i] : [])),
    ),
};

/** Peers of a virtual machine's further interfaces are told by address only: its labels are those of the Pod around it. */
function withoutMachines<R extends { peers: readonly PeerMatch[] }>(rule: R): R {
  const notMachines = noneOf(virtualMachines);
  const peers = rule.peers.map((peer): PeerMatch => {
    return peer.type === 'endpoints' ? { ...peer, matcher: allOf(peer.matcher, notMachines) } : peer;
  });
  return { ...rule, peers };
}
