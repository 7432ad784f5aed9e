/** An address as a number of 32 or 128 bits. IPv4 in IPv6 (`::ffff:1.2.3.4`) counts as IPv4, as in Go. */
export interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** A network; bits of `base` past the prefix are zero, but where Go leaves them. */
export interface Network {
  readonly bits: 32 | 128;
  readonly base: bigint;
  readonly prefix: number;
}

const mapped = 0xffffn;

/** The address of a text without a zone; undefined where it is none. */
export function parseAddress(text: string): Address | undefined {
  const plain = parsePlain(text);
  if (plain === undefined || plain.bits === 32) return plain;
  return plain.value >> 32n === mapped ? { bits: 32, value: plain.value & 0xffff_ffffn } : plain;
}

/** The network of a CIDR text, the bits past its prefix cleared; undefined where it is none. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const address = parsePlain(slash < 0 ? '' : text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (address === undefined || !/^\d{1,8}$/.test(digits)) return undefined;
  const prefix = Number(digits);
  if (prefix > address.bits) return undefined;
  const base = clear(address.value, address.bits - prefix);
  if (address.bits === 128 && prefix >= 96 && base >> 32n === mapped)
    return { bits: 32, base: base & 0xffff_ffffn, prefix: prefix - 96 };
  return { bits: address.bits, base, prefix };
}

function clear(value: bigint, count: number): bigint {
  return (value >> BigInt(count)) << BigInt(count);
}

function parsePlain(text: string): Address | undefined {
  if (!text.includes(':')) {
    const value = parseIpv4(text);
    return value === undefined ? undefined : { bits: 32, value };
  }
  const value = parseIpv6(text);
  return value === undefined ? undefined : { bits: 128, value };
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

/** RFC 4291 section 2.2, without a zone. */
function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups: (readonly bigint[] | undefined)[] = halves.map((half, at) =>
    parseGroups(half, at === halves.length - 1),
  );
  const [left = undefined, right = []] = groups;
  if (left === undefined || groups.includes(undefined)) return undefined;
  const missing = 8 - left.length - right.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...left, ...Array<bigint>(missing).fill(0n), ...right];
  return all.reduce((sum, group) => (sum << 16n) | group, 0n);
}

function parseGroups(half: string, isLast: boolean): readonly bigint[] | undefined {
  if (half === '') return [];
  const out: bigint[] = [];
  const parts = half.split(':');
  for (const [at, part] of parts.entries()) {
    if (isLast && at === parts.length - 1 && part.includes('.')) {
      const value = parseIpv4(part);
      if (value === undefined) return undefined;
      out.push(value >> 16n, value & 0xffffn);
    } else if (/^[\da-fA-F]{1,4}$/.test(part)) out.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return out;
}

export function contains(network: Network, { bits, value }: Address): boolean {
  const rest = BigInt(network.bits - network.prefix);
  return network.bits === bits && network.base >> rest === value >> rest;
}

export function containsNetwork(outer: Network, inner: Network): boolean {
  return outer.prefix <= inner.prefix && contains(outer, { bits: inner.bits, value: inner.base });
}

export function formatNetwork({ bits, base, prefix }: Network): string {
  return `${formatAddress({ bits, value: base })}/${prefix}`;
}

/** The text of an address; of IPv6 as RFC 5952 has it. */
export function formatAddress({ bits, value }: Address): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => Number((value >> BigInt(112 - 16 * i)) & 0xffffn));
  let [start, length] = [0, 1];
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > length) [start, length] = [i, end - i];
  }
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}
