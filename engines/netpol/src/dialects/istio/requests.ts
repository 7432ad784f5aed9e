import type { JsonObject, JsonValue, Path } from '@keelson/core';
import {
  allConnections,
  type Connections,
  type Interval,
  noConnections,
  protocolNumbers,
  type RequestMatch,
  requestParts,
  type SetId,
} from '../../sets/connections.ts';
import { FieldFault } from '../fields.ts';
import type { IstioContext } from './context.ts';
import { negated } from './sources.ts';
import { patternsAt, textsAt } from './values.ts';

/** Connections that a rule asks for, and whether it asks for something of requests, which not every proxy sees. */
export interface Asked {
  connections: SetId;
  ofRequests: boolean;
}

export const operationFields: readonly string[] = ['ports', ...requestParts].flatMap((field) => [
  field,
  negated(field),
]);

/** What an operation asks for: all of its fields at once. */
export function operationAsked(operation: JsonObject, path: Path, context: IstioContext): Asked {
  const { connections } = context;
  const ports = portsAsked(operation, ['ports', 'notPorts'], path, connections);
  let requests: SetId = allConnections;
  for (const part of requestParts) {
    const read = (field: string) => requestsLike(part, operation[field], [...path, field], context);
    const wanted = read(part);
    const unwanted = read(negated(part));
    if (wanted !== undefined) requests = connections.intersection(requests, wanted);
    if (unwanted !== undefined) requests = connections.difference(requests, unwanted);
  }
  if (requests === noConnections)
    context.warn(path, 'asks for requests that there are not: it matches nothing');
  return { connections: connections.intersection(ports, requests), ofRequests: requests !== allConnections };
}

/** Methods of HTTP (RFC 9110 9.3, RFC 5789). */
const knownMethods: readonly string[] = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
];

function requestsLike(
  part: keyof RequestMatch,
  value: JsonValue | undefined,
  path: Path,
  context: IstioContext,
): SetId | undefined {
  const patterns = part === 'paths' ? pathsAt(value, path) : patternsAt(value, path);
  if (patterns === undefined) return undefined;
  if (part === 'methods') warnOfMethods(patterns, path, context);
  const texts = patterns.map((each) =>
    part === 'hosts' ? { ...each, text: each.text.toLowerCase() } : each,
  );
  return context.connections.ofRequests({ [part]: texts });
}

/** Paths may be templates, which are understood no further. */
function pathsAt(value: JsonValue | undefined, path: Path) {
  const texts = textsAt(value, path);
  if (texts?.some((text) => text.includes('{*')) !== true) return patternsAt(value, path);
  return texts.map((text) => ({ type: 'opaque' as const, text }));
}

function warnOfMethods(
  patterns: readonly { type: string; text: string }[],
  path: Path,
  context: IstioContext,
): void {
  patterns.forEach(({ type, text }, i) => {
    if (type === 'exact' && !knownMethods.includes(text))
      context.warn([...path, i], `asks for the method ${text}, which is none of HTTP`);
  });
}

/** Connections of TCP to ports, and not to others. */
export function portsAsked(
  value: JsonObject,
  [wanted, unwanted]: readonly [string, string],
  path: Path,
  connections: Connections,
): SetId {
  const { TCP } = protocolNumbers;
  const some = portsAt(value[wanted], [...path, wanted]);
  const others = portsAt(value[unwanted], [...path, unwanted]) ?? [];
  return connections.difference(connections.of([TCP], some), connections.of([TCP], others));
}

function portsAt(value: JsonValue | undefined, path: Path): Interval[] | undefined {
  return textsAt(value, path)?.map((text, i) => {
    const port = Number(text);
    if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535)
      throw new FieldFault([...path, i], 'is not between 1 and 65535');
    return [port, port];
  });
}

/** What conditions may ask for beside peers (Istio, "Authorization Policy Conditions"); some go on with what is asked. */
const attributes: ReadonlySet<string> = new Set([
  'request.auth.principal',
  'request.auth.audiences',
  'request.auth.presenter',
  'remote.ip',
  'destination.ip',
  'destination.port',
  'connection.sni',
]);
const attributePrefixes: readonly string[] = [
  'request.headers',
  'request.auth.claims',
  'experimental.envoy.filters.',
];

/**
 * Conditions on connections and requests; those on peers are read elsewhere.
 * @throws FieldFault
 */
export function conditionAsked(condition: JsonObject, path: Path, { connections }: IstioContext): Asked {
  const key = String(condition['key']);
  if (!attributes.has(key) && !attributePrefixes.some((prefix) => key.startsWith(prefix)))
    throw new FieldFault([...path, 'key'], 'is not an attribute of Istio');
  if (key === 'destination.port')
    return {
      connections: portsAsked(condition, ['values', 'notValues'], path, connections),
      ofRequests: false,
    };
  const wanted = textsAt(condition['values'], [...path, 'values']) ?? [];
  const unwanted = textsAt(condition['notValues'], [...path, 'notValues']) ?? [];
  const text = [
    ...(wanted.length === 0 ? [] : [`${key} is ${wanted.join(' or ')}`]),
    ...(unwanted.length === 0 ? [] : [`${key} is not ${unwanted.join(' or ')}`]),
  ].join(' and ');
  const isOfConnection = key === 'destination.ip' || key === 'connection.sni';
  return { connections: opaqueRequests(text, connections), ofRequests: !isOfConnection };
}

/** Requests that something tells which is not understood further: what is written alike means the same. */
export function opaqueRequests(text: string, connections: Connections): SetId {
  return connections.ofRequests({ paths: [{ type: 'opaque', text }] });
}
