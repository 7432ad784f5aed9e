import { isObject, type JsonObject, type JsonValue } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { type Cluster, clusterOf, type Endpoint } from '@keelson/netpol';

/** A cluster as the suite's owners see it: at most two of the Pods that nothing tells apart. */
export interface Topology {
  cluster: Cluster;
  /** By endpoint, the workload that made it, as `namespace/name(Kind)`. */
  workloads: readonly string[];
  /** By endpoint, the names that it may be told by beside its own. */
  names: readonly (readonly string[])[];
}

/** One Pod of the suite. */
interface Member {
  endpoint: Endpoint;
  owner: { name: string; kind: string } | undefined;
  profiles: string;
}

const workloadKinds: ReadonlySet<string> = new Set([
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'ReplicationController',
]);

/** The topology that objects describe. */
export function topologyOf(resources: readonly Resource[]): Topology {
  const cluster = clusterOf(resources);
  const members = distinct(cluster.endpoints.map(likeAll).flatMap(membersOf));
  return {
    cluster: { ...cluster, endpoints: members.map(({ endpoint }) => endpoint) },
    workloads: members.map(workloadOf),
    names: members.map(({ owner }) => (owner === undefined ? [] : [owner.name, withoutHash(owner)])),
  };
}

/** To the suite's owners each Pod is under policies, whatever it says of its node's network. */
function likeAll(endpoint: Endpoint): Endpoint {
  return { ...endpoint, hostNetwork: endpoint.kind === 'HostEndpoint' };
}

/** A Pod is itself; a workload is as many Pods as it asks for, two at most. */
function membersOf(endpoint: Endpoint): Member[] {
  const { kind, name, resource } = endpoint;
  const object = resource?.object ?? {};
  if (!workloadKinds.has(kind))
    return [{ endpoint, owner: firstOwner(object), profiles: profilesOf(object) }];
  return Array.from({ length: Math.min(replicasOf(kind, object), 2) }, (_, i) => ({
    endpoint: { ...endpoint, kind: 'Pod', name: `${name}-${i + 1}` },
    owner: { name, kind },
    profiles: '',
  }));
}

function replicasOf(kind: string, object: JsonObject): number {
  const spec = isObject(object['spec']) ? object['spec'] : {};
  const replicas = spec[kind === 'Job' ? 'parallelism' : 'replicas'];
  return typeof replicas === 'number' ? replicas : 1;
}

function firstOwner(object: JsonObject): Member['owner'] {
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  const owners = metadata['ownerReferences'];
  const [first] = Array.isArray(owners) ? owners : [];
  if (!isObject(first) || typeof first['name'] !== 'string') return undefined;
  return { name: first['name'], kind: String(first['kind'] ?? '') };
}

function profilesOf(object: JsonObject): string {
  const spec: JsonValue | undefined = object['spec'];
  const profiles = isObject(spec) ? spec['profiles'] : undefined;
  return Array.isArray(profiles) ? profiles.join() : '';
}

function workloadOf({ endpoint: { namespace, name, kind }, owner }: Member): string {
  if (owner === undefined) return namespace === '' ? name : `${namespace}/${name}(Pod)`;
  const bare = withoutHash(owner);
  const ownerKind = bare === owner.name ? owner.kind : 'Deployment-StatefulSet';
  return `${namespace}/${bare}(${kind === 'Pod' || kind === 'WorkloadEndpoint' ? ownerKind : kind})`;
}

/** A ReplicaSet whose name ends in hexadecimal digits is taken for that of a Deployment. */
function withoutHash({ name, kind }: { name: string; kind: string }): string {
  const dash = name.lastIndexOf('-');
  return kind === 'ReplicaSet' && /^[0-9a-fA-F]*$/.test(name.slice(dash + 1)) ? name.slice(0, dash) : name;
}

/** Pods of one workload with the same labels and profiles are alike: two of them stay. */
function distinct(members: readonly Member[]): Member[] {
  const counts = new Map<string, number>();
  return members.filter((member) => {
    const { endpoint, profiles } = member;
    const labels = [...endpoint.labels].map(([key, value]) => `${key}=${value}`).sort();
    const key = JSON.stringify([endpoint.namespace, workloadOf(member), profiles, labels]);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count <= 2;
  });
}
