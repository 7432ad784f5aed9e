import { isIPv6 } from 'node:net';
import type { BuiltinHost } from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { CommandHost } from './host.ts';

/** The flag of verbs that evaluate. */
export const networkFlags = {
  'allow-net': { type: 'string', value: 'text', multiple: true },
} as const;

export const networkHelp = `  --allow-net HOST      http.send and net.lookup_ip_addr may reach this host; give it as often as needed`;

export interface NetworkValues {
  readonly 'allow-net'?: readonly string[] | undefined;
}

/**
 * The world of a verb whose policies may reach the hosts that `--allow-net` names; the network is loaded only then.
 *
 * @throws CommandError USAGE where one of them names no host
 */
export async function hostFrom({ 'allow-net': allowNet = [] }: NetworkValues): Promise<BuiltinHost> {
  const howToAllow = (name: string): string => `--allow-net ${name} allows it`;
  const host = Object.assign(new CommandHost(), { howToAllow });
  if (allowNet.length === 0) return host;
  const wrong = allowNet.find((name) => !isHost(name));
  if (wrong !== undefined)
    throw new CommandError('USAGE', `--allow-net ${wrong}: a host is a name or an address, without a port`);
  const { Network } = await import('@keelson/rego-network');
  const { http, httpHosts, httpCache, lookUpAddresses } = new Network({ allowNet, proxies: process.env });
  return Object.assign(host, { http, httpHosts, httpCache, lookUpAddresses });
}

/** A name, or an address of either kind; names are not only those of the DNS. */
function isHost(text: string): boolean {
  return /^[^\s:/?#[\]@]+$/.test(text) || isIPv6(text);
}
