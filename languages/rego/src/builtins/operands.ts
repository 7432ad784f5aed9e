import { RegoError } from '../errors.ts';
import {
  isArray,
  isNumber,
  isObjectValue,
  isSet,
  type ObjectValue,
  type RegoNumber,
  type RegoSet,
  type RegoValue,
  toBigInt,
  toInt64,
  typeName,
} from '../values/index.ts';
import { type BuiltinArguments, type BuiltinContext, type BuiltinError, typeError } from './builtin.ts';

/** Arguments read with the type that a function needs; `position` counts from 1, as in OPA's messages. */

export function operand(args: BuiltinArguments, position: number): RegoValue {
  return args[position - 1] ?? null;
}

/** `operand 2 must be string but got number`, with a choice of types in braces. */
export function wrongType(position: number, got: RegoValue, ...expected: string[]): BuiltinError {
  const types = expected.length === 1 ? expected[0] : `one of {${expected.join(', ')}}`;
  return typeError(`operand ${position} must be ${types} but got ${typeName(got)}`);
}

/** `operand 1 must be array of strings but got array containing null`. */
export function wrongElement(
  position: number,
  whole: RegoValue,
  element: RegoValue,
  ...expected: string[]
): BuiltinError {
  const type = typeName(whole);
  const elements = expected.length === 1 ? `${expected[0]}s` : `(any of) {${expected.join(', ')}}`;
  return typeError(
    `operand ${position} must be ${type} of ${elements} but got ${type} containing ${typeName(element)}`,
  );
}

export function stringOperand(args: BuiltinArguments, position: number): string {
  const value = operand(args, position);
  if (typeof value !== 'string') throw wrongType(position, value, 'string');
  return value;
}

export function numberOperand(args: BuiltinArguments, position: number): RegoNumber {
  const value = operand(args, position);
  if (!isNumber(value)) throw wrongType(position, value, 'number');
  return value;
}

/** An integer that an int64 holds, as a double: what is past 2^53 is only compared with lengths. */
export function intOperand(args: BuiltinArguments, position: number): number {
  return Number(int64Operand(args, position));
}

export function int64Operand(args: BuiltinArguments, position: number): bigint {
  const integer = toInt64(numberOperand(args, position));
  if (integer === undefined) throw fractional(position);
  return integer;
}

export function bigIntOperand(args: BuiltinArguments, position: number): bigint {
  const value = operand(args, position);
  if (!isNumber(value)) throw wrongType(position, value, 'integer');
  const integer = toBigInt(value);
  if (integer === undefined) throw fractional(position);
  return integer;
}

function fractional(position: number): BuiltinError {
  return typeError(`operand ${position} must be integer number but got floating-point number`);
}

export function setOperand(args: BuiltinArguments, position: number): RegoSet {
  const value = operand(args, position);
  if (!isSet(value)) throw wrongType(position, value, 'set');
  return value;
}

export function objectOperand(args: BuiltinArguments, position: number): ObjectValue {
  const value = operand(args, position);
  if (!isObjectValue(value)) throw wrongType(position, value, 'object');
  return value;
}

export function arrayOperand(args: BuiltinArguments, position: number): readonly RegoValue[] {
  const value = operand(args, position);
  if (!isArray(value)) throw wrongType(position, value, 'array');
  return value;
}

/** The members of an array or, in order, of a set; undefined for all else. */
export function membersOf(value: RegoValue): readonly RegoValue[] | undefined {
  if (isArray(value)) return value;
  return isSet(value) ? value.sorted() : undefined;
}

/** The members of an operand, which must all be strings. */
export function onlyStrings(
  members: readonly RegoValue[],
  whole: RegoValue,
  position: number,
): readonly string[] {
  if (areStrings(members)) return members;
  const other = members.find((member) => typeof member !== 'string') ?? null;
  throw wrongElement(position, whole, other, 'string');
}

function areStrings(members: readonly RegoValue[]): members is readonly string[] {
  return members.every((member) => typeof member === 'string');
}

/** The error that names a limit which a call would pass. */
export function limitError(name: keyof BuiltinContext['limits'], limit: number): RegoError {
  return new RegoError('eval_limit_error', `a built-in function passed the limit ${name}, ${limit}`);
}

/** Throws unless a text of `length` characters may be made. */
export function checkLength(length: number, context: BuiltinContext): void {
  const { maxStringLength } = context.limits;
  if (length > maxStringLength) throw limitError('maxStringLength', maxStringLength);
}

/** Throws unless a collection of `size` items may be made. */
export function checkSize(size: number, context: BuiltinContext): void {
  const { maxCollectionSize } = context.limits;
  if (size > maxCollectionSize) throw limitError('maxCollectionSize', maxCollectionSize);
}
