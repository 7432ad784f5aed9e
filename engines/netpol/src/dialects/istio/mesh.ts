import { podTemplate } from '@keelson/kubernetes';
import type { Endpoint, Labels } from '../../model/cluster.ts';
import { allOf, anyOf, type EndpointMatcher, hasLabel, hostNetworked, noneOf } from '../../model/matcher.ts';
import type { TierKey } from '../../model/policy.ts';
import { labelsOf } from '../../model/read-cluster.ts';
import { Bits } from '../../sets/bits.ts';
import { type Connections, protocolNumbers, type SetId } from '../../sets/connections.ts';
import { outsideHosts } from '../outside-hosts.ts';

/** The namespace whose policies hold for the whole mesh, as Istio is installed unless told otherwise. */
export const defaultRootNamespace = 'istio-system';

/** The mesh's own domain of names of services and of identities, unless told otherwise. */
export const clusterDomain = 'cluster.local';

/** A mesh carries TCP only; whatever else a Pod sends or gets, it does not see. */
export function tcp(connections: Connections): SetId {
  return connections.of([protocolNumbers.TCP]);
}

/** Tiers of the mesh, in the order in which a proxy asks: whether a peer may speak in the clear, then authorization. */
export function meshTier(
  name: 'authentication' | 'authorization' | 'sidecar',
  connections: Connections,
): TierKey {
  const order = { authentication: 1, authorization: 2, sidecar: 3 }[name];
  return { plane: 'mesh', order, name: `istio ${name}`, about: tcp(connections) };
}

/** The tier of what waypoints are told, which stand before the proxies of workloads. */
export function waypointTier(connections: Connections): TierKey {
  return { plane: 'waypoint', order: 1, name: 'istio waypoint', about: tcp(connections) };
}

/** The tier of routes of gateways, which stand beside the mesh's own policies. */
export function gatewayTier(connections: Connections): TierKey {
  return { plane: 'gateway', order: 1, name: 'istio gateway', about: tcp(connections) };
}

/**
 * Workloads that stay out of the mesh ("Controlling the injection policy"): they or their namespace say so, or their namespace
 * says nothing where others ask for proxies. Where nobody asks, what asks for the mesh is not in the input, and all are in it.
 */
const outOfMesh: EndpointMatcher = {
  key: 'istio out of mesh',
  select: ({ all, cluster }) => {
    const namespaces = [...cluster.namespaces.values()].filter(({ resource }) => resource !== undefined);
    const isAskedFor = namespaces.some(({ labels }) => asksForProxy(labels));
    const out = new Set(
      namespaces.flatMap(({ name, labels }) => {
        const isOut = isAskedFor ? !asksForProxy(labels) : labels.get('istio-injection') === 'disabled';
        return isOut ? name : [];
      }),
    );
    const isOut = (endpoint: Endpoint) => {
      const own = ownChoice(endpoint);
      return own === undefined ? out.has(endpoint.namespace) : !own;
    };
    return Bits.of(
      all.size,
      cluster.endpoints.flatMap((endpoint, i) => (isOut(endpoint) && !hasProxy(endpoint) ? i : [])),
    );
  },
};

function asksForProxy(labels: Labels): boolean {
  const injection = labels.get('istio-injection');
  if (injection !== undefined) return injection === 'enabled';
  return labels.has('istio.io/rev') || labels.get('istio.io/dataplane-mode') === 'ambient';
}

/** What a Pod says of itself, by a label before an annotation; undefined where it leaves that to its namespace. */
function ownChoice({ labels, resource }: Endpoint): boolean | undefined {
  const key = 'sidecar.istio.io/inject';
  const annotations = resource === undefined ? undefined : podTemplate(resource)?.metadata['annotations'];
  const written = labels.get(key) ?? labelsOf(annotations).get(key);
  if (written === 'true' || written === 'false') return written === 'true';
  return labels.has('istio.io/rev') || labels.get('istio.io/dataplane-mode') === 'ambient' ? true : undefined;
}

/** Whether a Pod is a proxy itself, as those of gateways, whatever its labels say of injecting one. */
function hasProxy({ resource }: Endpoint): boolean {
  const template = resource === undefined ? undefined : podTemplate(resource);
  return template?.containers.some(({ container }) => container['name'] === 'istio-proxy') ?? false;
}

/** All workloads. */
export const everybody: EndpointMatcher = noneOf(outsideHosts);

/** Workloads that have a proxy: Pods of the node's network never do. */
export const meshMembers: EndpointMatcher = allOf(everybody, noneOf(anyOf(hostNetworked, outOfMesh)));

/** Workloads whose proxy is the node's and knows TCP only ("ztunnel"). */
export const ambient: EndpointMatcher = allOf(
  meshMembers,
  anyOf(
    hasLabel('pod', 'istio.io/dataplane-mode', 'ambient'),
    allOf(
      hasLabel('namespace', 'istio.io/dataplane-mode', 'ambient'),
      noneOf(hasLabel('pod', 'istio.io/dataplane-mode', 'none')),
    ),
  ),
);
