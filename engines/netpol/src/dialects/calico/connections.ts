import type { JsonObject, JsonValue, Path } from '@keelson/core';
import type { ConnectionMatch, PortName } from '../../model/policy.ts';
import {
  allConnections,
  type Interval,
  noConnections,
  protocolNumbers,
  type SetId,
} from '../../sets/connections.ts';
import { protocolNumber } from '../../sets/protocols.ts';
import { FieldFault, integerAt, listAt, mappingAt, onlyFields, portAt } from '../fields.ts';
import type { ReadContext } from '../kubernetes/network-policy.ts';

const withPorts: ReadonlySet<number> = new Set([
  protocolNumbers.TCP,
  protocolNumbers.UDP,
  protocolNumbers.SCTP,
]);

/** The two ends of a rule that may name ports. */
export interface PortEnds {
  source: { entity: JsonObject; path: Path };
  destination: { entity: JsonObject; path: Path };
}

/** Ports of one end: numbers, names, and what is taken out of both. */
interface Ports {
  ranges: readonly Interval[] | undefined;
  names: readonly string[];
  exceptRanges: readonly Interval[];
  exceptNames: readonly string[];
}

/**
 * The connections of a rule by its protocol, ICMP messages and ports. Names of ports are looked up at the destination.
 * @throws FieldFault for what the API server refuses
 */
export function connectionsOf(
  rule: JsonObject,
  ends: PortEnds,
  path: Path,
  { connections }: ReadContext,
): ConnectionMatch {
  const protocol = protocolAt(rule['protocol'], [...path, 'protocol']);
  const notProtocol = protocolAt(rule['notProtocol'], [...path, 'notProtocol']);
  const source = portsOf(ends.source);
  const destination = portsOf(ends.destination);
  const icmp = icmpOf(rule, protocol, path, connections);
  const ofProtocol = protocol === undefined ? allConnections : connections.of([protocol]);
  const without = notProtocol === undefined ? noConnections : connections.of([notProtocol]);
  const base = connections.difference(connections.intersection(ofProtocol, icmp), without);
  if (source === undefined && destination === undefined) return { fixed: base, named: [] };
  if (protocol === undefined || !withPorts.has(protocol))
    throw new FieldFault([...path, 'protocol'], 'has to be TCP, UDP or SCTP where ports are named');
  if ((source?.names.length ?? 0) + (source?.exceptNames.length ?? 0) > 0)
    throw new FieldFault([...ends.source.path, 'ports'], 'has a name, which only a destination may give');
  const all = connections.of([protocol]);
  const to = (ranges: readonly Interval[]) => connections.of([protocol], ranges);
  const from = (ranges: readonly Interval[]) => connections.of([protocol], undefined, ranges);
  const fromSource = connections.difference(
    source?.ranges === undefined ? all : from(source.ranges),
    from(source?.exceptRanges ?? []),
  );
  const named = (names: readonly string[] = []): PortName[] => names.map((name) => ({ name, protocol }));
  return {
    fixed: destination?.ranges === undefined ? all : to(destination.ranges),
    named: named(destination?.names),
    except: named(destination?.exceptNames),
    within: connections.difference(
      connections.intersection(base, fromSource),
      to(destination?.exceptRanges ?? []),
    ),
  };
}

function protocolAt(value: JsonValue | undefined, path: Path): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') {
    const number = protocolNumber(value) ?? (/^\d{1,3}$/.test(value) ? Number(value) : undefined);
    if (number === undefined || number > 255)
      throw new FieldFault(path, 'is not a protocol that is known here');
    return number;
  }
  const number = integerAt(value, path);
  if (number === undefined || number < 0 || number > 255)
    throw new FieldFault(path, 'is not between 0 and 255');
  return number;
}

function portsOf({ entity, path }: PortEnds['source']): Ports | undefined {
  const ports = listAt(entity['ports'], [...path, 'ports']);
  const notPorts = listAt(entity['notPorts'], [...path, 'notPorts']);
  if (ports === undefined && notPorts === undefined) return undefined;
  const read = (items: readonly JsonValue[] | undefined, field: string) =>
    (items ?? []).map((each, i) => onePort(each, [...path, field, i]));
  const included = read(ports, 'ports');
  const excluded = read(notPorts, 'notPorts');
  return {
    ranges: ports === undefined || ports.length === 0 ? undefined : included.filter(isRange),
    names: included.filter((port) => typeof port === 'string'),
    exceptRanges: excluded.filter(isRange),
    exceptNames: excluded.filter((port) => typeof port === 'string'),
  };
}

function isRange(port: Interval | string): port is Interval {
  return typeof port !== 'string';
}

/** A number, a range as `1:1023`, or a name. */
function onePort(value: JsonValue, path: Path): Interval | string {
  if (typeof value !== 'string') {
    const port = portAt(value, path);
    return [port, port];
  }
  const match = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(value);
  if (match === null) {
    if (!/^[a-zA-Z0-9_.-]{1,128}$/.test(value))
      throw new FieldFault(path, 'is not a port, a range or a name');
    return value;
  }
  const first = portAt(Number(match[1]), path);
  const last = match[2] === undefined ? first : portAt(Number(match[2]), path);
  if (last < first) throw new FieldFault(path, 'ends below its start');
  return [first, last];
}

const icmpProtocols: ReadonlySet<number> = new Set([protocolNumbers.ICMP, protocolNumbers.ICMPv6]);

function icmpOf(
  rule: JsonObject,
  protocol: number | undefined,
  path: Path,
  connections: ReadContext['connections'],
): SetId {
  let set: SetId = allConnections;
  for (const field of ['icmp', 'notICMP'] as const) {
    const at = [...path, field];
    const icmp = mappingAt(rule[field], at);
    if (icmp === undefined) continue;
    if (protocol === undefined || !icmpProtocols.has(protocol))
      throw new FieldFault(at, 'needs the protocol ICMP or ICMPv6');
    const messages = messagesOf(icmp, protocol, at, connections);
    set = field === 'icmp' ? connections.intersection(set, messages) : connections.difference(set, messages);
  }
  return set;
}

function messagesOf(
  icmp: JsonObject,
  protocol: number,
  path: Path,
  connections: ReadContext['connections'],
): SetId {
  onlyFields(icmp, ['type', 'code'], path);
  const type = byteAt(icmp['type'], [...path, 'type'], 254);
  const code = byteAt(icmp['code'], [...path, 'code'], 255);
  if (type === undefined) {
    if (code !== undefined) throw new FieldFault([...path, 'code'], 'may not stand without a type');
    return connections.of([protocol]);
  }
  return connections.ofIcmp(protocol, type, code);
}

function byteAt(value: JsonValue | undefined, path: Path, highest: number): number | undefined {
  const number = integerAt(value, path);
  if (number !== undefined && (number < 0 || number > highest))
    throw new FieldFault(path, `is not between 0 and ${highest}`);
  return number;
}
