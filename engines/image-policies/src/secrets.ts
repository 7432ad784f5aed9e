import { decodeBase64, isObject, type JsonObject } from '@keelson/core';

/** The entries of a Secret, which are in base64 under `data` and plain under `stringData`; one that is no base64 is empty. */
export function secretEntries(secret: JsonObject): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  const { data, stringData } = secret;
  for (const [name, value] of Object.entries(isObject(data) ? data : {}))
    entries.set(
      name,
      typeof value === 'string' ? Buffer.from(decodeBase64(value, 'any') ?? []).toString('utf8') : '',
    );
  for (const [name, value] of Object.entries(isObject(stringData) ? stringData : {}))
    entries.set(name, typeof value === 'string' ? value : '');
  return entries;
}
