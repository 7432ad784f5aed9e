import { isAddress } from '../sets/addresses.ts';
import { maxPort } from '../sets/connections.ts';
import { isName } from './flow-fields.ts';

/** A host that a text names by a URL, or by its name and port. */
export interface HostAddress {
  host: string;
  /** Undefined where neither the text nor the scheme tells it. */
  port: number | undefined;
}

/** Ports of schemes, as IANA has them. */
const schemePorts: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['ws', 80],
  ['https', 443],
  ['wss', 443],
  ['ftp', 21],
  ['smtp', 25],
  ['smtps', 465],
  ['ldap', 389],
  ['ldaps', 636],
  ['postgres', 5432],
  ['postgresql', 5432],
  ['mysql', 3306],
  ['mongodb', 27017],
  ['redis', 6379],
  ['amqp', 5672],
  ['amqps', 5671],
  ['nats', 4222],
]);

/** The parts of URLs that tell a host. Both parts are bounded, so that long texts cost linear time. */
const urls = /(?<![a-z0-9])([a-z][a-z0-9+.-]{0,15}):\/\/([^\s/?#,;'"|()<>[\]{}]{1,300})/gi;
/** A name with a dot and a number of a port. */
const named = /^([a-z0-9.-]{1,253}\.[a-z]{2,63}):(\d{1,5})$/i;

/** Hosts that a text names, in the cluster or outside; those of the Pod itself are left out. */
export function hostAddresses(text: string): HostAddress[] {
  const found = [...text.matchAll(urls)].flatMap(([, scheme = '', authority = '']) => {
    const own = authority.slice(authority.lastIndexOf('@') + 1);
    const [, host = own, port] = /^(.*):(\d{1,5})$/.exec(own) ?? [];
    return addressOf(host, port === undefined ? schemePorts.get(scheme.toLowerCase()) : Number(port));
  });
  const words = text.split(/[\s,;='"|()<>[\]{}]+/).flatMap((word) => {
    const [, host, port] = named.exec(word) ?? [];
    return host === undefined ? [] : addressOf(host, Number(port));
  });
  return [...new Map([...found, ...words].map((each) => [`${each.host} ${each.port}`, each])).values()];
}

function addressOf(written: string, port: number | undefined): HostAddress[] {
  const host = written.toLowerCase().replace(/\.$/, '');
  const isOwn = host === 'localhost' || /^(?:127\.|0\.0\.0\.0$)/.test(host);
  const isHost = isAddress(host) || (isName(host) && !/^[\d.]+$/.test(host));
  if (isOwn || !isHost || (port !== undefined && (port < 1 || port > maxPort))) return [];
  return [{ host, port }];
}
