import {
  allOf,
  anyOf,
  type EndpointMatcher,
  hasLabel,
  hostNetworked,
  noEndpoints,
  noneOf,
} from '../../model/matcher.ts';
import type { PeerMatch } from '../../model/policy.ts';
import { type AddressFamily, allAddresses } from '../../sets/addresses.ts';
import { reserved } from './selector.ts';

function endpoints(matcher: EndpointMatcher): PeerMatch[] {
  return [{ type: 'endpoints', matcher }];
}

/** Everything outside the cluster; addresses of the input's endpoints are not among it. */
function world(...families: readonly AddressFamily[]): PeerMatch[] {
  const outside: PeerMatch = {
    type: 'addresses',
    ranges: families.map(allAddresses),
    except: [],
    endpoints: false,
  };
  return [outside, ...endpoints(reserved('world'))];
}

/** An API server that runs as a Pod of the node's network, as installers of clusters make it. */
const apiServerPods = allOf(
  hostNetworked,
  hasLabel('namespace', 'kubernetes.io/metadata.name', 'kube-system'),
  hasLabel('pod', 'component', 'kube-apiserver'),
);

/**
 * What an entity stands for (Cilium, "Entities Based"). Pods of the node's network are `host` to those of the same node and
 * `remote-node` to others; the input does not tell which, so that they are both.
 */
export const entities: ReadonlyMap<string, readonly PeerMatch[]> = new Map([
  ['all', [{ type: 'any' }]],
  ['world', world(4, 6)],
  ['world-ipv4', world(4)],
  ['world-ipv6', world(6)],
  ['cluster', endpoints(noneOf(reserved('world')))],
  ['host', endpoints(anyOf(reserved('host'), hostNetworked))],
  ['remote-node', endpoints(anyOf(reserved('remote-node'), hostNetworked))],
  ['kube-apiserver', endpoints(anyOf(reserved('kube-apiserver'), apiServerPods))],
  ['health', endpoints(reserved('health'))],
  ['init', endpoints(reserved('init'))],
  ['ingress', endpoints(reserved('ingress'))],
  ['unmanaged', endpoints(reserved('unmanaged'))],
  ['none', endpoints(noEndpoints)],
]);
