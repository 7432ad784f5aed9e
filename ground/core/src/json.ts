import type { Path, PathStep } from './position.ts';

/**
 * JSON values as every reader of keelson yields them.
 *
 * Integers inside ±(2^53−1) are `number`; integers outside, up to int64 and uint64, are `bigint`, so that
 * no identifier, size or revision is rounded. Everything else with a fraction or an exponent is `number`.
 */
export type JsonValue = string | number | bigint | boolean | null | JsonValue[] | JsonObject;

/**
 * An object read from input. It has no prototype members: `object.constructor`, `object.__proto__` and the
 * like are absent unless the input wrote them, and writing them pollutes nothing. V8 keeps such objects in
 * fast mode, which `Object.create(null)` would not.
 */
export interface JsonObject {
  [key: string]: JsonValue;
}

// A declared function: an arrow cannot be constructed, and a linter would make one of a function expression.
function EmptyObject(): void {}
const Bare = EmptyObject as unknown as { new (): JsonObject; prototype: object };
Bare.prototype = Object.freeze(Object.create(null));

/** A new empty object without prototype members. */
export function createObject(): JsonObject {
  return new Bare();
}

/** A bare object with the entries given, for tests and for fixed values. */
export function objectOf(entries: Iterable<readonly [string, JsonValue]>): JsonObject {
  const out = createObject();
  for (const [key, value] of entries) out[key] = value;
  return out;
}

/** True for a JSON object: not null, not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The item of a list at an index, or the own property of an object by its key; undefined for all else. */
export function childOf(value: JsonValue | undefined, step: PathStep): JsonValue | undefined {
  if (Array.isArray(value)) return typeof step === 'number' ? value[step] : undefined;
  return typeof step === 'string' && isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

/** The value at `path`, or undefined where a step is missing. Own properties only. */
export function valueAt(value: JsonValue | undefined, path: Path): JsonValue | undefined {
  return path.reduce(childOf, value);
}

/** Deep copy into bare objects and fresh arrays. */
export function cloneJson<T extends JsonValue>(value: T): T {
  return copy(value) as T;
}

function copy(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(copy);
  if (!isObject(value)) return value;
  const out = createObject();
  for (const key of Object.keys(value)) out[key] = copy(value[key] ?? null);
  return out;
}

/** Deep equality of JSON values; `1` and `1n` are equal, the order of keys is not looked at. */
export function equalJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (typeof a === 'bigint') return typeof b === 'number' && Number.isInteger(b) && BigInt(b) === a;
  if (typeof b === 'bigint') return equalJson(b, a);
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => equalJson(item, b[i]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equalJson(a[key], b[key]))
  );
}

/**
 * JSON text of a value with exact integers, on lines of their own, `indent` columns a level, when that is given.
 * Keys keep their order unless `sortKeys`, which sorts them by UTF-16 code units. A number that is not finite
 * becomes null, as for `JSON.stringify`.
 */
export function stringifyJson(
  value: JsonValue,
  options: { indent?: number; sortKeys?: boolean } = {},
): string {
  return write(value, options.indent ?? 0, options.sortKeys ?? false, '');
}

function write(value: JsonValue, indent: number, sortKeys: boolean, margin: string): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && !Number.isFinite(value)) return 'null';
  if (!Array.isArray(value) && !isObject(value)) return JSON.stringify(value);
  const inner = indent === 0 ? '' : margin + ' '.repeat(indent);
  const [open, items, close] = Array.isArray(value)
    ? ['[', value.map((item) => write(item, indent, sortKeys, inner)), ']']
    : ['{', writeEntries(value, indent, sortKeys, inner), '}'];
  if (items.length === 0) return open + close;
  if (indent === 0) return open + items.join(',') + close;
  return `${open}\n${inner}${items.join(`,\n${inner}`)}\n${margin}${close}`;
}

function writeEntries(object: JsonObject, indent: number, sortKeys: boolean, inner: string): string[] {
  const keys = Object.keys(object);
  if (sortKeys) keys.sort();
  const colon = indent === 0 ? ':' : ': ';
  return keys.map((key) => JSON.stringify(key) + colon + write(object[key] ?? null, indent, sortKeys, inner));
}
