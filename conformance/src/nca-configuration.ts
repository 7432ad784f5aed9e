import { isObject, type JsonObject } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import {
  type AddressFamily,
  type Connections,
  only,
  type Policy,
  type PolicyProblem,
  type ReadOptions,
  readPolicies,
  type Setting,
  withoutPolicies,
} from '@keelson/netpol';
import { addedObjects } from './nca-added.ts';
import { ingressPolicies, ingressWarnings } from './nca-ingress.ts';
import { type Files, type Lists, listsOf, type Scheme } from './nca-scheme.ts';
import { type Topology, topologyOf } from './nca-topology.ts';
import { warningsOf } from './nca-warnings.ts';

/** A configuration of a scheme, as queries take it. */
export interface Configuration {
  name: string;
  topology: Topology;
  setting: Setting;
  /** Why it cannot be judged yet. */
  unread: string | undefined;
  /** Why it is refused. */
  refused: string | undefined;
  /** How often the suite's owners would warn of it. */
  warnings: number;
}

/** Objects of the cluster, beside its policies. */
const topologyKinds: ReadonlySet<string> = new Set([
  'Namespace',
  'Pod',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'ReplicationController',
  'Service',
  'WorkloadEndpoint',
  'HostEndpoint',
  'NetworkSet',
  'GlobalNetworkSet',
  'ServiceEntry',
]);

/** Kinds that say who may reach whom; what makes no policy of them is not read yet. */
const policyKinds: ReadonlyMap<string, string> = new Map([
  ['AuthorizationPolicy', 'Istio AuthorizationPolicy'],
  ['Sidecar', 'Istio Sidecar'],
  ['VirtualService', 'Istio VirtualService'],
  ['ServiceEntry', 'Istio ServiceEntry'],
]);

/** What the suite's owners hold of data planes. */
const conventions: ReadOptions = {
  ipBlockMatchesPods: false,
  rangesMatchPods: false,
  wholeMesh: true,
  rootNamespace: 'istio-config',
  sidecarsIsolate: true,
  routePrefixes: 'elements',
  failsafePorts: false,
};

/** Reads one configuration of a scheme. */
export async function readConfiguration(
  scheme: Scheme,
  entry: JsonObject,
  files: Files,
  connections: Connections,
): Promise<Configuration> {
  const lists = listsOf(entry);
  const around = await topologyObjects(scheme, lists, files);
  const objects = await files.resources(scheme.folder, lists.policies ?? lists.resources);
  // Of profiles the suite's owners take the labels only: Pods are open where no policy selects them.
  const profiles = objects.filter(({ kind }) => kind === 'Profile');
  const policyObjects = objects.filter(({ kind }) => !topologyKinds.has(kind) && kind !== 'Profile');
  const bare = topologyOf([...around, ...profiles]);
  const ownLists = [lists.namespaces, lists.pods, lists.resources];
  if (ownLists.some((list) => list !== undefined)) around.push(...addedObjects(policyObjects, around, bare));
  const topology = topologyOf([...around, ...profiles]);
  const { policies: written, problems } = readPolicies(
    [...around, ...policyObjects],
    connections,
    conventions,
  );
  const ingresses = ingressPolicies(policyObjects, around, topology, connections);
  const policies = [...written, ...ingresses];
  const read = new Set([...policies, ...problems].map(({ resource }) => resource));
  const fault = problems.find(({ level }) => level === 'error');
  const setting = {
    cluster: topology.cluster,
    policies: inWrittenOrder(policies),
    connections,
    families: familiesOf(policies),
  };
  return {
    name: String(entry['name']),
    topology,
    setting,
    warnings: warningsOf(setting) + ingressWarnings(policyObjects, around, topology) + toldOfMesh(problems),
    unread: unreadIn([...around, ...policyObjects], read),
    refused: fault === undefined ? undefined : `${fault.path.join('.')} ${fault.message}`,
  };
}

/** How much is told of objects of Istio as they are read. */
function toldOfMesh(problems: readonly PolicyProblem[]): number {
  return problems.filter(
    ({ level, resource: { group } }) => level === 'warning' && group.endsWith('istio.io'),
  ).length;
}

/** The suite's owners take policies of equal order as they are written, where Calico goes by their names. */
function inWrittenOrder(policies: readonly Policy[]): Policy[] {
  return policies.map((policy, i) => ({ ...policy, sortName: String(i).padStart(6, '0') }));
}

