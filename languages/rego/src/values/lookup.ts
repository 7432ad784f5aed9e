import { toInt64 } from './number.ts';
import type { Entry } from './object.ts';
import { RegoObject } from './object.ts';
import { emptySet, RegoSet, setOf } from './set.ts';
import { compareStrings, sortStrings } from './sort.ts';
import {
  isArray,
  isNumber,
  isObjectValue,
  type ObjectValue,
  type PlainObject,
  type RegoValue,
} from './value.ts';

/**
 * The value of a key, or undefined. Names that a prototype has are never seen: no value of Rego is a
 * function, so a function that was found is inherited, and `__proto__` is asked for apart.
 */
export function getKey(object: ObjectValue, key: RegoValue): RegoValue | undefined {
  if (object instanceof RegoObject) return object.get(key);
  return typeof key === 'string' ? getMember(object, key) : undefined;
}

/** As `getKey` for an object from JSON. */
export function getMember(object: PlainObject, key: string): RegoValue | undefined {
  if (key === '__proto__') return Object.hasOwn(object, key) ? object[key] : undefined;
  const value = object[key];
  return typeof value === 'function' ? undefined : value;
}

export function hasKey(object: ObjectValue, key: RegoValue): boolean {
  return getKey(object, key) !== undefined;
}

/**
 * What a reference's step leads to, as `value[key]` has it: a member of an object, the item of an array by
 * a whole number, the member of a set that equals the key. Undefined for all else.
 */
export function lookUp(value: RegoValue | undefined, key: RegoValue): RegoValue | undefined {
  if (isArray(value)) return typeof key === 'number' ? value[key] : itemByNumber(value, key);
  if (value instanceof RegoSet) return value.get(key);
  return isObjectValue(value) ? getKey(value, key) : undefined;
}

/** An index counts where its text is that of an int: `1.0` does, `1e0` does not. */
function itemByNumber(items: readonly RegoValue[], key: RegoValue): RegoValue | undefined {
  const index = isNumber(key) ? toInt64(key) : undefined;
  return index === undefined ? undefined : items[Number(index)];
}

/** The number of items, members or entries. */
export function sizeOf(value: readonly RegoValue[] | ObjectValue | RegoSet): number {
  if (isArray(value)) return value.length;
  if (value instanceof RegoSet || value instanceof RegoObject) return value.size;
  return Object.keys(value).length;
}

/** The keys in no order that means anything. */
export function keysOf(object: ObjectValue): Iterable<RegoValue> {
  return object instanceof RegoObject ? mapKeys(object) : Object.keys(object);
}

function* mapKeys(object: RegoObject): Generator<RegoValue> {
  for (const [key] of object.entries()) yield key;
}

/** The entries in no order that means anything. */
export function entriesOf(object: ObjectValue): Iterable<Entry> {
  return object instanceof RegoObject ? object.entries() : Object.entries(object);
}

// Sorting pays off a second time for objects of some size, which are mostly parts of the base document.
const sortedKeys = new WeakMap<PlainObject, readonly string[]>();
const worthKeeping = 8;

/** The keys of an object from JSON in Rego's order. */
export function memberNamesSorted(object: PlainObject): readonly string[] {
  const known = sortedKeys.get(object);
  if (known !== undefined) return known;
  const keys = Object.keys(object);
  if (areSorted(keys)) return keys;
  sortStrings(keys);
  if (keys.length >= worthKeeping) sortedKeys.set(object, keys);
  return keys;
}

function areSorted(keys: readonly string[]): boolean {
  for (let i = 1; i < keys.length; i++)
    if (compareStrings(keys[i - 1] ?? '', keys[i] ?? '') > 0) return false;
  return true;
}

export function keysSorted(object: ObjectValue): readonly RegoValue[] {
  return object instanceof RegoObject ? object.sorted().map(([key]) => key) : memberNamesSorted(object);
}

/** The entries in the order of their keys; none for a value that is no object. */
export function entriesSorted(value: RegoValue): readonly Entry[] {
  if (value instanceof RegoObject) return value.sorted();
  if (!isObjectValue(value)) return [];
  const entries: Entry[] = [];
  for (const key of memberNamesSorted(value)) entries.push([key, value[key] ?? null]);
  return entries;
}

/** The keys as a set. */
export function keySet(object: ObjectValue): RegoSet {
  return sizeOf(object) === 0 ? emptySet : setOf(keysOf(object));
}
