import type { ClusterIndex } from '../model/cluster-index.ts';
import type { PeerMatch, Policy } from '../model/policy.ts';
import { type AddressPartition, type AddressRange, isCovered, unicastAddresses } from '../sets/addresses.ts';
import { Bits } from '../sets/bits.ts';

/** The ranges that policies cut the addresses by. */
export function rangesOf(policies: readonly Policy[]): AddressRange[] {
  const peers = policies.flatMap(({ rules }) => rules.flatMap((rule) => rule.peers));
  return peers.flatMap(addressesIn).flatMap(({ ranges, except }) => [...ranges, ...except]);
}

/** The ranges by which policies tell endpoints apart that are alike in all but their addresses. */
export function endpointRangesOf(policies: readonly Policy[]): AddressRange[] {
  const peers = policies.flatMap(({ rules }) =>
    rules.flatMap(({ peers: far, subject }) => (subject === undefined ? far : [...far, subject])),
  );
  const matches = peers.flatMap(addressesIn).filter(({ endpoints }) => endpoints);
  return matches.flatMap(({ ranges, except }) => [...ranges, ...except]);
}

type AddressMatch = PeerMatch & { type: 'addresses' };

function addressesIn(peer: PeerMatch): AddressMatch[] {
  switch (peer.type) {
    case 'addresses':
      return [peer];
    case 'all':
    case 'either':
      return peer.peers.flatMap(addressesIn);
    case 'not':
      return addressesIn(peer.peer);
    default:
      return [];
  }
}

/** What peers of rules are, as sets over endpoints and parts of the addresses. */
export class PeerSets {
  readonly #index: ClusterIndex;
  readonly #partition: AddressPartition;
  readonly #size: number;

  constructor(index: ClusterIndex, partition: AddressPartition) {
    this.#index = index;
    this.#partition = partition;
    this.#size = index.all.size + partition.parts.length;
  }

  of(peers: readonly PeerMatch[]): Bits {
    const all = new Bits(this.#size);
    for (const peer of peers) {
      if (peer.type === 'any') return Bits.full(this.#size);
      if (peer.type === 'endpoints') all.addAll(this.#index.select(peer.matcher));
      else all.addAll(this.#one(peer));
    }
    return all;
  }

  /** Those of some endpoints that a peer matches. */
  endpointsAmong(endpoints: Bits, peer: PeerMatch): Bits {
    const matched = this.of([peer]);
    return Bits.of(
      endpoints.size,
      endpoints.members().filter((endpoint) => matched.has(endpoint)),
    );
  }

  #one(peer: PeerMatch): Bits {
    switch (peer.type) {
      case 'any':
      case 'endpoints':
        return this.of([peer]);
      case 'addresses':
        return this.#addresses(peer);
      case 'either':
        return this.of(peer.peers);
      case 'all':
        return peer.peers.reduce((left, each) => left.and(this.of([each])), Bits.full(this.#size));
      case 'not':
        return this.of([peer.peer]).not();
    }
  }

  #addresses({ ranges, except, endpoints }: PeerMatch & { type: 'addresses' }): Bits {
    const parts = this.#parts(ranges).without(this.#parts(except));
    if (endpoints) {
      const { endpoints: all, families = [4] } = this.#index.cluster;
      const holdsAll = families.some((family) =>
        unicastAddresses[family].every((range) => isCovered(range, ranges, except)),
      );
      all.forEach(({ addresses }, i) => {
        const inRange = (range: AddressRange) => addresses.some((address) => isWithin(address, range));
        if (addresses.length === 0 ? holdsAll : ranges.some(inRange) && !except.some(inRange)) parts.add(i);
      });
    }
    return parts;
  }

  #parts(ranges: readonly AddressRange[]): Bits {
    const bits = new Bits(this.#size);
    const offset = this.#index.all.size;
    for (const range of ranges) {
      const span = this.#partition.span(range);
      if (span === undefined) continue;
      for (let part = span[0]; part <= span[1]; part++) bits.add(offset + part);
    }
    return bits;
  }
}

function isWithin(address: { family: number; value: bigint }, range: AddressRange): boolean {
  return address.family === range.family && range.low <= address.value && address.value <= range.high;
}
