import { createObject, isObject, type JsonObject, type JsonValue, valueAt } from '@keelson/core';
import { BigNumber, type JsonResult, numberFromText, type RegoValue } from '@keelson/rego';

/** The object at a path; an empty one where there is none. */
export function objectAt(value: JsonValue | undefined, ...path: (string | number)[]): JsonObject {
  const found = valueAt(value, path);
  return isObject(found) ? found : createObject();
}

/** The items of a list; none where there is no list. */
export function itemsAt(value: JsonValue | undefined, ...path: (string | number)[]): readonly JsonValue[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? found : [];
}

/** The objects of a list. */
export function objectsAt(value: JsonValue | undefined, ...path: (string | number)[]): readonly JsonObject[] {
  return itemsAt(value, ...path).filter(isObject);
}

/** The texts of a list. */
export function textsAt(value: JsonValue | undefined, ...path: (string | number)[]): readonly string[] {
  return itemsAt(value, ...path).filter((item) => typeof item === 'string');
}

/** The text at a path; empty where there is none. */
export function textAt(value: JsonValue | undefined, ...path: (string | number)[]): string {
  const found = valueAt(value, path);
  return typeof found === 'string' ? found : '';
}

/** A value that was read as Rego sees it: the very same where nothing in it must be changed. */
export function toRego(value: JsonValue): RegoValue {
  return isRegoValue(value) ? value : convert(value);
}

/** True for what has neither big integers nor numbers that JSON does not know. */
function isRegoValue(value: JsonValue): value is JsonValue & RegoValue {
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isRegoValue);
  if (!isObject(value)) return typeof value !== 'bigint';
  for (const key of Object.keys(value)) if (!isRegoValue(value[key] ?? null)) return false;
  return true;
}

function convert(value: JsonValue): RegoValue {
  if (typeof value === 'bigint') return numberFromText(String(value));
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(toRego);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.keys(value).map((key) => [key, toRego(value[key] ?? null)]));
}

/** A result of Rego as JSON of ours: big numbers as integers where they are, else as the nearest number. */
export function fromRego(value: JsonResult): JsonValue {
  if (value instanceof BigNumber)
    return /^-?[0-9]+$/.test(value.text) ? BigInt(value.text) : Number(value.text);
  if (typeof value !== 'object' || value === null) return value;
  const out = createObject();
  if (isList(value)) return value.map(fromRego);
  for (const [key, item] of Object.entries(value)) out[key] = fromRego(item);
  return out;
}

function isList(value: JsonResult): value is readonly JsonResult[] {
  return Array.isArray(value);
}
