import {
  entriesOf,
  equals,
  getKey,
  isArray,
  isObjectValue,
  isSet,
  keySet,
  lookUp,
  type ObjectValue,
  objectOf,
  RegoObject,
  type RegoSet,
  type RegoValue,
  setOf,
  sizeOf,
} from '../values/index.ts';
import { type BuiltinArguments, type BuiltinContext, type BuiltinFamily, typeError } from './builtin.ts';
import { arrayOperand, checkSize, objectOperand, operand, wrongElement, wrongType } from './operands.ts';

/** The value at a key, or along a path of keys, else the default. */
function get(args: BuiltinArguments): RegoValue {
  const object = objectOperand(args, 1);
  const key = operand(args, 2);
  const fallback = operand(args, 3);
  if (!isArray(key)) return getKey(object, key) ?? fallback;
  let value: RegoValue | undefined = object;
  for (const step of key) {
    value = lookUp(value, step);
    if (value === undefined) return fallback;
  }
  return value;
}

/** Both objects in one; where both have a key, objects are merged in turn and else the second counts. */
export function merge(a: ObjectValue, b: ObjectValue): ObjectValue {
  if (sizeOf(a) === 0) return b;
  if (sizeOf(b) === 0) return a;
  const out = objectOf(entriesOf(a));
  for (const [key, value] of entriesOf(b)) {
    const old = out.get(key);
    out.set(key, isObjectValue(old) && isObjectValue(value) ? merge(old, value) : value);
  }
  return out;
}

function mergeAll(args: BuiltinArguments, context: BuiltinContext): ObjectValue {
  const objects = arrayOperand(args, 1);
  let out: ObjectValue = new RegoObject();
  for (const object of objects) {
    if (!isObjectValue(object)) throw wrongElement(1, objects, object, 'object');
    out = merge(out, object);
    checkSize(sizeOf(out), context);
  }
  return out;
}

/** The keys that an array, a set or an object names. */
function keysOperand(args: BuiltinArguments): RegoSet {
  const value = operand(args, 2);
  if (isArray(value)) return setOf(value);
  if (isSet(value)) return value;
  if (isObjectValue(value)) return keySet(value);
  throw wrongType(2, value, 'object', 'set', 'array');
}

function selectKeys(args: BuiltinArguments, wanted: boolean): RegoObject {
  const object = objectOperand(args, 1);
  const keys = keysOperand(args);
  const out = new RegoObject();
  for (const [key, value] of entriesOf(object)) if (keys.has(key) === wanted) out.set(key, value);
  return out;
}

function isSubset(args: BuiltinArguments): boolean {
  const whole = operand(args, 1);
  const part = operand(args, 2);
  if (isArray(whole) && isSet(part)) return holdsAll(whole, part);
  const found = holds(whole, part);
  if (found === undefined) {
    throw typeError('both arguments object.subset must be of the same type or array and set');
  }
  return found;
}

/** Whether one collection holds another of its type; undefined for anything else. */
function holds(whole: RegoValue, part: RegoValue): boolean | undefined {
  if (isObjectValue(whole) && isObjectValue(part)) return objectHolds(whole, part);
  if (isSet(whole) && isSet(part)) return setHolds(whole, part);
  if (isArray(whole) && isArray(part)) return arrayHolds(whole, part);
  return undefined;
}

/** Every key is there, with an equal value or a collection that holds the one wanted. */
function objectHolds(whole: ObjectValue, part: ObjectValue): boolean {
  for (const [key, wanted] of entriesOf(part)) {
    const value = getKey(whole, key);
    if (value === undefined) return false;
    if (!equals(value, wanted) && holds(value, wanted) !== true) return false;
  }
  return true;
}

function setHolds(whole: RegoSet, part: RegoSet): boolean {
  for (const value of part.values()) if (!whole.has(value)) return false;
  return true;
}

/**
 * The items of `part` stand in `whole` in a row. As in OPA the search goes on one item after the place where
 * the last attempt began.
 */
function arrayHolds(whole: readonly RegoValue[], part: readonly RegoValue[]): boolean {
  for (let start = 0; start + part.length <= whole.length; start++) {
    if (part.every((item, i) => equals(item, whole[start + i] ?? null))) return true;
  }
  return false;
}

/** OPA counts the items that are in the set, one that stands twice twice; an empty set is in no empty array. */
function holdsAll(whole: readonly RegoValue[], part: RegoSet): boolean {
  let missing = part.size;
  for (const item of whole) {
    if (part.has(item)) missing--;
    if (missing === 0) return true;
  }
  return false;
}

export const objects: BuiltinFamily = {
  'object.filter': (args) => selectKeys(args, true),
  'object.get': get,
  'object.keys': (args) => keySet(objectOperand(args, 1)),
  'object.remove': (args) => selectKeys(args, false),
  'object.subset': isSubset,
  'object.union': (args) => merge(objectOperand(args, 1), objectOperand(args, 2)),
  'object.union_n': mergeAll,
};
