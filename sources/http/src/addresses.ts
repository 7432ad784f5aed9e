import { BlockList, isIP } from 'node:net';

const loopback = blockList([
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['::', 128],
  ['::1', 128],
]);

const metadata = blockList([
  ['169.254.0.0', 16],
  ['fe80::', 10],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
  ['fd00:ec2::', 32],
  ['fd20:ce::', 32],
]);

function blockList(networks: readonly (readonly [address: string, prefix: number])[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of networks) list.addSubnet(address, prefix, familyOf(address));
  return list;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** A name of this very machine (RFC 6761, 6.3). */
export function isLocalName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost');
}

/** The names that clouds have for the addresses of `isMetadataAddress`. */
const metadataNames = new Set(['metadata.google.internal', 'metadata.goog', 'instance-data.ec2.internal']);

export function isMetadataName(name: string): boolean {
  return metadataNames.has(name);
}

/** An address of this machine, as it is or mapped into IPv6; false for what is no address. */
export function isLoopbackAddress(address: string): boolean {
  return isIP(address) !== 0 && loopback.check(address, familyOf(address));
}

/** An address of a link-local network, or one where a cloud gives credentials to whoever asks; false for what is none. */
export function isMetadataAddress(address: string): boolean {
  return isIP(address) !== 0 && metadata.check(address, familyOf(address));
}
