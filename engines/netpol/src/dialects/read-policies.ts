import type { Resource } from '@keelson/kubernetes';
import type { Policy, PolicyProblem, ReadPolicies } from '../model/policy.ts';
import type { AddressRange } from '../sets/addresses.ts';
import type { Connections } from '../sets/connections.ts';
import { readCalicoPolicies } from './calico/read.ts';
import { readCiliumPolicy } from './cilium/policy.ts';
import { FieldFault, readOrRefuse } from './fields.ts';
import { readIstioPolicies } from './istio/read.ts';
import { readAdminPolicy } from './kubernetes/admin-policy.ts';
import { type ReadContext, readNetworkPolicy } from './kubernetes/network-policy.ts';
import { checkName } from './label-syntax.ts';
import { Objects } from './objects.ts';
import { lastOfEach } from './same-names.ts';

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
  /** Whether policies may have names that no cluster takes, as tools that read files only allow it; false unless said. */
  anyNames?: boolean;
  /** The namespace whose policies hold for the whole mesh of Istio; `istio-system` unless said. */
  rootNamespace?: string;
  /**
   * Whether a Sidecar keeps its workloads from Services that it does not list even where its proxies pass on what they do not
   * know (`ALLOW_ANY`), as Istio's do not; false unless said.
   */
  sidecarsIsolate?: boolean;
  /** Whether prefixes of paths in Istio's routes match as texts, as its proxies do it, or by elements; `text` unless said. */
  routePrefixes?: 'text' | 'elements';
  /** Whether Calico leaves some ports of nodes open whatever policies say, as Felix does; true unless said. */
  failsafePorts?: boolean;
  /** Addresses of hosts outside by their names, where they are known; a name without any matches nothing. */
  hosts?: ReadonlyMap<string, readonly AddressRange[]>;
}

/** An object may hold several policies; `objects` are all that the input has. */
type Reader = (resource: Resource, context: ReadContext, objects: Objects) => Policy | readonly Policy[];

/** By group and kind, the version that clusters serve and what reads a policy of it. */
const readers: ReadonlyMap<string, { version: string; read: Reader }> = new Map([
  ['networking.k8s.io/NetworkPolicy', { version: 'v1', read: readNetworkPolicy }],
  ['cilium.io/CiliumNetworkPolicy', { version: 'v2', read: readCiliumPolicy }],
  ['cilium.io/CiliumClusterwideNetworkPolicy', { version: 'v2', read: readCiliumPolicy }],
  ['policy.networking.k8s.io/AdminNetworkPolicy', { version: 'v1alpha1', read: readAdminPolicy }],
  ['policy.networking.k8s.io/BaselineAdminNetworkPolicy', { version: 'v1alpha1', read: readAdminPolicy }],
  ['policy.networking.k8s.io/ClusterNetworkPolicy', { version: 'v1alpha2', read: readAdminPolicy }],
]);

/** A policy of a group that is gone, or the policy in the version that is served. */
function readServed(resource: Resource, context: ReadContext, objects: Objects): ReturnType<Reader> {
  const { group, kind, version } = resource;
  if (group === 'extensions' && kind === 'NetworkPolicy')
    throw new FieldFault(['apiVersion'], 'is not served since Kubernetes 1.16: networking.k8s.io/v1 is');
  const reader = readers.get(`${group}/${kind}`);
  if (reader === undefined) return [];
  if (version !== reader.version)
    throw new FieldFault(
      ['apiVersion'],
      `is ${group}/${version}, which is not known: it may be ${group}/${reader.version}`,
    );
  if (!context.anyNames) checkName(resource);
  return reader.read(resource, context, objects);
}

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
    anyNames: options.anyNames ?? false,
    wholeMesh: options.wholeMesh ?? false,
    ...(options.rootNamespace === undefined ? {} : { rootNamespace: options.rootNamespace }),
    sidecarsIsolate: options.sidecarsIsolate ?? false,
    routePrefixes: options.routePrefixes ?? 'text',
    failsafePorts: options.failsafePorts ?? true,
    ...(options.hosts === undefined ? {} : { hosts: options.hosts }),
    problems,
  };
  const objects = new Objects(resources);
  const written = lastOfEach(resources, problems);
  const policies = written.flatMap((resource) => {
    return readOrRefuse(resource, problems, () => readServed(resource, context, objects)) ?? [];
  });
  policies.push(...readCalicoPolicies(written, context), ...readIstioPolicies(objects, context));
  problems.push(...doubledFields(policies));
  return { policies, problems };
}

/** Fields of policies that are written twice: a cluster takes the last, and kubectl refuses the object. */
function doubledFields(policies: readonly Policy[]): PolicyProblem[] {
  const message =
    'is written twice: the last one counts where the object is taken at all, as kubectl refuses it';
  return [...new Set(policies.map(({ resource }) => resource))].flatMap((resource) =>
    (resource.origin.doubled ?? []).map(
      (path): PolicyProblem => ({ level: 'warning', resource, path, message }),
    ),
  );
}
