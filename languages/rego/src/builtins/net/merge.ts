import { formatNetwork, type Network } from './address.ts';

/** Addresses from the first to the last as numbers of 128 bits, IPv4 mapped into them. */
interface Range {
  readonly first: bigint;
  readonly last: bigint;
  /** The text of the only network in it. */
  readonly text: string | undefined;
}

const mapped = 0xffffn << 32n;
const endOfMapped = mapped | 0xffff_ffffn;

/** The fewest networks that hold the same addresses. A network that touches no other stays as it was written. */
export function mergeNetworks(networks: readonly Network[]): string[] {
  const ranges = networks.map(rangeOf).sort((a, b) => order(a.last, b.last) || order(a.first, b.first));
  const merged: Range[] = [];
  for (const range of ranges.toReversed()) {
    const next = merged.at(-1);
    if (next === undefined || before(next.first) > range.last) merged.push(range);
    else {
      const first = next.first < range.first ? next.first : range.first;
      merged[merged.length - 1] = { first, last: next.last, text: undefined };
    }
  }
  return merged.flatMap(({ first, last, text }) => text ?? split(first, last).map(formatNetwork));
}

function order(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Neither family goes below its first address. */
function before(value: bigint): bigint {
  return value === 0n || value === mapped ? value : value - 1n;
}

function rangeOf(network: Network): Range {
  const { bits, base, prefix } = network;
  const rest = BigInt(bits - prefix);
  const offset = bits === 32 ? mapped : 0n;
  const first = ((base >> rest) << rest) | offset;
  return { first, last: first | ((1n << rest) - 1n), text: formatNetwork(network) };
}

/** The networks that make up a range. */
function split(from: bigint, to: bigint): Network[] {
  const isIpv4 = from >= mapped && to <= endOfMapped;
  const bits = isIpv4 ? 32 : 128;
  const found: Network[] = [];
  const last = isIpv4 ? to - mapped : to;
  for (let base = isIpv4 ? from - mapped : from; base <= last; ) {
    let size = 0;
    while (size < bits && (base & (1n << BigInt(size))) === 0n && base + (2n << BigInt(size)) - 1n <= last)
      size++;
    found.push({ bits, base, prefix: bits - size });
    base += 1n << BigInt(size);
  }
  return found;
}
