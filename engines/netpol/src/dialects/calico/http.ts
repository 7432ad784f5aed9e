import type { JsonValue, Path } from '@keelson/core';
import { type Connections, protocolNumbers, type SetId, type TextPattern } from '../../sets/connections.ts';
import { FieldFault, listAt, mappingAt, mappingsAt, onlyFields, textAt } from '../fields.ts';

/**
 * The requests of an HTTPMatch: those with one of its methods and one of its paths.
 * @throws FieldFault
 */
export function httpRequests(
  value: JsonValue | undefined,
  path: Path,
  connections: Connections,
): SetId | undefined {
  const match = mappingAt(value, path);
  if (match === undefined) return undefined;
  onlyFields(match, ['methods', 'paths'], path);
  const methods = (listAt(match['methods'], [...path, 'methods']) ?? []).map(
    (each, i): TextPattern => ({ type: 'exact', text: textAt(each, [...path, 'methods', i]) ?? '' }),
  );
  const paths = (mappingsAt(match['paths'], [...path, 'paths']) ?? []).map((each) =>
    pathPattern(each.value, each.path),
  );
  const isAnyMethod = methods.length === 0 || methods.some(({ text }) => text === '*');
  const requests = connections.ofRequests({
    ...(isAnyMethod ? {} : { methods }),
    ...(paths.length === 0 ? {} : { paths }),
  });
  return connections.intersection(connections.of([protocolNumbers.TCP]), requests);
}

function pathPattern(value: { [field: string]: JsonValue }, path: Path): TextPattern {
  onlyFields(value, ['exact', 'prefix'], path);
  const exact = textAt(value['exact'], [...path, 'exact']);
  const prefix = textAt(value['prefix'], [...path, 'prefix']);
  if ((exact === undefined) === (prefix === undefined))
    throw new FieldFault(path, 'needs one of exact and prefix');
  return exact === undefined ? { type: 'prefix', text: prefix ?? '' } : { type: 'exact', text: exact };
}
