import { isObject, type JsonObject, type JsonValue } from '@keelson/core';

/** Fields of objects that are not judged here: what is of another type is as good as absent. */
export function mapping(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

export function mappings(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter((each) => isObject(each)) : [];
}

export function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
