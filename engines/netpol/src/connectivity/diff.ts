import { AddressPartition, type AddressRange } from '../sets/addresses.ts';
import { noConnections, type SetId } from '../sets/connections.ts';
import type { Connection, Connectivity } from './connectivity.ts';
import { type Peer, peerText } from './peers.ts';

export type DiffType = 'changed' | 'added' | 'removed' | 'unchanged';

/** What a change makes of the connections from one peer to another; `before` or `after` is empty for added and removed ones. */
export interface ConnectionDiff {
  type: DiffType;
  source: Peer;
  destination: Peer;
  before: SetId;
  after: SetId;
  /** True for a workload that only one of both states has. */
  isSourceOneSided: boolean;
  isDestinationOneSided: boolean;
}

interface Change {
  source: Peer;
  destination: Peer;
  before: SetId;
  after: SetId;
}

/**
 * The difference of two states, which were made with the same `connections`. Addresses are told apart as finely as one of the
 * states needs, and joined again where nothing tells them apart.
 */
export function diffOf(first: Connectivity, second: Connectivity): ConnectionDiff[] {
  const lists = [[...first.pairs()], [...second.pairs()]] as const;
  const sources = partitionOf(lists.flatMap((list) => list.map(({ source }) => source)));
  const destinations = partitionOf(lists.flatMap((list) => list.map(({ destination }) => destination)));
  const changes = new Map<string, Change>();
  lists.forEach((list, state) => {
    for (const each of list) {
      for (const source of partsOf(each.source, sources)) {
        for (const destination of partsOf(each.destination, destinations))
          note(changes, state, each, source, destination);
      }
    }
  });
  const workloads = [first, second].map((each) => new Set(each.workloads.map(({ text }) => text)));
  return joined([...changes.values()]).map((change) => {
    const type = typeOf(change);
    const others = type === 'added' ? workloads[0] : workloads[1];
    const isOneSided = (peer: Peer) =>
      (type === 'added' || type === 'removed') &&
      peer.type === 'workload' &&
      others?.has(peerText(peer)) === false;
    return {
      ...change,
      type,
      isSourceOneSided: isOneSided(change.source),
      isDestinationOneSided: isOneSided(change.destination),
    };
  });
}

function note(
  changes: Map<string, Change>,
  state: number,
  { connections }: Connection,
  source: Peer,
  destination: Peer,
): void {
  const key = `${peerText(source)};${peerText(destination)}`;
  const change = changes.get(key) ?? { source, destination, before: noConnections, after: noConnections };
  changes.set(key, { ...change, [state === 0 ? 'before' : 'after']: connections });
}

function typeOf({ before, after }: Change): DiffType {
  if (before === after) return 'unchanged';
  if (before === noConnections) return 'added';
  return after === noConnections ? 'removed' : 'changed';
}

function partitionOf(peers: readonly Peer[]): AddressPartition {
  return new AddressPartition(peers.flatMap((peer) => (peer.type === 'addresses' ? [peer.range] : [])));
}

function partsOf(peer: Peer, partition: AddressPartition): readonly Peer[] {
  if (peer.type !== 'addresses') return [peer];
  const [first, last] = partition.span(peer.range) ?? [0, -1];
  return partition.parts.slice(first, last + 1).map((range) => ({ type: 'addresses', range }));
}

/** Ranges that follow on each other become one where the other end and what is allowed are the same. */
function joined(changes: readonly Change[]): Change[] {
  const groups = Map.groupBy(changes, ({ source, destination, before, after }) => {
    const from = source.type === 'addresses' ? '' : peerText(source);
    const to = destination.type === 'addresses' ? '' : peerText(destination);
    return `${from};${to};${before};${after}`;
  });
  return [...groups.values()].flatMap((group) => {
    const [change] = group;
    if (change === undefined) return [];
    const side = change.source.type === 'addresses' ? 'source' : 'destination';
    if (change[side].type !== 'addresses') return group;
    const ranges = group.flatMap(({ [side]: peer }) => (peer.type === 'addresses' ? [peer.range] : []));
    return joinRanges(ranges).map((range) => ({ ...change, [side]: { type: 'addresses', range } }));
  });
}

function joinRanges(ranges: readonly AddressRange[]): AddressRange[] {
  const sorted = ranges.toSorted((a, b) => a.family - b.family || (a.low < b.low ? -1 : 1));
  const out: AddressRange[] = [];
  for (const range of sorted) {
    const last = out.at(-1);
    if (last !== undefined && last.family === range.family && last.high + 1n === range.low)
      out[out.length - 1] = { ...last, high: range.high };
    else out.push(range);
  }
  return out;
}
