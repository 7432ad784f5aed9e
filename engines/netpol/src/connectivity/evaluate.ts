import { NetpolError } from '../errors.ts';
import { qualifiedName } from '../model/cluster.ts';
import { isAddress, parseAddress } from '../sets/addresses.ts';
import type { Connectivity } from './connectivity.ts';
import type { Peer } from './peers.ts';
import type { Node } from './plane.ts';

/** One connection: its ends by `namespace/name` of a Pod or of a workload, or by address. */
export interface Flow {
  source: string;
  destination: string;
  /** IANA number. */
  protocol: number;
  port: number;
}

/**
 * True when the first network of both ends lets a connection pass. Of a workload it is enough that one Pod may have it.
 * @throws NetpolError NETPOL_ENDPOINT for an end that the input does not have
 */
export function isAllowed(connectivity: Connectivity, flow: Flow): boolean {
  const { connections, primary } = connectivity;
  const source = nodeOf(connectivity, flow.source);
  const destination = nodeOf(connectivity, flow.destination);
  const network = connectivity.networkBetween(source.peer, destination.peer);
  if (network === undefined) return false;
  if (source.peer.type === 'addresses' && destination.peer.type === 'addresses')
    throw new NetpolError('NETPOL_ENDPOINT', 'both ends are outside of the cluster');
  const [from] = source.members;
  // A Pod reaches itself whatever policies say.
  if (from !== undefined && source.text === destination.text && destination.members.includes(from))
    return true;
  return connections.has(primary.between(source, destination), flow.protocol, flow.port);
}

function nodeOf({ workloads, primary: { analysis } }: Connectivity, word: string): Node {
  if (isAddress(word)) {
    const part = analysis.peerOfAddress(parseAddress(word));
    const range = part === undefined ? undefined : analysis.addressesOf(part);
    if (part === undefined || range === undefined) throw unknown(word);
    const peer: Peer = { type: 'addresses', range };
    return { peer, text: word, members: [part] };
  }
  for (const workload of workloads) {
    const member = workload.pods.get(word);
    if (member !== undefined) return { ...workload, text: word, members: [member] };
  }
  const named = workloads.find(({ peer }) => word === qualifiedName(peer));
  if (named === undefined) throw unknown(word);
  return named;
}

function unknown(word: string): NetpolError {
  return new NetpolError('NETPOL_ENDPOINT', `the input has no Pod, workload or address ${word}`);
}
