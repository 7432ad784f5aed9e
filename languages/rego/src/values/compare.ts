import { BigNumber } from './big-number.ts';
import { entriesOf, getKey, getMember, keysSorted, sizeOf } from './lookup.ts';
import { compareNumbers } from './number.ts';
import { RegoObject } from './object.ts';
import { RegoSet } from './set.ts';
import { compareStrings } from './sort.ts';
import { isArray, isNumber, isObjectValue, type ObjectValue, type RegoValue } from './value.ts';

/** OPA's total order: null < false < true < number < string < array < object < set. -1, 0 or 1. */
export function compare(a: RegoValue, b: RegoValue): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0;
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank < 0 ? -1 : 1;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  if (isArray(a) && isArray(b)) return compareLists(a, b);
  if (a instanceof RegoSet && b instanceof RegoSet) return compareLists(a.sorted(), b.sorted());
  if (isObjectValue(a) && isObjectValue(b)) return compareObjects(a, b);
  return 0;
}

function rankOf(value: RegoValue): number {
  switch (typeof value) {
    case 'boolean':
      return 1;
    case 'number':
      return 2;
    case 'string':
      return 3;
  }
  if (value === null) return 0;
  if (Array.isArray(value)) return 4;
  if (value instanceof RegoSet) return 6;
  return value instanceof BigNumber ? 2 : 5;
}

function compareLists(a: readonly RegoValue[], b: readonly RegoValue[]): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compare(a[i] ?? null, b[i] ?? null);
    if (order !== 0) return order;
  }
  return Math.sign(a.length - b.length);
}

function compareObjects(a: ObjectValue, b: ObjectValue): number {
  if (a === b) return 0;
  const x = keysSorted(a);
  const y = keysSorted(b);
  const length = Math.min(x.length, y.length);
  for (let i = 0; i < length; i++) {
    const xKey = x[i] ?? null;
    const yKey = y[i] ?? null;
    const order = compare(xKey, yKey) || compare(getKey(a, xKey) ?? null, getKey(b, yKey) ?? null);
    if (order !== 0) return order;
  }
  return Math.sign(x.length - y.length);
}

/** Equality of values, numbers by value. Cheaper than `compare(a, b) === 0`. */
export function equals(a: RegoValue, b: RegoValue): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return isNumber(a) && isNumber(b) && compareNumbers(a, b) === 0;
  }
  if (isArray(a))
    return isArray(b) && a.length === b.length && a.every((item, i) => equals(item, b[i] ?? null));
  if (isArray(b)) return false;
  if (a instanceof RegoSet) return b instanceof RegoSet && equalSets(a, b);
  if (a instanceof BigNumber) return b instanceof BigNumber && compareNumbers(a, b) === 0;
  if (b instanceof RegoSet || b instanceof BigNumber) return false;
  return equalObjects(a, b);
}

function equalSets(a: RegoSet, b: RegoSet): boolean {
  if (a.size !== b.size) return false;
  for (const value of a.values()) if (!b.has(value)) return false;
  return true;
}

function equalObjects(a: ObjectValue, b: ObjectValue): boolean {
  if (a instanceof RegoObject || b instanceof RegoObject) return equalEntries(a, b);
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) {
    const other = getMember(b, key);
    if (other === undefined || !equals(getMember(a, key) ?? null, other)) return false;
  }
  return true;
}

function equalEntries(a: ObjectValue, b: ObjectValue): boolean {
  if (sizeOf(a) !== sizeOf(b)) return false;
  for (const [key, value] of entriesOf(a)) {
    const other = getKey(b, key);
    if (other === undefined || !equals(value, other)) return false;
  }
  return true;
}
