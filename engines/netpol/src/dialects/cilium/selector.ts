import { isObject, type JsonObject, type JsonValue, type Path } from '@keelson/core';
import { serviceAccountNameLabel } from '../../model/cluster-index.ts';
import {
  allEndpoints,
  allOf,
  anyOf,
  type EndpointMatcher,
  hasLabel,
  hostNetworked,
  inNamespace,
  noEndpoints,
  noneOf,
} from '../../model/matcher.ts';
import { mappingAt } from '../fields.ts';
import { labelSelector } from '../label-selector.ts';

/**
 * Who has a reserved label, as `reserved:kube-apiserver`. Endpoints that Cilium itself stands for (nodes, its health
 * endpoints) have such labels among their own: no Pod can, since a key of Kubernetes has no colon.
 */
export function reserved(name: string): EndpointMatcher {
  return hasLabel('pod', `reserved:${name}`);
}

const reservedNames = [
  'host',
  'remote-node',
  'kube-apiserver',
  'world',
  'unmanaged',
  'init',
  'health',
  'ingress',
];

/** Pods that have an identity of their own: not those of the node's network, which are the node to Cilium. */
export const managedPods: EndpointMatcher = allOf(
  noneOf(hostNetworked),
  noneOf(anyOf(...reservedNames.map(reserved))),
);

const namespaceKey = 'io.kubernetes.pod.namespace';
const namespaceLabelsPrefix = 'io.cilium.k8s.namespace.labels.';
const clusterKey = 'io.cilium.k8s.policy.cluster';
const serviceAccountKey = 'io.cilium.k8s.policy.serviceaccount';

/** Name of the cluster where none is configured. */
const defaultCluster = 'default';

/** Source of a label and its key: `any` where none is written (Cilium, "Label Source"). */
function partsOf(written: string): { source: string; key: string } {
  const colon = written.indexOf(':');
  return colon < 0
    ? { source: 'any', key: written }
    : { source: written.slice(0, colon), key: written.slice(colon + 1) };
}

/** Endpoints by a label of Cilium: what the API server knows of a Pod, its namespace and its service account is all in labels. */
function lookup(written: string, value?: string): EndpointMatcher {
  const { source, key } = partsOf(written);
  if (source === 'reserved') return value === undefined || value === '' ? reservedLabel(key) : noEndpoints;
  if (source !== 'any' && source !== 'k8s') return noEndpoints;
  if (key === namespaceKey) return value === undefined ? managedPods : inNamespace(value);
  if (key === clusterKey) return value === undefined || value === defaultCluster ? allEndpoints : noEndpoints;
  if (key === serviceAccountKey) return hasLabel('serviceAccount', serviceAccountNameLabel, value);
  if (key.startsWith(namespaceLabelsPrefix))
    return hasLabel('namespace', key.slice(namespaceLabelsPrefix.length), value);
  return hasLabel('pod', key, value);
}

/** Pods of the node's network carry the node's identity; which node that is, the input does not tell. */
function reservedLabel(name: string): EndpointMatcher {
  return name === 'host' || name === 'remote-node' ? anyOf(reserved(name), hostNetworked) : reserved(name);
}

/** The scope that a policy gives to selectors which do not name a namespace. */
export interface SelectorScope {
  /** Undefined for policies of the cluster. */
  namespace: string | undefined;
  /** Whether the policy is about endpoints that have no labels yet. */
  isInit: boolean;
}

/** Keys of a selector, without their source, and whether one is of the reserved source. */
function keysOf(selector: JsonObject): { keys: readonly string[]; hasReserved: boolean; hasInit: boolean } {
  const { matchLabels, matchExpressions } = selector;
  const written = [
    ...Object.keys(isObject(matchLabels) ? matchLabels : {}),
    ...(Array.isArray(matchExpressions) ? matchExpressions : []).flatMap((each) =>
      isObject(each) && typeof each['key'] === 'string' ? each['key'] : [],
    ),
  ];
  const parts = written.map(partsOf);
  return {
    keys: parts.filter(({ source }) => source === 'any' || source === 'k8s').map(({ key }) => key),
    hasReserved: parts.some(({ source }) => source === 'reserved'),
    hasInit: written.includes('reserved:init'),
  };
}

