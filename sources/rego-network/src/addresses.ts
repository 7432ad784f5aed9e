import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

const loopback = blockList([
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['::', 128],
  ['::1', 128],
]);

/** Link-local networks, and where clouds give credentials to whoever asks. */
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

/** A name of this very machine (RFC 6761 section 6.3). */
function isLocalName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost');
}

/**
 * Looks names up for connections, and refuses those that lead to this machine, to link-local networks or to the
 * metadata of a cloud: a name that was allowed is in the hands of whoever serves it. The address itself may be
 * allowed as well, and `localhost` says where it leads.
 */
export function guardedLookup(allowed: ReadonlySet<string>): LookupFunction {
  return (name, options, callback) => {
    lookup(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '');
        return;
      }
      const refused = addresses.find(({ address }) => !allowed.has(address) && isGuarded(name, address));
      if (refused !== undefined) {
        callback(new Error(`disallowed address ${refused.address} of host ${name}`), '');
        return;
      }
      give(addresses, options.all === true, callback);
    });
  };
}

/** Whether a name must not lead to an address by itself. */
export function isGuarded(name: string, address: string): boolean {
  const family = familyOf(address);
  if (metadata.check(address, family)) return true;
  return loopback.check(address, family) && !isLocalName(name);
}

function give(addresses: LookupAddress[], all: boolean, callback: Parameters<LookupFunction>[2]): void {
  const [first] = addresses;
  if (all || first === undefined) callback(null, addresses);
  else callback(null, first.address, first.family);
}
