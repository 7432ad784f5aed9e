/** An IP address as a number of 32 or 128 bits. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly value: bigint;
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    // Leading zeros are refused: some readers take them for octal.
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function parseGroups(text: string): string[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  const last = groups.at(-1) ?? '';
  if (last.includes('.')) {
    const tail = parseIpv4(last);
    if (tail === undefined) return undefined;
    groups.splice(-1, 1, (tail >> 16n).toString(16), (tail & 0xffffn).toString(16));
  }
  return groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)) ? groups : undefined;
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '');
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '') : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail];
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/** Reads an address as Go's netip does; undefined where it is none. Zones are refused. */
export function parseIp(text: string): IpAddress | undefined {
  if (text.length > 64) return undefined;
  if (!text.includes(':')) {
    const value = parseIpv4(text);
    return value === undefined ? undefined : { family: 4, value };
  }
  const value = parseIpv6(text);
  // The dotted form of an IPv4-mapped address is ambiguous and refused; the other is the IPv4 address.
  if (value === undefined || (value >> 32n === 0xffffn && text.includes('.'))) return undefined;
  return value >> 32n === 0xffffn ? { family: 4, value: value & 0xffff_ffffn } : { family: 6, value };
}

/** Canonical text (RFC 5952). */
export function formatIp({ family, value }: IpAddress): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((bits) => (value >> bits) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, at) =>
    ((value >> BigInt(112 - 16 * at)) & 0xffffn).toString(16),
  );
  const text = groups.join(':');
  const zeros = (text.match(/\b0(?::0)+\b/g) ?? []).sort((a, b) => b.length - a.length)[0];
  if (zeros === undefined) return text;
  return text.replace(new RegExp(`(^|:)${zeros}(:|$)`), '::');
}

export function bitsOf(family: 4 | 6): number {
  return family === 4 ? 32 : 128;
}

/** True when the first `prefix` bits are equal. */
export function samePrefix(a: IpAddress, b: IpAddress, prefix: number): boolean {
  const shift = BigInt(bitsOf(a.family) - prefix);
  return a.family === b.family && a.value >> shift === b.value >> shift;
}
