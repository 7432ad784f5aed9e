import { terminalSafe } from '@keelson/core';
import { qualifiedName } from '../model/cluster.ts';
import { type AddressRange, formatAddress } from '../sets/addresses.ts';

/** The Pods of one object: a Deployment's, or a Pod of its own; or what stands in no namespace, which is empty then. */
export interface WorkloadPeer {
  type: 'workload';
  namespace: string;
  name: string;
  kind: string;
  /** The name of the workload that Pods with a name of their own belong to. */
  owner?: string;
}

/** Addresses outside the cluster that policies do not tell apart. */
export interface AddressPeer {
  type: 'addresses';
  range: AddressRange;
}

/** Whatever serves the Ingresses and Routes: a Pod of the cluster of which nothing is known. */
export interface IngressControllerPeer {
  type: 'ingress-controller';
}

/** What a connection starts or ends at. */
export type Peer = WorkloadPeer | AddressPeer | IngressControllerPeer;

export const ingressController: IngressControllerPeer = { type: 'ingress-controller' };
/** Where the controller is taken to be, for selectors of namespaces. */
export const ingressControllerName = 'ingress-controller';
export const ingressControllerNamespace = 'ingress-controller-ns';

const known = new WeakMap<Peer, string>();

/**
 * A peer as reports name it: `shop/cart[Deployment]`, `10.0.0.0-10.255.255.255[External]`, `{ingress-controller}`. Control
 * characters in names are written as escapes.
 */
export function peerText(peer: Peer): string {
  let text = known.get(peer);
  if (text === undefined) {
    text = makeText(peer);
    known.set(peer, text);
  }
  return text;
}

function makeText(peer: Peer): string {
  switch (peer.type) {
    case 'workload':
      return terminalSafe(`${qualifiedName(peer)}[${peer.kind}]`);
    case 'addresses':
      return `${rangeText(peer.range)}[External]`;
    case 'ingress-controller':
      return `{${ingressControllerName}}`;
  }
}

function rangeText({ family, low, high }: AddressRange): string {
  return `${formatAddress(family, low)}-${formatAddress(family, high)}`;
}

/** True when the user's word for a workload, `name` or `namespace/name`, means the peer. */
export function isNamed(peer: Peer, word: string): boolean {
  if (peer.type === 'addresses') return false;
  const named =
    peer.type === 'workload' ? peer : { namespace: ingressControllerNamespace, name: ingressControllerName };
  const owner = peer.type === 'workload' ? peer.owner : undefined;
  const names = owner === undefined ? [named] : [named, { ...named, name: owner }];
  return word === peerText(peer) || names.some((each) => word === each.name || word === qualifiedName(each));
}

/** Order of texts by their characters, which is that of their bytes but for those beyond the basic plane. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
