import { allOf, anyOf, type EndpointMatcher, hasLabel, hostNetworked, noneOf } from '../../model/matcher.ts';
import type { TierKey } from '../../model/policy.ts';
import { type Connections, protocolNumbers, type SetId } from '../../sets/connections.ts';

/** The namespace whose policies hold for the whole mesh, as Istio is installed unless told otherwise. */
export const rootNamespace = 'istio-system';

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

const optedOut = anyOf(
  hasLabel('pod', 'sidecar.istio.io/inject', 'false'),
  allOf(
    hasLabel('namespace', 'istio-injection', 'disabled'),
    noneOf(hasLabel('pod', 'sidecar.istio.io/inject', 'true')),
  ),
);

/** Key of the label that the endpoint of a host outside is given here, with the host; no Pod can have it. */
export const hostLabel = 'istio:host';

/** Hosts outside that ServiceEntries name. */
export const outsideHosts: EndpointMatcher = hasLabel('pod', hostLabel);

/** Workloads that have a proxy: those of the node's network never do, others may stay out. */
export const inMesh: EndpointMatcher = noneOf(anyOf(hostNetworked, optedOut, outsideHosts));

/** Workloads whose proxy is the node's and knows TCP only ("ztunnel"). */
export const ambient: EndpointMatcher = allOf(
  inMesh,
  anyOf(
    hasLabel('pod', 'istio.io/dataplane-mode', 'ambient'),
    allOf(
      hasLabel('namespace', 'istio.io/dataplane-mode', 'ambient'),
      noneOf(hasLabel('pod', 'istio.io/dataplane-mode', 'none')),
    ),
  ),
);