/** Whether a selector asks for labels of the reserved source. */
export function asksReserved(selector: JsonObject): boolean {
  return keysOf(selector).hasReserved;
}

/** Whether a policy's own selector speaks of endpoints that have no labels yet. */
export function selectsInit(selector: JsonValue | undefined): boolean {
  return isObject(selector) && keysOf(selector).hasInit;
}

/** Names of clusters that a selector asks for, other than the one that is judged. */
export function otherClusters(selector: JsonValue | undefined): string[] {
  if (!isObject(selector) || !isObject(selector['matchLabels'])) return [];
  return Object.entries(selector['matchLabels']).flatMap(([key, value]) =>
    partsOf(key).key === clusterKey && typeof value === 'string' && value !== defaultCluster ? value : [],
  );
}

/** The label of the namespace, with the source under which Cilium puts the policy's own in its place. */
const ownNamespaceLabel = `k8s:${namespaceKey}`;

/** The namespace that a policy's own selector names with the label, where it is another than the policy's. */
export function otherNamespace(
  selector: JsonValue | undefined,
  namespace: string | undefined,
): string | undefined {
  const labels = isObject(selector) ? selector['matchLabels'] : undefined;
  const named = isObject(labels) ? labels[ownNamespaceLabel] : undefined;
  return namespace !== undefined && typeof named === 'string' && named !== namespace ? named : undefined;
}

function withoutOwnNamespace(selector: JsonValue | undefined): JsonObject {
  const { matchLabels, ...rest } = isObject(selector) ? selector : {};
  const { [ownNamespaceLabel]: _, ...others } = isObject(matchLabels) ? matchLabels : {};
  return { ...rest, matchLabels: others };
}

/** The endpoints that a policy is about: managed ones, of its namespace where it has one, whatever other it names. */
export function subjectSelector(
  value: JsonValue | undefined,
  path: Path,
  namespace: string | undefined,
): EndpointMatcher {
  const isReplaced = otherNamespace(value, namespace) !== undefined;
  const selected = labelSelector(lookup, isReplaced ? withoutOwnNamespace(value) : value, path);
  if (namespace !== undefined) return allOf(inNamespace(namespace), managedPods, selected);
  return allOf(noneOf(nodes), noneOf(reserved('world')), selected);
}

/** Nodes as endpoints, and Pods of their network. */
export const nodes: EndpointMatcher = anyOf(reserved('host'), reserved('remote-node'), hostNetworked);

/** Nodes by their labels, which Pods of their network do not tell. */
export function nodeSelector(value: JsonValue | undefined, path: Path): EndpointMatcher {
  return allOf(nodes, labelSelector(nodeLookup, value, path));
}

function nodeLookup(written: string, value?: string): EndpointMatcher {
  const { source, key } = partsOf(written);
  if (source === 'reserved') return lookup(written, value);
  const known = noneOf(hostNetworked);
  return source === 'any' || source === 'k8s' || source === 'node'
    ? allOf(known, hasLabel('pod', key, value))
    : noEndpoints;
}

/**
 * The endpoints that one item of `fromEndpoints` or `toEndpoints` chooses: those of the policy's namespace unless the item
 * names namespaces itself, and of all namespaces in a policy of the cluster.
 */
export function peerSelector(value: JsonValue, path: Path, scope: SelectorScope): EndpointMatcher {
  const selector = mappingAt(value, path) ?? {};
  const selected = labelSelector(lookup, selector, path);
  const { keys, hasReserved } = keysOf(selector);
  if (hasReserved || (scope.namespace === undefined && scope.isInit)) return selected;
  const namesNamespaces =
    keys.includes(namespaceKey) || keys.some((key) => key.startsWith(namespaceLabelsPrefix));
  const where =
    namesNamespaces || scope.namespace === undefined ? allEndpoints : inNamespace(scope.namespace);
  return allOf(managedPods, where, selected);
}

/** Labels of Services in `k8sServiceSelector`, with the values that are asked for. */
export function plainKey(written: string): string {
  return partsOf(written).key;
}
