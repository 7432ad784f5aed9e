import { podTemplate } from '@keelson/kubernetes';
import { mappings, text } from '../connectivity/fields.ts';
import type { Endpoint } from '../model/cluster.ts';
import { isAddress } from '../sets/addresses.ts';
import { protocolNumber } from '../sets/protocols.ts';

/** A port of a node behind which a Pod stands. */
export interface HostPort {
  kind: 'HostPort' | 'HostNetwork';
  /** IANA number of the protocol. */
  protocol: number;
  /** Of the node, and of the Pod behind it. */
  port: number;
  target: number;
}

/** Ports of the node that a Pod takes, by `hostPort` or because it uses the node's network; those of loopback are left out. */
export function hostPortsOf({ resource, hostNetwork }: Endpoint): HostPort[] {
  const template = resource === undefined ? undefined : podTemplate(resource);
  if (template === undefined) return [];
  return template.containers.flatMap(({ container }) =>
    mappings(container['ports']).flatMap((port): HostPort[] => {
      const { containerPort, hostPort, hostIP } = port;
      const protocol = protocolNumber(text(port['protocol']) || 'TCP');
      if (protocol === undefined || typeof containerPort !== 'number' || isLoopback(text(hostIP))) return [];
      if (hostNetwork) return [{ kind: 'HostNetwork', protocol, port: containerPort, target: containerPort }];
      if (typeof hostPort !== 'number' || hostPort === 0) return [];
      return [{ kind: 'HostPort', protocol, port: hostPort, target: containerPort }];
    }),
  );
}

function isLoopback(address: string): boolean {
  return isAddress(address) && (address === '::1' || address.startsWith('127.'));
}
