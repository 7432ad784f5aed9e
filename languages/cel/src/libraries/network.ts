import { CelFault } from '../runtime/fault.ts';
import { CelObject, type CelValue } from '../runtime/values.ts';
import { bitsOf, formatIp, type IpAddress, parseIp, samePrefix } from './ip-address.ts';
import type { FunctionTable } from './library.ts';

const ipTests = [
  'isUnspecified',
  'isLoopback',
  'isLinkLocalMulticast',
  'isLinkLocalUnicast',
  'isGlobalUnicast',
];

/** Kubernetes' ip and cidr libraries. */
export const networkDeclarations: readonly string[] = [
  'ip(string) -> net.IP',
  'isIP(string) -> bool',
  'ip.isCanonical(string) -> bool',
  'net.IP.family() -> int',
  ...ipTests.map((name) => `net.IP.${name}() -> bool`),
  'string(net.IP) -> string',
  'cidr(string) -> net.CIDR',
  'isCIDR(string) -> bool',
  'net.CIDR.containsIP(string) -> bool',
  'net.CIDR.containsIP(net.IP) -> bool',
  'net.CIDR.containsCIDR(string) -> bool',
  'net.CIDR.containsCIDR(net.CIDR) -> bool',
  'net.CIDR.ip() -> net.IP',
  'net.CIDR.masked() -> net.CIDR',
  'net.CIDR.prefixLength() -> int',
  'string(net.CIDR) -> string',
];

export class CelIp extends CelObject {
  readonly typeName = 'net.IP';
  readonly address: IpAddress;
  constructor(address: IpAddress) {
    super();
    this.address = address;
  }
  equals(other: CelValue): boolean {
    return other instanceof CelIp && this.toString() === other.toString();
  }
  override toString(): string {
    return formatIp(this.address);
  }
}

export class CelCidr extends CelObject {
  readonly typeName = 'net.CIDR';
  readonly address: IpAddress;
  readonly prefix: number;
  constructor(address: IpAddress, prefix: number) {
    super();
    this.address = address;
    this.prefix = prefix;
  }
  equals(other: CelValue): boolean {
    return other instanceof CelCidr && this.toString() === other.toString();
  }
  override toString(): string {
    return `${formatIp(this.address)}/${this.prefix}`;
  }
}

function readIp(text: string): CelIp {
  const address = parseIp(text);
  if (address === undefined)
    throw new CelFault(`IP Address '${text}' parse error during conversion from string`);
  return new CelIp(address);
}

function tryCidr(text: string): CelCidr | undefined {
  const found = /^([^/]*)\/(0|[1-9]\d{0,2})$/.exec(text);
  const address = parseIp(found?.[1] ?? '');
  const prefix = Number(found?.[2]);
  return address === undefined || !(prefix <= bitsOf(address.family))
    ? undefined
    : new CelCidr(address, prefix);
}

function readCidr(text: string): CelCidr {
  const cidr = tryCidr(text);
  if (cidr === undefined)
    throw new CelFault(`network address parse error during conversion from string: ${text}`);
  return cidr;
}

function ofText(read: (text: string) => CelValue) {
  return (text: CelValue) => (typeof text === 'string' ? read(text) : undefined);
}

function ofIp(read: (address: IpAddress) => CelValue) {
  return (value: CelValue) => (value instanceof CelIp ? read(value.address) : undefined);
}

function ofCidr(read: (cidr: CelCidr) => CelValue) {
  return (value: CelValue) => (value instanceof CelCidr ? read(value) : undefined);
}

function prefixIs(address: IpAddress, v4: [bigint, number], v6: [bigint, number]): boolean {
  const [value, bits] = address.family === 4 ? v4 : v6;
  return samePrefix(address, { family: address.family, value }, bits);
}

const isLoopback = (ip: IpAddress) => prefixIs(ip, [0x7f000000n, 8], [1n, 128]);
const isMulticast = (ip: IpAddress) => prefixIs(ip, [0xe0000000n, 4], [0xffn << 120n, 8]);
const isLinkLocalUnicast = (ip: IpAddress) => prefixIs(ip, [0xa9fe0000n, 16], [0xfe80n << 112n, 10]);

function isLinkLocalMulticast(ip: IpAddress): boolean {
  if (ip.family === 4) return samePrefix(ip, { family: 4, value: 0xe0000000n }, 24);
  return ip.value >> 120n === 0xffn && ((ip.value >> 112n) & 0xfn) === 2n;
}

function isGlobalUnicast(ip: IpAddress): boolean {
  const broadcast = ip.family === 4 && ip.value === 0xffff_ffffn;
  return !(ip.value === 0n || broadcast || isLoopback(ip) || isMulticast(ip) || isLinkLocalUnicast(ip));
}

function containsIp(value: CelValue, ip: CelValue): CelValue | undefined {
  if (!(value instanceof CelCidr)) return undefined;
  const inner = typeof ip === 'string' ? readIp(ip) : ip;
  return inner instanceof CelIp ? samePrefix(value.address, inner.address, value.prefix) : undefined;
}

function containsCidr(value: CelValue, cidr: CelValue): CelValue | undefined {
  if (!(value instanceof CelCidr)) return undefined;
  const inner = typeof cidr === 'string' ? readCidr(cidr) : cidr;
  if (!(inner instanceof CelCidr)) return undefined;
  return inner.prefix >= value.prefix && samePrefix(value.address, inner.address, value.prefix);
}

function masked({ address, prefix }: CelCidr): CelCidr {
  const shift = BigInt(bitsOf(address.family) - prefix);
  return new CelCidr({ family: address.family, value: (address.value >> shift) << shift }, prefix);
}

export const networkFunctions: FunctionTable = {
  ip: ofText(readIp),
  isIP: ofText((text) => parseIp(text) !== undefined),
  'ip.isCanonical': ofText((text) => readIp(text).toString() === text),
  '.family': ofIp((ip) => ip.family),
  '.isUnspecified': ofIp((ip) => ip.value === 0n),
  '.isLoopback': ofIp(isLoopback),
  '.isLinkLocalMulticast': ofIp(isLinkLocalMulticast),
  '.isLinkLocalUnicast': ofIp(isLinkLocalUnicast),
  '.isGlobalUnicast': ofIp(isGlobalUnicast),
  string: (value) => (value instanceof CelIp || value instanceof CelCidr ? value.toString() : undefined),
  cidr: ofText(readCidr),
  isCIDR: ofText((text) => tryCidr(text) !== undefined),
  '.containsIP': containsIp,
  '.containsCIDR': containsCidr,
  '.ip': ofCidr((cidr) => new CelIp(cidr.address)),
  '.masked': ofCidr(masked),
  '.prefixLength': ofCidr((cidr) => cidr.prefix),
};
