import { isObject, type JsonObject, type JsonValue, type Path, valueAt } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';

/** The mapping at a path of a value; undefined when there is none. */
export function mappingAt(value: JsonValue | undefined, path: Path): JsonObject | undefined {
  const found = valueAt(value, path);
  return isObject(found) ? found : undefined;
}

/** The list at a path of a value; empty when there is none. */
export function listAt(value: JsonValue | undefined, path: Path): readonly JsonValue[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? found : [];
}

/** The mappings of the list at a path of a value, with their index; empty when there is none. */
export function mappingsAt(
  value: JsonValue | undefined,
  path: Path,
): { readonly item: JsonObject; readonly index: number }[] {
  return listAt(value, path).flatMap((item, index) => (isObject(item) ? [{ item, index }] : []));
}

/** The texts of the list at a path of a value; empty when there is none. */
export function textsAt(value: JsonValue | undefined, path: Path): readonly string[] {
  return listAt(value, path).filter((item) => typeof item === 'string');
}

/** The text at a path of a value; undefined when there is none, and for empty text. */
export function textAt(value: JsonValue | undefined, path: Path): string | undefined {
  const found = valueAt(value, path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** A scalar as text, so that `80` and `"80"` are compared as one; undefined for mappings, lists and null. */
export function scalarText(value: JsonValue | undefined): string | undefined {
  return value === null || typeof value === 'object' || value === undefined ? undefined : String(value);
}

/** The integer at a path of a value, from whatever of the two number types it was read into. */
export function integerAt(value: JsonValue | undefined, path: Path): number | undefined {
  const found = valueAt(value, path);
  if (typeof found === 'bigint') return Number(found);
  return typeof found === 'number' && Number.isInteger(found) ? found : undefined;
}

/** The first of several paths that exists in a value, else the last. */
export function firstExisting(value: JsonValue, ...paths: readonly Path[]): Path {
  return paths.find((path) => valueAt(value, path) !== undefined) ?? paths.at(-1) ?? [];
}

/** `Kind "name"`, as messages name an object. */
export function titleOf({ kind, name }: Resource): string {
  return `${kind} "${name}"`;
}
