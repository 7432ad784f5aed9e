import { createObject, type JsonObject, type JsonValue } from '@keelson/core';

/** Plain data of a test as a reader would yield it: bare objects, fresh arrays. */
export function bare(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value === 'object' && value !== null) return bareObject(value);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return value;
  return typeof value === 'string' ? value : null;
}

/** As `bare`, for what is known to be a mapping. */
export function bareObject(value: object): JsonObject {
  const out = createObject();
  for (const [key, item] of Object.entries(value)) if (item !== undefined) out[key] = bare(item);
  return out;
}