/** IPv6 is left out where no policy names an address of it. */
function familiesOf(policies: readonly Policy[]): AddressFamily[] {
  const text = JSON.stringify(
    policies.map(({ rules }) => rules.map(({ peers }) => peers)),
    (_, value) => (typeof value === 'bigint' ? String(value) : value),
  );
  return text.includes('"family":6') ? [4, 6] : [4];
}

/**
 * The objects that make up the cluster. A list of its own sort comes before the list of all resources; what a configuration
 * does not bring along, the scheme has.
 */
async function topologyObjects(scheme: Scheme, lists: Lists, files: Files): Promise<Resource[]> {
  const read = async (own: Lists) => {
    const namespaces = await files.resources(scheme.folder, own.namespaces ?? own.resources);
    const pods = await files.resources(scheme.folder, own.pods ?? own.resources);
    return {
      namespaces: namespaces.filter(({ kind }) => kind === 'Namespace'),
      pods: pods.filter(({ kind }) => topologyKinds.has(kind) && kind !== 'Namespace'),
    };
  };
  const own = await read(lists);
  const general = await read(scheme.lists);
  if (own.pods.length === 0 && own.namespaces.length === 0) return [...general.namespaces, ...general.pods];
  if (own.pods.length === 0) return [...own.namespaces, ...general.pods];
  if (own.namespaces.length === 0 && lists.pods !== undefined) return [...general.namespaces, ...own.pods];
  return [...own.namespaces, ...own.pods];
}

function unreadIn(resources: readonly Resource[], read: ReadonlySet<Resource>): string | undefined {
  const found = resources.find((resource) => policyKinds.has(resource.kind) && !read.has(resource));
  return found === undefined ? undefined : policyKinds.get(found.kind);
}

/** A configuration of nothing, for a reason. */
export function emptyConfiguration(
  name: string,
  connections: Connections,
  reason: { unread?: string; refused?: string },
): Configuration {
  const topology = topologyOf([]);
  const setting = { cluster: topology.cluster, policies: [], connections };
  const { unread, refused } = reason;
  return { name, topology, setting, unread, refused, warnings: 0 };
}

/** Kinds as queries name them. */
const kinds: ReadonlyMap<string, readonly [group: string, kind: string]> = new Map([
  ['K8sNetworkPolicy', ['networking.k8s.io', 'NetworkPolicy']],
  ['CalicoNetworkPolicy', ['projectcalico.org', 'NetworkPolicy']],
  ['CalicoGlobalNetworkPolicy', ['projectcalico.org', 'GlobalNetworkPolicy']],
  ['IstioAuthorizationPolicy', ['security.istio.io', 'AuthorizationPolicy']],
  ['IstioSidecar', ['networking.istio.io', 'Sidecar']],
  ['K8sIngress', ['networking.k8s.io', 'Ingress']],
]);

/** A configuration by its name, or with the one policy that stands behind it: `name/[Kind/][namespace/]policy`. */
export function selectConfiguration(
  name: string,
  configurations: ReadonlyMap<string, Configuration>,
): Configuration {
  const [first = '', ...rest] = name.split('/');
  const found = configurations.get(first);
  if (found === undefined) throw new Error(`there is no configuration ${first}`);
  if (rest.length === 0) return found;
  const kind = rest.length === 3 ? kinds.get(rest[0] ?? '') : undefined;
  const policyName = (rest.length === 3 ? rest.slice(1) : rest).join('/');
  const candidates = found.setting.policies.filter(
    ({ resource, isImplied }) =>
      isImplied !== true && (kind === undefined || (resource.group === kind[0] && resource.kind === kind[1])),
  );
  const policy =
    candidates.find((each) => fullName(each) === policyName) ??
    candidates.find((each) => each.name === policyName);
  if (policy === undefined && found.unread === undefined) throw new Error(`there is no policy ${name}`);
  const setting = policy === undefined ? withoutPolicies(found.setting) : only(found.setting, policy);
  return { ...found, name, setting: { ...setting, families: familiesOf(setting.policies) } };
}

function fullName({ name, resource }: Policy): string {
  const metadata = resource.object['metadata'];
  const written = isObject(metadata) ? metadata['namespace'] : undefined;
  const namespace = typeof written === 'string' ? written : 'default';
  return resource.kind.startsWith('Global') ? name : `${namespace}/${name}`;
}
