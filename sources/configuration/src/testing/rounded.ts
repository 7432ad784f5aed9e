import { isObject, type JsonValue } from '@keelson/core';

/** Numbers as doubles have them, and objects as JSON.parse makes them. */
export function rounded(value: JsonValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(rounded);
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rounded(item)]))
    : value;
}
