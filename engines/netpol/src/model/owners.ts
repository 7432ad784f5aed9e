import { isObject, type JsonValue } from '@keelson/core';
import type { Endpoint } from './cluster.ts';

export interface OwnerOptions {
  /** True where the owner of a Pod is what its object names, a ReplicaSet too; false unless said. */
  ownersAsWritten?: boolean;
}

type Owner = NonNullable<Endpoint['owner']>;

/** The label by which a Deployment tells the Pods of its ReplicaSets apart; their names end with it. */
const hashLabel = 'pod-template-hash';

/**
 * Endpoints as a cluster has them: an object that is written twice is the one written last, a Pod that is done is none, and of a
 * workload it is its Pods that count where they are there, else what it says of them. Owners are followed to the first of them.
 */
export function settled(
  endpoints: readonly Endpoint[],
  { ownersAsWritten = false }: OwnerOptions,
): Endpoint[] {
  const byName = new Map(endpoints.map((endpoint) => [keyOf(endpoint, endpoint), endpoint]));
  const known = [...byName.values()].filter((endpoint) => !isDone(endpoint));
  const owned = known.map((endpoint) => {
    const owner = ownersAsWritten ? endpoint.owner : firstOwner(endpoint, byName);
    return owner === undefined ? endpoint : { ...endpoint, owner };
  });
  const families = Map.groupBy(owned, (endpoint) => keyOf(endpoint, endpoint.owner ?? endpoint));
  return [...families.values()].flatMap(present);
}

/** The Pods of one first owner; without any, what makes them. */
function present(family: readonly Endpoint[]): Endpoint[] {
  const pods = family.filter(({ kind }) => kind === 'Pod');
  if (pods.length > 0) return pods;
  const own = family.find(({ owner }) => owner === undefined);
  const made =
    own ?? family.findLast(({ resource }) => !isScaledToNone(resource?.object['spec'])) ?? family.at(-1);
  return made === undefined ? [] : [made];
}

function firstOwner(endpoint: Endpoint, byName: ReadonlyMap<string, Endpoint>): Owner | undefined {
  let owner = endpoint.owner;
  for (const seen = new Set<string>(); owner !== undefined; ) {
    const key = keyOf(endpoint, owner);
    const above: Owner | undefined = byName.get(key)?.owner ?? deploymentOf(endpoint, owner);
    if (above === undefined || seen.has(key)) return owner;
    seen.add(key);
    owner = above;
  }
  return undefined;
}

/** The Deployment that a ReplicaSet is named after. */
function deploymentOf({ labels }: Endpoint, { kind, name }: Owner): Owner | undefined {
  const hash = labels.get(hashLabel);
  if (kind !== 'ReplicaSet' || hash === undefined || !name.endsWith(`-${hash}`)) return undefined;
  return { kind: 'Deployment', name: name.slice(0, -hash.length - 1) };
}

function keyOf({ namespace }: Endpoint, { kind, name }: Owner): string {
  return JSON.stringify([namespace, kind, name]);
}

/** A Pod whose containers have all ended, for good ("Pod phase"). */
function isDone({ kind, resource }: Endpoint): boolean {
  const status: JsonValue | undefined = resource?.object['status'];
  return (
    kind === 'Pod' && isObject(status) && (status['phase'] === 'Succeeded' || status['phase'] === 'Failed')
  );
}

function isScaledToNone(spec: JsonValue | undefined): boolean {
  return isObject(spec) && spec['replicas'] === 0;
}
