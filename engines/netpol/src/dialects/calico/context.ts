import type { JsonValue, Path } from '@keelson/core';
import { effectiveNamespace, type Resource } from '@keelson/kubernetes';
import type { Labels, Namespace } from '../../model/cluster.ts';
import type { TierKey } from '../../model/policy.ts';
import { namespaceNameLabel, namespaceOf, ownLabels } from '../../model/read-cluster.ts';
import type { AddressRange } from '../../sets/addresses.ts';
import { FieldFault, mappingAt, readOrRefuse, textAt } from '../fields.ts';
import { defaultTier, type ReadContext } from '../kubernetes/network-policy.ts';
import { netsAt } from './nets.ts';

/** A NetworkSet or GlobalNetworkSet: addresses with labels. */
export interface NetworkSet {
  /** With the labels that Calico makes for it. */
  labels: Labels;
  /** Of its namespace; undefined for a global one. */
  namespaceLabels: Labels | undefined;
  ranges: readonly AddressRange[];
}

/** A tier of policies and what it does with what none of them decides. */
export interface Tier {
  key: TierKey;
  denies: boolean;
}

/** What Calico's policies refer to beside endpoints. */
export interface CalicoContext extends ReadContext {
  tiers: ReadonlyMap<string, Tier>;
  networkSets: readonly NetworkSet[];
  /** By `namespace/name`. */
  services: ReadonlyMap<string, Resource>;
}

const groups: ReadonlySet<string> = new Set(['projectcalico.org', 'crd.projectcalico.org']);

/** A tier without an order stands behind those that have one, and before the profiles. */
const noOrder = Number.MAX_VALUE;

/** Tiers that are there without being written, and that no object changes. */
const builtIn: readonly Tier[] = [{ key: defaultTier, denies: true }];

/** Whether an object is one of Calico's, of a kind where one is given. */
export function isCalico(resource: Resource, ...kinds: readonly string[]): boolean {
  return groups.has(resource.group) && (kinds.length === 0 || kinds.includes(resource.kind));
}

/** Gathers what policies refer to from all objects of the input. */
export function calicoContext(resources: readonly Resource[], context: ReadContext): CalicoContext {
  const { problems } = context;
  const tiers = new Map(builtIn.map((tier) => [tier.key.name, tier]));
  const namespaces = namespacesOf(resources);
  const networkSets: NetworkSet[] = [];
  const services = new Map<string, Resource>();
  for (const resource of resources) {
    if (isCalico(resource, 'Tier') && !tiers.has(resource.name)) {
      const tier = readOrRefuse(resource, problems, () => readTier(resource));
      if (tier !== undefined) tiers.set(resource.name, tier);
    } else if (isCalico(resource, 'NetworkSet', 'GlobalNetworkSet')) {
      const set = readOrRefuse(resource, problems, () => readNetworkSet(resource, namespaces, context));
      if (set !== undefined) networkSets.push(set);
    } else if (resource.group === '' && resource.kind === 'Service') {
      services.set(`${effectiveNamespace(resource) ?? 'default'}/${resource.name}`, resource);
    }
  }
  return { ...context, tiers, networkSets, services };
}

function readTier(resource: Resource): Tier {
  const spec = mappingAt(resource.object['spec'], ['spec']) ?? {};
  const action = textAt(spec['defaultAction'], ['spec', 'defaultAction']) ?? 'Deny';
  if (action !== 'Deny' && action !== 'Pass')
    throw new FieldFault(['spec', 'defaultAction'], 'is not Deny or Pass');
  const order = orderAt(spec['order'], ['spec', 'order']) ?? noOrder;
  return { key: { plane: 'network', order, name: resource.name }, denies: action === 'Deny' };
}

/** A place in an order: any number, undefined where none is written. */
export function orderAt(value: JsonValue | undefined, path: Path): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number') throw new FieldFault(path, 'is not a number');
  return value;
}

function readNetworkSet(
  resource: Resource,
  namespaces: ReadonlyMap<string, Namespace>,
  { problems }: ReadContext,
): NetworkSet {
  const own = ownLabels(resource);
  const spec = mappingAt(resource.object['spec'], ['spec']) ?? {};
  const ranges = netsAt(spec['nets'], ['spec', 'nets'], resource, problems) ?? [];
  if (resource.kind === 'GlobalNetworkSet') return { labels: own, namespaceLabels: undefined, ranges };
  const namespace = resource.namespace ?? 'default';
  const namespaceLabels: Labels =
    namespaces.get(namespace)?.labels ?? new Map([[namespaceNameLabel, namespace]]);
  const labels = new Map([
    ...own,
    ...[...namespaceLabels].map(([key, value]) => [`pcns.${key}`, value] as const),
    ['projectcalico.org/namespace', namespace],
  ]);
  return { labels, namespaceLabels, ranges };
}

function namespacesOf(resources: readonly Resource[]): Map<string, Namespace> {
  const written = resources.filter(({ group, kind }) => group === '' && kind === 'Namespace');
  return new Map(written.map((resource) => [resource.name, namespaceOf(resource.name, resource)]));
}
