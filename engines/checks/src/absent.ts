import { createObject, isObject, type JsonObject, type JsonValue } from '@keelson/core';

/**
 * The object without keys whose value is null, which the API server reads as not written. Null items of lists
 * stay, so that indices keep their meaning. Gives the very same object when there is nothing to leave out.
 */
export function withoutNulls(object: JsonObject): JsonObject {
  let out: JsonObject | undefined;
  const keys = Object.keys(object);
  for (const [i, key] of keys.entries()) {
    const value = object[key] ?? null;
    const kept = value === null ? undefined : strip(value);
    if (kept === value) {
      if (out !== undefined) out[key] = value;
      continue;
    }
    out ??= copyOf(object, keys.slice(0, i));
    if (kept !== undefined) out[key] = kept;
  }
  return out ?? object;
}

function strip(value: JsonValue): JsonValue {
  if (isObject(value)) return withoutNulls(value);
  if (!Array.isArray(value)) return value;
  const items = value.map(strip);
  return items.every((item, i) => item === value[i]) ? value : items;
}

function copyOf(object: JsonObject, keys: readonly string[]): JsonObject {
  const out = createObject();
  for (const key of keys) out[key] = object[key] ?? null;
  return out;
}
