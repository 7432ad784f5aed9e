import { isObject, type JsonValue } from '@keelson/core';
import {
  type AddressRange,
  type Connections,
  type Interval,
  parseAddress,
  parseCidr,
  protocolNumber,
  type SetId,
  type TextPattern,
} from '@keelson/netpol';

/** Protocols that stand in expected files beside those that policies name (IANA "Protocol Numbers"). */
const otherProtocols: ReadonlyMap<string, number> = new Map([
  ['IGMP', 2],
  ['IPv4', 4],
  ['EGP', 8],
  ['IGP', 9],
  ['DCCP', 33],
  ['IPv6', 41],
  ['RSVP', 46],
  ['GRE', 47],
  ['ESP', 50],
  ['AH', 51],
  ['IPv6-ICMP', 58],
  ['OSPFIGP', 89],
  ['PIM', 103],
  ['VRRP', 112],
  ['L2TP', 115],
]);

/** Which protocols a section of an expected file speaks of. */
export type Restriction = 'TCP' | 'non-TCP' | undefined;

/** Everything that a section may speak of. */
export function restricted(connections: Connections, restriction: Restriction): SetId {
  const all = connections.of([[0, 255]]);
  const tcp = connections.of([protocolNumber('TCP') ?? 0]);
  if (restriction === undefined) return all;
  return restriction === 'TCP' ? tcp : connections.difference(all, tcp);
}

/** The words for connections: `All connections`, `No connections`, `[All but ]{field:values,…},{…}`. */
export function connectionsOfText(text: string, connections: Connections, restriction: Restriction): SetId {
  const all = restricted(connections, restriction);
  const trimmed = text.trim();
  if (trimmed === 'All connections' || trimmed === 'All') return all;
  if (trimmed === 'No connections' || trimmed === '') return connections.difference(all, all);
  const isNegated = trimmed.startsWith('All but ');
  const cubes = [...trimmed.matchAll(/\{([^{}]*)\}/g)].map(([, cube = '']) =>
    cubeOf(fieldsOfText(cube), connections, restriction),
  );
  if (cubes.length === 0) throw new Error(`${trimmed} is no connection`);
  const union = cubes.reduce((sum, cube) => connections.union(sum, cube));
  return connections.intersection(all, isNegated ? connections.difference(all, union) : union);
}

/** The same in YAML and JSON: a sequence of words and of mappings. */
export function connectionsOfValue(
  value: JsonValue | undefined,
  connections: Connections,
  restriction: Restriction,
): SetId {
  const all = restricted(connections, restriction);
  const none = connections.difference(all, all);
  if (typeof value === 'string') return connectionsOfText(value, connections, restriction);
  const parts = (Array.isArray(value) ? value : []).map((item) => {
    if (!isObject(item)) return connectionsOfText(String(item), connections, restriction);
    const negated = item['All but'];
    if (negated !== undefined)
      return connections.difference(all, connectionsOfValue(negated, connections, restriction));
    const fields = Object.entries(item).map(([name, values]): [string, string] => [
      name,
      Array.isArray(values) ? values.join(',') : String(values),
    ]);
    return cubeOf(new Map(fields), connections, restriction);
  });
  return connections.intersection(
    all,
    parts.reduce((sum, part) => connections.union(sum, part), none),
  );
}

/** Fields of a cube: a comma stands between them and between their values. */
function fieldsOfText(text: string): Map<string, string> {
  const starts = [...text.matchAll(/(?:^|,)([a-z_]+):/g)];
  return new Map(
    starts.map((start, i) => {
      const from = start.index + start[0].length;
      return [start[1] ?? '', text.slice(from, starts[i + 1]?.index ?? text.length)];
    }),
  );
}

function cubeOf(
  fields: ReadonlyMap<string, string>,
  connections: Connections,
  restriction: Restriction,
): SetId {
  const sets = [...fields].map(([name, text]) => {
    switch (name) {
      case 'protocols':
        return protocolsOf(text, connections);
      case 'src_ports':
        return connections.of([[0, 255]], undefined, portsOf(text));
      case 'dst_ports':
        return connections.of([[0, 255]], portsOf(text));
      case 'methods':
      case 'hosts':
      case 'paths':
        return requestsOf(name, text, connections);
      default:
        throw new Unread(name);
    }
  });
  return sets.reduce((all, set) => connections.intersection(all, set), restricted(connections, restriction));
}

/** Requests by one of their parts. */
function requestsOf(part: 'methods' | 'hosts' | 'paths', text: string, connections: Connections): SetId {
  const isNegated = text.startsWith('all but ');
  const patterns = (isNegated ? text.slice('all but '.length) : text)
    .split(',')
    .flatMap((each) => patternsOf(each.trim()));
  const named = connections.ofRequests({ [part]: patterns });
  return isNegated ? connections.difference(connections.of([[0, 255]]), named) : named;
}

/** A text, one that goes on after a star, one that ends after a star, or a path with all below it. */
export function patternsOf(text: string): TextPattern[] {
  const below = /^(.*)\(\/\*\)\?$/.exec(text);
  if (below !== null) {
    const path = below[1] ?? '';
    return [
      { type: 'exact', text: path },
      { type: 'prefix', text: `${path}/` },
    ];
  }
  if (text.startsWith('*')) return [{ type: 'suffix', text: text.slice(1) }];
  if (text.endsWith('*')) return [{ type: 'prefix', text: text.slice(0, -1) }];
  return [{ type: 'exact', text }];
}

/** Something of a dialect that is not read here. */
export class Unread extends Error {}

function protocolsOf(text: string, connections: Connections): SetId {
  const isNegated = text.startsWith('all but ');
  const numbers = (isNegated ? text.slice('all but '.length) : text).split(',').map((name) => {
    const trimmed = name.trim();
    const number = protocolNumber(trimmed) ?? otherProtocols.get(trimmed) ?? Number(trimmed);
    if (!Number.isInteger(number)) throw new Unread(`protocol ${trimmed}`);
    return number;
  });
  const named = connections.of(numbers);
  return isNegated ? connections.difference(connections.of([[0, 255]]), named) : named;
}

function portsOf(text: string | undefined): Interval[] | undefined {
  return text?.split(',').map((part): Interval => {
    const [low = '', high = low] = part.trim().split('-');
    if (!/^\d+$/.test(low) || !/^\d+$/.test(high)) throw new Unread(`port ${part}`);
    return [Number(low), Number(high)];
  });
}

/** Addresses as CIDRs or as `first-last`. */
export function rangeOf(text: string): AddressRange {
  const [first = '', last] = text.trim().split('-');
  if (last === undefined) return parseCidr(first, true);
  const { family, value } = parseAddress(first);
  return { family, low: value, high: parseAddress(last).value };
}
