import type { Analysis } from '../engine/analysis.ts';
import type { Direction, PeerMatch, Policy } from '../model/policy.ts';
import { AddressPartition, type AddressRange } from '../sets/addresses.ts';

/** Addresses that the policies of one direction do not tell apart, with a part of them in the analysis. */
export interface AddressPart {
  range: AddressRange;
  /** A peer of the analysis that stands for the range: rules of the direction treat its parts alike. */
  peer: number;
}

/** The addresses cut by what the rules of one direction name, so that a report has no cuts that mean nothing there. */
export function addressParts(analysis: Analysis, direction: Direction): AddressPart[] {
  const families = [...new Set(analysis.addresses.map(({ family }) => family))];
  const { parts } = new AddressPartition(namedRanges(analysis.policies, direction), families);
  return parts.flatMap((range) => {
    const peer = analysis.peerOfAddress({ family: range.family, value: range.low });
    return peer === undefined ? [] : [{ range, peer }];
  });
}

function namedRanges(policies: readonly Policy[], direction: Direction): AddressRange[] {
  return policies.flatMap(({ rules }) =>
    rules.filter((rule) => rule.direction === direction).flatMap(({ peers }) => peers.flatMap(rangesIn)),
  );
}

function rangesIn(peer: PeerMatch): AddressRange[] {
  switch (peer.type) {
    case 'addresses':
      return leftOf(peer);
    case 'all':
    case 'either':
      return peer.peers.flatMap(rangesIn);
    case 'not':
      return rangesIn(peer.peer);
    default:
      return [];
  }
}

/** What is left of ranges without their exceptions. */
function leftOf({ ranges, except }: PeerMatch & { type: 'addresses' }): AddressRange[] {
  const holes = except.toSorted((a, b) => (a.low < b.low ? -1 : 1));
  return ranges.flatMap((range) => {
    const left: AddressRange[] = [];
    let { low } = range;
    for (const hole of holes) {
      if (hole.family !== range.family || hole.high < low || hole.low > range.high) continue;
      if (hole.low > low) left.push({ ...range, low, high: hole.low - 1n });
      low = hole.high + 1n;
    }
    if (low <= range.high) left.push({ ...range, low });
    return left;
  });
}
