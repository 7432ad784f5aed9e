import {
  add,
  compare,
  countCodePoints,
  equals,
  floatProduct,
  floatSum,
  getKey,
  isArray,
  isNumber,
  isObjectValue,
  isSet,
  keysOf,
  lookUp,
  multiply,
  numberFromBigInt,
  type RegoNumber,
  type RegoValue,
  sizeOf,
  sortValues,
  toBigInt,
} from '../values/index.ts';
import type { BuiltinArguments, BuiltinContext, BuiltinFamily } from './builtin.ts';
import { limitError, membersOf, operand, wrongElement, wrongType } from './operands.ts';

function count(args: BuiltinArguments): number {
  const value = operand(args, 1);
  if (typeof value === 'string') return countCodePoints(value);
  if (isArray(value) || isSet(value) || isObjectValue(value)) return sizeOf(value);
  throw wrongType(1, value, 'array', 'object', 'set', 'string');
}

/** The members of the only operand. */
function members(args: BuiltinArguments, ...expected: string[]): readonly RegoValue[] {
  const value = operand(args, 1);
  const items = membersOf(value);
  if (items === undefined) throw wrongType(1, value, ...expected);
  return items;
}

function numbers(args: BuiltinArguments): readonly RegoNumber[] {
  const items = members(args, 'set', 'array');
  return items.map((item) => {
    if (!isNumber(item)) throw wrongElement(1, operand(args, 1), item, 'number');
    return item;
  });
}

/** Integers are added and multiplied exactly; a single fraction makes all of it floats. */
function areIntegers(items: readonly RegoNumber[]): boolean {
  return items.every((item) => Number.isSafeInteger(item) || toBigInt(item) !== undefined);
}

function sum(args: BuiltinArguments): RegoNumber {
  const items = numbers(args);
  return areIntegers(items) ? items.reduce(add, 0) : floatSum(items);
}

function product(args: BuiltinArguments, context: BuiltinContext): RegoNumber {
  const items = numbers(args);
  if (!areIntegers(items)) return floatProduct(items);
  const { maxIntegerBits } = context.limits;
  let result: RegoNumber = 1;
  for (const item of items) {
    if (typeof result !== 'number' && result.text.length > maxIntegerBits / 3) {
      throw limitError('maxIntegerBits', maxIntegerBits);
    }
    result = multiply(result, item);
  }
  return typeof result === 'number' ? result : numberFromBigInt(toBigInt(result) ?? 0n);
}

function max(args: BuiltinArguments): RegoValue | undefined {
  const [first, ...rest] = members(args, 'set', 'array');
  if (first === undefined) return undefined;
  return rest.reduce((best, item) => (compare(best, item) <= 0 ? item : best), first);
}

function min(args: BuiltinArguments): RegoValue | undefined {
  const [first, ...rest] = members(args, 'set', 'array');
  if (first === undefined) return undefined;
  return rest.reduce((best, item) => (compare(best, item) >= 0 ? item : best), first);
}

function sort(args: BuiltinArguments): RegoValue {
  const value = operand(args, 1);
  if (isSet(value)) return value.sorted();
  return sortValues([...members(args, 'set', 'array')], compare);
}

/** `value in collection`. */
function isMember(args: BuiltinArguments): boolean {
  const value = operand(args, 1);
  const collection = operand(args, 2);
  if (isSet(collection)) return collection.has(value);
  if (isArray(collection)) return collection.some((item) => equals(value, item));
  if (!isObjectValue(collection)) return false;
  for (const key of keysOf(collection)) if (equals(value, getKey(collection, key) ?? null)) return true;
  return false;
}

/** `key, value in collection`. */
function isMemberWithKey(args: BuiltinArguments): boolean {
  const key = operand(args, 1);
  const value = operand(args, 2);
  const collection = operand(args, 3);
  if (isSet(collection)) return collection.has(key) && equals(key, value);
  const found = lookUp(collection, key);
  return found !== undefined && equals(value, found);
}

export const aggregates: BuiltinFamily = {
  count,
  sum,
  product,
  max,
  min,
  sort,
  all: (args) => members(args, 'array', 'set').every((item) => item === true),
  any: (args) => members(args, 'array', 'set').includes(true),
  'internal.member_2': isMember,
  'internal.member_3': isMemberWithKey,
};
