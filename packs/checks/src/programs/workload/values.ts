import { isObject, type JsonObject, type JsonValue, type Path, valueAt } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';

/** The mapping at a path of an object; undefined when there is none. */
export function mappingAt(object: JsonObject, path: Path): JsonObject | undefined {
  const value = valueAt(object, path);
  return isObject(value) ? value : undefined;
}

/** The sequence at a path of an object; empty when there is none. */
export function listAt(object: JsonObject, path: Path): readonly JsonValue[] {
  const value = valueAt(object, path);
  return Array.isArray(value) ? value : [];
}

/** The text at a path of an object; undefined for other values. */
export function textAt(object: JsonObject, path: Path): string | undefined {
  const value = valueAt(object, path);
  return typeof value === 'string' ? value : undefined;
}

/** An integer at a path, from whatever of the two number types it was read into. */
export function integerAt(object: JsonObject, path: Path): number | undefined {
  const value = valueAt(object, path);
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}

/** True for an object that was read from a cluster: the API server has given it an identity. */
export function isLive(resource: Resource): boolean {
  return textAt(resource.object, ['metadata', 'uid']) !== undefined;
}

/** The first of the paths that exists, else the last. */
export function firstExisting(object: JsonObject, ...paths: readonly Path[]): Path {
  return paths.find((path) => valueAt(object, path) !== undefined) ?? paths.at(-1) ?? [];
}
