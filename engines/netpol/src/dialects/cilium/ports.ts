import type { JsonObject, JsonValue, Path } from '@keelson/core';
import type { ConnectionMatch, Direction } from '../../model/policy.ts';
import { allConnections, type Interval, noConnections, protocolNumbers } from '../../sets/connections.ts';
import { FieldFault, integerAt, mappingsAt, onlyFields, textAt } from '../fields.ts';
import type { CiliumContext } from './context.ts';
import { type RequestRules, requestRules, serverNames } from './requests.ts';

/** Protocols with ports; `ANY` is each of them. */
const portProtocols: readonly number[] = [protocolNumbers.TCP, protocolNumbers.UDP, protocolNumbers.SCTP];

/** Protocols without ports, which a rule names alone (IANA, "Protocol Numbers"). */
const portlessProtocols: ReadonlyMap<string, number> = new Map([
  ['ICMP', protocolNumbers.ICMP],
  ['IGMP', 2],
  ['IPIP', 4],
  ['IPV6', 41],
  ['GRE', 47],
  ['ESP', 50],
  ['AH', 51],
  ['ICMPV6', protocolNumbers.ICMPv6],
  ['VRRP', 112],
]);

const maxPorts = 40;

/** The list that a rule stands in. */
export interface RuleForm {
  direction: Direction;
  isDeny: boolean;
}

/**
 * The connections of `toPorts`, one match for each item that names requests and ports by name both, and one for all others;
 * undefined where the rule has none. `rules` beside ports are of allowing rules only.
 * @throws FieldFault
 */
export function portConnections(
  value: JsonValue | undefined,
  path: Path,
  form: RuleForm,
  context: CiliumContext,
): readonly ConnectionMatch[] | undefined {
  const items = mappingsAt(value, path);
  if (items === undefined || items.length === 0) return undefined;
  const matches = items.map((item) => portRule(item.value, item.path, form, context));
  const plain = matches.filter(({ within }) => within === undefined);
  const all = plain.reduce((sum, one) => joined(sum, one, context), none);
  return [...(plain.length === 0 ? [] : [all]), ...matches.filter(({ within }) => within !== undefined)];
}

const none: ConnectionMatch = { fixed: noConnections, named: [] };

function joined(a: ConnectionMatch, b: ConnectionMatch, { connections }: CiliumContext): ConnectionMatch {
  return { fixed: connections.union(a.fixed, b.fixed), named: [...a.named, ...b.named] };
}

const requestFields = ['serverNames', 'listener', 'terminatingTLS', 'originatingTLS', 'rules'];

function portRule(
  item: JsonObject,
  path: Path,
  { direction, isDeny }: RuleForm,
  context: CiliumContext,
): ConnectionMatch {
  onlyFields(item, ['ports', ...(isDeny ? [] : requestFields)], path);
  const portsPath = [...path, 'ports'];
  const { connections } = context;
  const rules = requestRules(item['rules'], [...path, 'rules'], connections);
  const names = serverNames(item['serverNames'], [...path, 'serverNames'], connections);
  if (rules !== undefined && names !== undefined && item['terminatingTLS'] === undefined)
    throw new FieldFault([...path, 'serverNames'], 'may not stand with rules unless TLS is terminated');
  const ports = mappingsAt(item['ports'], portsPath) ?? [];
  if (ports.length > maxPorts) throw new FieldFault(portsPath, `are more than ${maxPorts}`);
  if (rules?.type === 'dns' && direction === 'ingress')
    throw new FieldFault([...path, 'rules', 'dns'], 'may not stand in rules of ingress');
  if (rules?.type === 'dns' && ports.length === 0)
    throw new FieldFault(portsPath, 'are missing: rules of DNS need port 53');
  const match = ports
    .map((port) => onePort(port.value, port.path, rules, context))
    .reduce((all, one) => joined(all, one, context), none);
  const requests = connections.intersection(rules?.requests ?? allConnections, names ?? allConnections);
  if (requests === allConnections) return match;
  return match.named.length === 0
    ? { fixed: connections.intersection(match.fixed, requests), named: [] }
    : { ...match, within: requests };
}

function onePort(
  port: JsonObject,
  path: Path,
  rules: RequestRules | undefined,
  { connections }: CiliumContext,
): ConnectionMatch {
  onlyFields(port, ['port', 'endPort', 'protocol'], path);
  const portPath = [...path, 'port'];
  const name = (textAt(port['protocol'], [...path, 'protocol']) || 'ANY').toUpperCase();
  const text = textAt(port['port'], portPath);
  const end = integerAt(port['endPort'], [...path, 'endPort']);
  const portless = portlessProtocols.get(name);
  if (portless !== undefined) {
    if (text !== undefined && text !== '0') throw new FieldFault(portPath, `may not stand with ${name}`);
    return { fixed: connections.of([portless]), named: [] };
  }
  const protocols = protocolsOf(name, [...path, 'protocol']);
  if (rules !== undefined && rules.type !== 'dns' && name !== 'TCP')
    throw new FieldFault([...path, 'protocol'], 'is not TCP, which rules of requests need');
  if (text === undefined || text === '') throw new FieldFault(portPath, 'is missing');
  if (/[a-z]/i.test(text)) return namedPort(text, portPath, name, protocols);
  const range = rangeOf(text, end, path);
  if (rules?.type === 'dns' && range !== undefined && range[1] > range[0])
    throw new FieldFault([...path, 'endPort'], 'may not stand with rules of DNS');
  if (range === undefined && rules !== undefined)
    throw new FieldFault(portPath, 'is 0, which may not stand with rules of requests');
  return { fixed: connections.of(protocols, range === undefined ? undefined : [range]), named: [] };
}

function protocolsOf(name: string, path: Path): readonly number[] {
  if (name === 'ANY') return portProtocols;
  if (name !== 'TCP' && name !== 'UDP' && name !== 'SCTP')
    throw new FieldFault(path, 'is not a protocol of Cilium');
  return [protocolNumbers[name]];
}

/** A name of a port is a service name (RFC 6335 5.1); the case of its letters does not count. */
function namedPort(text: string, path: Path, name: string, protocols: readonly number[]): ConnectionMatch {
  if (!/^[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*$/.test(text))
    throw new FieldFault(path, 'is not a number or name of a port');
  const [only] = protocols;
  return {
    fixed: noConnections,
    named: [{ name: text.toLowerCase(), protocol: name === 'ANY' ? undefined : only }],
  };
}

/** Ports of a text; undefined for port 0, which is every port. */
function rangeOf(text: string, end: number | undefined, path: Path): Interval | undefined {
  const first = Number(text);
  if (!/^\d{1,5}$/.test(text) || first > 65_535)
    throw new FieldFault([...path, 'port'], 'is not between 0 and 65535');
  if (end !== undefined && (end < 0 || end > 65_535))
    throw new FieldFault([...path, 'endPort'], 'is not between 0 and 65535');
  if (first === 0) return undefined;
  const last = end === undefined || end === 0 ? first : end;
  if (last < first) throw new FieldFault([...path, 'endPort'], 'is below the port');
  return [first, last];
}
