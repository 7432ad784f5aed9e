import { createObject, isObject, type JsonObject, type JsonValue } from '@keelson/core';

/**
 * The object without keys whose value is null, which the API server reads as not written. Null items of lists
 * stay, so that indices keep their meaning. Gives the very same object when there is nothing to leave out.
 */
export function withoutNulls(object: JsonObject): JsonObject {
  let out: JsonObject | undefined;
  const keys = Object.keys(object);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] ?? '';
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
  let out: JsonValue[] | undefined;
  for (let i = 0; i < value.length; i++) {
    const item = value[i] ?? null;
    const kept = strip(item);
    if (kept === item) continue;
    out ??= [...value];
    out[i] = kept;
  }
  return out ?? value;
}

function copyOf(object: JsonObject, keys: readonly string[]): JsonObject {
  const out = createObject();
  for (const key of keys) out[key] = object[key] ?? null;
  return out;
}
