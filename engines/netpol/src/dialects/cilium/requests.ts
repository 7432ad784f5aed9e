import { type JsonObject, type JsonValue, type Path, stringifyJson } from '@keelson/core';
import { type Connections, noConnections, type SetId, type TextPattern } from '../../sets/connections.ts';
import { FieldFault, listAt, mappingAt, mappingsAt, onlyFields, textAt } from '../fields.ts';
import { regularPattern } from '../text-patterns.ts';
import { hostName } from './peers.ts';

/** What `rules` of a port let through. */
export interface RequestRules {
  type: 'http' | 'kafka' | 'dns' | 'l7';
  /** Undefined where they let everything through. */
  requests: SetId | undefined;
}

/**
 * `rules` beside ports: what of a connection's requests is let through. All others are refused.
 * @throws FieldFault
 */
export function requestRules(
  value: JsonValue | undefined,
  path: Path,
  connections: Connections,
): RequestRules | undefined {
  const rules = mappingAt(value, path);
  if (rules === undefined) return undefined;
  onlyFields(rules, ['http', 'kafka', 'dns', 'l7proto', 'l7'], path);
  const { l7proto, l7, ...others } = rules;
  const given = Object.keys(others).filter((type) => others[type] !== null);
  const custom = textAt(l7proto, [...path, 'l7proto']) ?? '';
  if (custom === '' && l7 !== undefined) throw new FieldFault([...path, 'l7'], 'needs l7proto');
  if (given.length + (custom === '' ? 0 : 1) > 1)
    throw new FieldFault(path, 'speaks of more than one protocol');
  if (custom !== '')
    return { type: 'l7', requests: opaque([{ l7proto: custom, l7: l7 ?? [] }], connections) };
  const [type] = given;
  if (type !== 'http' && type !== 'kafka' && type !== 'dns') return undefined;
  const items = mappingsAt(rules[type], [...path, type]) ?? [];
  if (type === 'kafka')
    return {
      type,
      requests: opaque(
        items.map(({ value: item }) => item),
        connections,
      ),
    };
  const read = type === 'http' ? httpRequests : dnsRequests;
  const sets = items.map((item) => read(item.value, item.path, connections));
  if (sets.length === 0 || sets.includes(undefined)) return { type, requests: undefined };
  return { type, requests: unionOf(sets, connections) };
}

function unionOf(sets: readonly (SetId | undefined)[], connections: Connections): SetId {
  return sets.reduce<SetId>((all, one) => connections.union(all, one ?? noConnections), noConnections);
}

/** Rules that are not understood further: what is written alike lets the same through. */
function opaque(items: readonly JsonObject[], connections: Connections): SetId | undefined {
  if (items.length === 0) return undefined;
  return connections.ofRequests({
    paths: items.map((item) => ({ type: 'opaque', text: stringifyJson(item) })),
  });
}

function httpRequests(item: JsonObject, path: Path, connections: Connections): SetId | undefined {
  onlyFields(item, ['method', 'path', 'host', 'headers', 'headerMatches'], path);
  const { headers = [], headerMatches = [] } = item;
  const withHeaders =
    (listAt(headers, [...path, 'headers']) ?? []).length +
    (mappingsAt(headerMatches, [...path, 'headerMatches']) ?? []).length;
  if (withHeaders > 0) return opaque([item], connections);
  const [methods, paths, hosts] = (['method', 'path', 'host'] as const).map((field) => {
    const text = textAt(item[field], [...path, field]) ?? '';
    return text === '' ? undefined : [regularPattern(text)];
  });
  if (methods === undefined && paths === undefined && hosts === undefined) return undefined;
  return connections.ofRequests({
    ...(methods === undefined ? {} : { methods }),
    ...(paths === undefined ? {} : { paths }),
    ...(hosts === undefined ? {} : { hosts }),
  });
}

function dnsRequests(item: JsonObject, path: Path, connections: Connections): SetId | undefined {
  const { name, isPattern } = hostName(item, path);
  if (name === '*' || name === '**') return undefined;
  const isOpaque = isPattern && name.includes('*');
  return connections.ofRequests({ hosts: [{ type: isOpaque ? 'opaque' : 'exact', text: name }] });
}

/** Names of `serverNames`, which a client of TLS has to ask for; undefined where there are none. */
export function serverNames(
  value: JsonValue | undefined,
  path: Path,
  connections: Connections,
): SetId | undefined {
  const names = (listAt(value, path) ?? []).map((each, i) => {
    const name = textAt(each, [...path, i]) ?? '';
    if (name === '') throw new FieldFault([...path, i], 'is empty');
    return name.toLowerCase();
  });
  if (names.length === 0 || names.includes('*') || names.includes('**')) return undefined;
  const hosts = names.map((text): TextPattern => ({ type: text.includes('*') ? 'opaque' : 'exact', text }));
  return connections.ofRequests({ hosts });
}
