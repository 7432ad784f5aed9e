import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isLocalName, isLoopbackAddress, isMetadataAddress } from '@keelson/http';

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
  return isMetadataAddress(address) || (isLoopbackAddress(address) && !isLocalName(name));
}

function give(addresses: LookupAddress[], all: boolean, callback: Parameters<LookupFunction>[2]): void {
  const [first] = addresses;
  if (all || first === undefined) callback(null, addresses);
  else callback(null, first.address, first.family);
}
