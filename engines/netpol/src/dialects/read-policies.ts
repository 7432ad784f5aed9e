import type { Resource } from '@keelson/kubernetes';
import type { Policy, PolicyProblem, ReadPolicies } from '../model/policy.ts';
import type { Connections } from '../sets/connections.ts';
import { readCalicoPolicies } from './calico/read.ts';
import { readCiliumPolicy } from './cilium/policy.ts';
import { readOrRefuse } from './fields.ts';
import { readIstioPolicies } from './istio/read.ts';
import { readAdminPolicy } from './kubernetes/admin-policy.ts';
import { type ReadContext, readNetworkPolicy } from './kubernetes/network-policy.ts';
import { Objects } from './objects.ts';

/** Where data planes differ. */
export interface ReadOptions {
  /** Whether `ipBlock` of a NetworkPolicy speaks of Pods whose addresses it surely holds; true unless said. */
  ipBlockMatchesPods?: boolean;
  /**
   * Whether ranges in policies for administrators and in those of Calico and Istio do, as they do in every data plane; true
   * unless said. Cilium's never do.
   */
  rangesMatchPods?: boolean;
  /** Whether all workloads are in the mesh of Istio, whatever they and their namespaces say; false unless said. */
  wholeMesh?: boolean;
  /** The namespace whose policies hold for the whole mesh of Istio; `istio-system` unless said. */
  rootNamespace?: string;
  /** Whether prefixes of paths in Istio's routes match as texts, as its proxies do it, or by elements; `text` unless said. */
  routePrefixes?: 'text' | 'elements';
}

/** An object may hold several policies; `objects` are all that the input has. */
type Reader = (resource: Resource, context: ReadContext, objects: Objects) => Policy | readonly Policy[];

/** By group and kind, what reads a policy. */
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['networking.k8s.io/NetworkPolicy', readNetworkPolicy],
  ['cilium.io/CiliumNetworkPolicy', readCiliumPolicy],
  ['cilium.io/CiliumClusterwideNetworkPolicy', readCiliumPolicy],
  ['policy.networking.k8s.io/AdminNetworkPolicy', readAdminPolicy],
  ['policy.networking.k8s.io/BaselineAdminNetworkPolicy', readAdminPolicy],
  ['policy.networking.k8s.io/ClusterNetworkPolicy', readAdminPolicy],
]);

/** The policies among objects, and what is wrong in them. */
export function readPolicies(
  resources: readonly Resource[],
  connections: Connections,
  options: ReadOptions = {},
): ReadPolicies {
  const problems: PolicyProblem[] = [];
  const context: ReadContext = {
    connections,
    ipBlockMatchesPods: options.ipBlockMatchesPods ?? true,
    rangesMatchPods: options.rangesMatchPods ?? true,
    wholeMesh: options.wholeMesh ?? false,
    ...(options.rootNamespace === undefined ? {} : { rootNamespace: options.rootNamespace }),
    routePrefixes: options.routePrefixes ?? 'text',
    problems,
  };
  const objects = new Objects(resources);
  const policies = resources.flatMap((resource) => {
    const reader = readers.get(`${resource.group}/${resource.kind}`);
    if (reader === undefined) return [];
    return readOrRefuse(resource, problems, () => reader(resource, context, objects)) ?? [];
  });
  policies.push(...readCalicoPolicies(resources, context), ...readIstioPolicies(objects, context));
  return { policies, problems };
}
