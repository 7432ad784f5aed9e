import { isObject, type JsonObject, type JsonValue, type Path } from '@keelson/core';
import { splitApiVersion } from './gvk.ts';
import type { Resource, ResourceOrigin } from './resource.ts';

/** Why a part of a document did not become a resource. */
export interface ResourceProblem {
  /**
   * `not-an-object`: no `apiVersion` and `kind` strings, so nothing that Kubernetes would take (often a values
   * file or a tool's configuration); this is no error. `invalid-list`: a list whose `items` is not a sequence.
   */
  readonly code: 'not-an-object' | 'invalid-list';
  /** Path inside the document that was given. */
  readonly path: Path;
  readonly reason: string;
}

/** What a document holds. */
export interface ResourcesResult {
  readonly resources: Resource[];
  readonly problems: ResourceProblem[];
}

/** Lists inside lists deeper than this are refused: the API server reads one level. */
const maxListDepth = 8;

/**
 * The Kubernetes objects of one document. A `List`, and any `…List` that has `items`, is taken apart; items of
 * a typed list may leave out `apiVersion` and `kind`, as the API server does (API conventions, "Lists").
 */
export function resourcesOf(value: JsonValue, origin: ResourceOrigin): ResourcesResult {
  const result: ResourcesResult = { resources: [], problems: [] };
  collect(value, origin, [], undefined, result, 0);
  return result;
}

interface TypeMeta {
  readonly apiVersion: string;
  readonly kind: string;
}

function collect(
  value: JsonValue,
  origin: ResourceOrigin,
  path: Path,
  implied: TypeMeta | undefined,
  result: ResourcesResult,
  depth: number,
): void {
  // An empty document is nothing at all, as for kubectl.
  if (value === null && path.length === 0) return;
  if (!isObject(value)) {
    result.problems.push({ code: 'not-an-object', path, reason: 'not a mapping' });
    return;
  }
  const type = typeMetaOf(value, implied);
  if (typeof type === 'string') {
    result.problems.push({ code: 'not-an-object', path, reason: type });
    return;
  }
  if (!isList(value, type)) {
    result.resources.push(makeResource(value, type, path.length === 0 ? origin : itemOrigin(origin, path)));
    return;
  }
  const items = value['items'] ?? [];
  if (!Array.isArray(items) || depth >= maxListDepth) {
    const reason = Array.isArray(items)
      ? `lists nested deeper than ${maxListDepth}`
      : 'items is not a sequence';
    result.problems.push({ code: 'invalid-list', path: [...path, 'items'], reason });
    return;
  }
  const itemType =
    type.kind === 'List' ? undefined : { apiVersion: type.apiVersion, kind: type.kind.slice(0, -4) };
  for (let i = 0; i < items.length; i++) {
    collect(items[i] ?? null, origin, [...path, 'items', i], itemType, result, depth + 1);
  }
}

function typeMetaOf(object: JsonObject, implied: TypeMeta | undefined): TypeMeta | string {
  const apiVersion = object['apiVersion'] ?? implied?.apiVersion;
  const kind = object['kind'] ?? implied?.kind;
  if (typeof apiVersion !== 'string' || apiVersion === '') return faultOf('apiVersion', apiVersion);
  if (typeof kind !== 'string' || kind === '') return faultOf('kind', kind);
  return { apiVersion, kind };
}

function faultOf(field: string, value: JsonValue | undefined): string {
  if (value === undefined || value === null) return `${field} is missing`;
  return value === '' ? `${field} is empty` : `${field} is not a string`;
}

function isList(object: JsonObject, type: TypeMeta): boolean {
  if (type.kind === 'List') return type.apiVersion === 'v1' || Object.hasOwn(object, 'items');
  return type.kind.endsWith('List') && Array.isArray(object['items']);
}

function makeResource(object: JsonObject, type: TypeMeta, origin: ResourceOrigin): Resource {
  const { group, version } = splitApiVersion(type.apiVersion);
  const metadata = object['metadata'];
  const written = isObject(metadata) ? metadata : undefined;
  const name = written?.['name'];
  const namespace = written?.['namespace'];
  // One literal, always with the same keys in the same order: engines read these fields millions of times.
  return {
    object,
    apiVersion: type.apiVersion,
    group,
    version,
    kind: type.kind,
    name: typeof name === 'string' ? name : '',
    namespace: typeof namespace === 'string' && namespace !== '' ? namespace : undefined,
    origin,
  };
}

/** Origin of an item of a list: paths get the way to the item put before them. */
function itemOrigin(list: ResourceOrigin, prefix: Path): ResourceOrigin {
  const source = list.source;
  const doubled = (list.doubled ?? [])
    .filter((path) => prefix.every((step, i) => step === path[i]))
    .map((path) => path.slice(prefix.length));
  return {
    file: list.file,
    ...(list.renderedBy === undefined ? {} : { renderedBy: list.renderedBy }),
    ...(source === undefined ? {} : { source: { ...source, prefix: [...source.prefix, ...prefix] } }),
    ...(doubled.length === 0 ? {} : { doubled }),
    locate: (path) => list.locate([...prefix, ...path]),
  };
}
