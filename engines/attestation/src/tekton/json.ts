import { createObject, isObject, type JsonObject, type JsonValue, stringifyJson } from '@keelson/core';

/** An object of the members that are there: not undefined. */
export function present(members: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const object = createObject();
  for (const [name, value] of Object.entries(members)) if (value !== undefined) object[name] = value;
  return object;
}

/** Undefined for what Go's `omitempty` leaves out: an empty text, list or map. */
export function filled(
  value: string | readonly JsonValue[] | ReadonlyMap<string, string>,
): JsonValue | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if ('size' in value) return value.size === 0 ? undefined : present(Object.fromEntries(value));
  return value.length === 0 ? undefined : [...value];
}

/** JSON as Go's encoding/json writes a map: sorted keys, and the signs of HTML escaped. Tekton Chains keeps such text in provenance. */
export function goJson(value: JsonValue): string {
  return stringifyJson(sorted(value)).replaceAll(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const out = createObject();
  for (const key of Object.keys(value).sort()) out[key] = sorted(value[key] ?? null);
  return out;
}
