import {
  type Entry,
  equals,
  isObjectValue,
  lookUp,
  memberNamesSorted,
  RegoObject,
  RegoSet,
  type RegoValue,
} from '../../values/index.ts';
import { duplicateKeyError } from './failure.ts';
import type { CallSite } from './run.ts';

const none: readonly RegoValue[] = Object.freeze([]);

/**
 * The member of a value under a name, where `value.name` gave nothing: the value may be a set or an object
 * made at run time.
 */
export function member(value: RegoValue | undefined, name: string): RegoValue | undefined {
  if (value instanceof RegoObject || value instanceof RegoSet) return value.get(name);
  return undefined;
}

/** `value[key]` as a reference has it, with an undefined value allowed. */
export function at(value: RegoValue | undefined, key: RegoValue): RegoValue | undefined {
  if (Array.isArray(value) && typeof key === 'number') return value[key];
  return lookUp(value, key);
}

/** The keys of a collection; null for an array, whose keys are its indexes. */
export function keys(value: RegoValue): readonly RegoValue[] | null {
  if (Array.isArray(value)) return null;
  if (value instanceof RegoSet) return value.items();
  if (value instanceof RegoObject) return Array.from(value.entries(), ([key]) => key);
  return isObjectValue(value) ? Object.keys(value) : none;
}

/** The values of a collection, in the same order as `keys` gives. */
export function items(value: RegoValue): readonly RegoValue[] {
  if (Array.isArray(value)) return value;
  if (value instanceof RegoSet) return value.items();
  if (value instanceof RegoObject) return Array.from(value.entries(), ([, item]) => item);
  return isObjectValue(value) ? Object.values(value) : none;
}

/** As `keys`, in Rego's order. */
export function keysInOrder(value: RegoValue): readonly RegoValue[] | null {
  if (Array.isArray(value)) return null;
  if (value instanceof RegoSet) return value.sorted();
  if (value instanceof RegoObject) return value.sorted().map(([key]) => key);
  return isObjectValue(value) ? memberNamesSorted(value) : none;
}

/** As `items`, in Rego's order. */
export function itemsInOrder(value: RegoValue): readonly RegoValue[] {
  if (Array.isArray(value)) return value;
  if (value instanceof RegoSet) return value.sorted();
  if (value instanceof RegoObject) return value.sorted().map(([, item]) => item);
  return isObjectValue(value) ? memberNamesSorted(value).map((name) => value[name] ?? null) : none;
}

/** Whether `every` can go over the value. */
export function isCollection(value: RegoValue): boolean {
  return Array.isArray(value) || value instanceof RegoSet || isObjectValue(value);
}

/** The number of entries where the value is an object, else -1. */
export function objectSize(value: RegoValue): number {
  if (!isObjectValue(value)) return -1;
  return value instanceof RegoObject ? value.size : Object.keys(value).length;
}

/** Puts an entry into the object of a comprehension; a key has one value. */
export function putUnique(object: RegoObject, key: RegoValue, value: RegoValue, site: CallSite): void {
  const old = object.get(key);
  if (old === undefined) object.set(key, value);
  else if (!equals(old, value)) throw duplicateKeyError(site.at);
}

/** The object of a term; of keys that are equal at run time the last one counts. */
export function objectLiteral(entries: readonly Entry[]): RegoObject {
  const object = new RegoObject();
  for (const [key, value] of entries) object.set(key, value);
  return object;
}
