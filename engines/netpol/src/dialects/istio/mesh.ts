import { podTemplate, type Resource } from '@keelson/kubernetes';
import { allOf, anyOf, type EndpointMatcher, hasLabel, hostNetworked, noneOf } from '../../model/matcher.ts';
import type { TierKey } from '../../model/policy.ts';
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

/** The tier of routes of gateways, which stand beside the mesh's own policies. */
export function gatewayTier(connections: Connections): TierKey {
  return { plane: 'gateway', order: 1, name: 'istio gateway', about: tcp(connections) };
}

/** Pods that are proxies themselves, as those of gateways, whatever their labels say of injecting one. */
const withProxy: EndpointMatcher = {
  key: 'istio proxy',
  select: ({ all, cluster }) =>
    Bits.of(
      all.size,
      cluster.endpoints.flatMap(({ resource }, i) => (resource !== undefined && hasProxy(resource) ? i : [])),
    ),
};

function hasProxy(resource: Resource): boolean {
  return (
    podTemplate(resource)?.containers.some(({ container }) => container['name'] === 'istio-proxy') ?? false
  );
}

const optedOut = anyOf(
  hasLabel('pod', 'sidecar.istio.io/inject', 'false'),
  allOf(
    hasLabel('namespace', 'istio-injection', 'disabled'),
    noneOf(hasLabel('pod', 'sidecar.istio.io/inject', 'true')),
  ),
);

/** Workloads that have a proxy: others may stay out, and those of the node's network do unless they are said not to. */
export function meshMembers(withHostNetwork: boolean): EndpointMatcher {
  const out = [allOf(optedOut, noneOf(withProxy)), outsideHosts];
  return noneOf(anyOf(...(withHostNetwork ? out : [hostNetworked, ...out])));
}

/** Workloads whose proxy is the node's and knows TCP only ("ztunnel"). */
export const ambient: EndpointMatcher = allOf(
  meshMembers(false),
  anyOf(
    hasLabel('pod', 'istio.io/dataplane-mode', 'ambient'),
    allOf(
      hasLabel('namespace', 'istio.io/dataplane-mode', 'ambient'),
      noneOf(hasLabel('pod', 'istio.io/dataplane-mode', 'none')),
    ),
  ),
);
