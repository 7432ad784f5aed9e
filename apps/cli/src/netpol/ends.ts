import {
  type Connectivity,
  clusterOf,
  isAddress,
  ownAddresses,
  type Peer,
  parseAddress,
  qualifiedName,
} from '@keelson/netpol';
import { CommandError } from '../errors.ts';
import { suggestion } from '../suggest.ts';
import type { NetpolInput } from './input.ts';

/** A workload, a Pod or an address that the user names, with its peers in the analysis. */
export interface End {
  peer: Peer;
  text: string;
  members: readonly number[];
}

/**
 * The end that a word means: `namespace/name` of a workload or Pod, the name alone where one namespace has it, or an address.
 * @throws CommandError USAGE where nothing, or more than one, has the name
 */
function endOf(input: NetpolInput, word: string): End {
  if (!isAddress(word)) return endByName(input.connectivity, word);
  const address = parseAddress(word);
  // Pods that are alike are one endpoint, which tells the address of one of them; the objects tell all.
  const owner = clusterOf(input.resources).endpoints.find((endpoint) =>
    ownAddresses(endpoint).some((own) => isSame(own, address)),
  );
  if (owner !== undefined) return endByName(input.connectivity, qualifiedName(owner));
  const { analysis } = input.connectivity.primary;
  const part = analysis.peerOfAddress(address);
  const range = part === undefined ? undefined : analysis.addressesOf(part);
  if (part === undefined || range === undefined)
    throw new CommandError('USAGE', `${word} is of a family that is left out`);
  return { peer: { type: 'addresses', range }, text: word, members: [part] };
}

function endByName({ workloads }: Connectivity, word: string): End {
  const found = workloads.flatMap((workload) => {
    const { peer, text, pods, members } = workload;
    if ([text, qualifiedName(peer), peer.name].includes(word)) return { peer, text, members };
    return [...pods].flatMap(([pod, member]) =>
      pod === word || pod.endsWith(`/${word}`) ? [{ peer, text: `${pod}[Pod]`, members: [member] }] : [],
    );
  });
  const [end, ...others] = found;
  if (end === undefined) {
    const names = workloads.map(({ peer }) => qualifiedName(peer));
    throw new CommandError(
      'USAGE',
      `the input has no workload, Pod or address ${word}${suggestion(word, names)}`,
    );
  }
  if (others.length > 0)
    throw new CommandError('USAGE', `${word} may be ${found.map(({ text }) => text).join(' or ')}`);
  return end;
}

interface Address {
  family: number;
  value: bigint;
}

function isSame(a: Address, b: Address): boolean {
  return a.family === b.family && a.value === b.value;
}

/**
 * Both ends that are asked for.
 * @throws CommandError USAGE where both are outside
 */
export function endsOf(input: NetpolInput, words: readonly [string, string]): readonly [End, End] {
  const [source, destination] = [endOf(input, words[0]), endOf(input, words[1])];
  if (source.peer.type === 'addresses' && destination.peer.type === 'addresses')
    throw new CommandError('USAGE', 'both ends are outside of the cluster, where no policy speaks');
  return [source, destination];
}
