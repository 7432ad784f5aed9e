import { NetpolError } from '../errors.ts';

export type AddressFamily = 4 | 6;

/** A closed range of addresses of one family. */
export interface AddressRange {
  family: AddressFamily;
  low: bigint;
  high: bigint;
}

const widths = { 4: 32n, 6: 128n } as const;

/** Every address of a family. */
export function allAddresses(family: AddressFamily): AddressRange {
  return { family, low: 0n, high: (1n << widths[family]) - 1n };
}

/** Addresses that anything may have as its own: not those of loopback, links and groups (RFC 6890). */
export const unicastAddresses: Readonly<Record<AddressFamily, readonly AddressRange[]>> = {
  4: [
    between('1.0.0.0', '126.255.255.255'),
    between('128.0.0.0', '169.253.255.255'),
    between('169.255.0.0', '223.255.255.255'),
  ],
  6: [
    between('::2', 'fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff'),
    between('fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'),
  ],
};

function between(low: string, high: string): AddressRange {
  return { family: parseAddress(low).family, low: parseAddress(low).value, high: parseAddress(high).value };
}

/** Whether ranges together, without exceptions, hold every address of a range. */
export function isCovered(
  { family, low, high }: AddressRange,
  ranges: readonly AddressRange[],
  except: readonly AddressRange[],
): boolean {
  const touches = (each: AddressRange) => each.family === family && each.low <= high && low <= each.high;
  if (except.some(touches)) return false;
  let next = low;
  for (const range of ranges.filter(touches).sort((a, b) => (a.low < b.low ? -1 : 1))) {
    if (range.low > next) return false;
    if (range.high >= next) next = range.high + 1n;
  }
  return next > high;
}

/** A CIDR as read: its addresses, and whether it had bits beyond its prefix, which count as zero. */
export interface ParsedCidr extends AddressRange {
  hasHostBits: boolean;
}

/**
 * A CIDR, or a single address where `single` allows it (RFC 4632, RFC 4291 2.2). Octal, short and zoned forms are refused, as
 * Kubernetes' `ParseCIDRSloppy` successors do.
 * @throws NetpolError NETPOL_ADDRESS
 */
export function parseCidr(text: string, single = false): ParsedCidr {
  const slash = text.indexOf('/');
  if (slash < 0 && !single)
    throw new NetpolError('NETPOL_ADDRESS', `${JSON.stringify(text)} has no prefix length`);
  const { family, value } = parseAddress(slash < 0 ? text : text.slice(0, slash));
  const width = widths[family];
  const written = text.slice(slash + 1);
  if (slash >= 0 && !/^(0|[1-9]\d{0,2})$/.test(written))
    throw new NetpolError('NETPOL_ADDRESS', `${JSON.stringify(text)} has no prefix length`);
  const prefix = slash < 0 ? width : BigInt(written);
  if (prefix > width)
    throw new NetpolError('NETPOL_ADDRESS', `${JSON.stringify(text)}: a prefix has at most ${width} bits`);
  const hostMask = (1n << (width - prefix)) - 1n;
  const low = value & ~hostMask;
  return { family, low, high: low | hostMask, hasHostBits: low !== value };
}

/**
 * One address.
 * @throws NetpolError NETPOL_ADDRESS
 */
export function parseAddress(text: string): { family: AddressFamily; value: bigint } {
  const value = read(text);
  if (value === undefined)
    throw new NetpolError('NETPOL_ADDRESS', `${JSON.stringify(text)} is not an address`);
  return { family: text.includes(':') ? 6 : 4, value };
}

export function isAddress(text: string): boolean {
  return read(text) !== undefined;
}

function read(text: string): bigint | undefined {
  return text.includes(':') ? parseIPv6(text) : parseIPv4(text);
}

function parseIPv4(text: string): bigint | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  let value = 0n;
  for (const part of match.slice(1)) {
    if (Number(part) > 255 || (part.length > 1 && part.startsWith('0'))) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function parseIPv6(text: string): bigint | undefined {
  const lastColon = text.lastIndexOf(':');
  let groupsText = text;
  if (text.includes('.')) {
    const tail = parseIPv4(text.slice(lastColon + 1));
    if (tail === undefined) return undefined;
    groupsText = `${text.slice(0, lastColon + 1)}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`;
  }
  const halves = groupsText.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/** An address as text; IPv6 in the form of RFC 5952. */
export function formatAddress(family: AddressFamily, value: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16),
  );
  const zeros = [...groups.join(':').matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].map(([run]) => run);
  const longest = zeros.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longest === '') return groups.join(':');
  const text = groups.join(':');
  const at = text.indexOf(longest);
  const before = text.slice(0, at);
  const after = text.slice(at + longest.length).replace(/^:/, '');
  return `${before}::${after}`;
}

/** Addresses cut at the borders of all ranges that matter, so that each part is wholly in or out of every range. */
export class AddressPartition {
  /** The parts: IPv4 first, lowest first. */
  readonly parts: readonly AddressRange[];

  constructor(ranges: Iterable<AddressRange>, families: readonly AddressFamily[] = [4, 6]) {
    const starts = new Map<AddressFamily, Set<bigint>>(families.map((family) => [family, new Set([0n])]));
    for (const { family, low, high } of ranges) {
      starts.get(family)?.add(low);
      if (high < allAddresses(family).high) starts.get(family)?.add(high + 1n);
    }
    this.parts = [...starts].flatMap(([family, lows]) => {
      const sorted = [...lows].sort((a, b) => (a < b ? -1 : 1));
      return sorted.map((low, i) => ({
        family,
        low,
        high: (sorted[i + 1] ?? allAddresses(family).high + 1n) - 1n,
      }));
    });
  }

  /** First and last index of the parts that a range of the partition is made of; undefined for a family that is left out. */
  span({ family, low, high }: AddressRange): readonly [first: number, last: number] | undefined {
    const first = this.#partOf(family, low);
    return first === undefined ? undefined : [first, this.#partOf(family, high) ?? first];
  }

  #partOf(family: AddressFamily, value: bigint): number | undefined {
    const { parts } = this;
    let low = 0;
    let high = parts.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const part = parts[middle];
      if (part === undefined) return undefined;
      if (part.family === family && part.low <= value && value <= part.high) return middle;
      if (part.family < family || (part.family === family && part.high < value)) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }
}
