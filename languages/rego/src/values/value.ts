import { BigNumber } from './big-number.ts';
import { RegoObject } from './object.ts';
import { RegoSet } from './set.ts';

/**
 * A value of Rego as the evaluator holds it; the JavaScript `undefined` stands for Rego's undefined.
 *
 * A JavaScript number stands for the decimal value of its shortest text, `String(n)`. Numbers that do not
 * fit (integers past 2^53-1) or whose text must be kept for output (`1.0`, `1e2`) are a `BigNumber`.
 * Values are never changed once they are made.
 */
export type RegoValue =
  | null
  | boolean
  | string
  | RegoNumber
  | readonly RegoValue[]
  | PlainObject
  | RegoObject
  | RegoSet;

export type RegoNumber = number | BigNumber;

/** An object as it came from JSON: own string keys only count, whatever the prototype. Never copied. */
export interface PlainObject {
  readonly [key: string]: RegoValue;
}

export type ObjectValue = PlainObject | RegoObject;

export function isNumber(value: RegoValue | undefined): value is RegoNumber {
  return typeof value === 'number' || value instanceof BigNumber;
}

export function isArray(value: RegoValue | undefined): value is readonly RegoValue[] {
  return Array.isArray(value);
}

export function isSet(value: RegoValue | undefined): value is RegoSet {
  return value instanceof RegoSet;
}

export function isObjectValue(value: RegoValue | undefined): value is ObjectValue {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof RegoSet) &&
    !(value instanceof BigNumber)
  );
}

/** True for an object that came from JSON and is no instance of ours. */
export function isPlainObject(value: RegoValue | undefined): value is PlainObject {
  return isObjectValue(value) && !(value instanceof RegoObject);
}

export type TypeName = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object' | 'set';

/** The name of the type as `type_name` gives it and error messages print it. */
export function typeName(value: RegoValue): TypeName {
  switch (typeof value) {
    case 'boolean':
      return 'boolean';
    case 'number':
      return 'number';
    case 'string':
      return 'string';
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value instanceof RegoSet) return 'set';
  return value instanceof BigNumber ? 'number' : 'object';
}
