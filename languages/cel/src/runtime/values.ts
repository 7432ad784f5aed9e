import { createObject } from '@keelson/core';
import { CelFault } from './fault.ts';

/**
 * A CEL value at run time.
 *
 * - int: a safe integer `number`, else `bigint`
 * - double: any other `number`, or CelDouble where the number would read as an int
 * - string, bool, null and list: as in JavaScript
 * - map: a record when all keys are strings (as input data are), else CelMap
 * - everything else: a subclass of CelObject
 */
export type CelValue = string | number | bigint | boolean | null | CelObject | CelValue[] | CelRecord;

/** A map with string keys: bare objects from input, or made by `newRecord`. Only own properties count. */
export interface CelRecord {
  [key: string]: CelValue;
}

/** Base of all values that are neither JSON scalars, lists nor records. */
export abstract class CelObject {
  /** The CEL name of the type, such as `google.protobuf.Duration`. */
  abstract readonly typeName: string;
  /** CEL equality with a value of the same class; values of other classes are unequal. */
  abstract equals(other: CelValue): boolean;
  /** A field by name, or undefined where there is none. */
  field(_name: string): CelValue | undefined {
    return undefined;
  }
}

export class CelUint extends CelObject {
  readonly typeName = 'uint';
  readonly value: bigint;
  constructor(value: bigint) {
    super();
    this.value = value;
  }
  equals(other: CelValue): boolean {
    return other instanceof CelUint && other.value === this.value;
  }
}

/** A double whose JavaScript number is a safe integer, kept apart from ints. Made by `toDouble`. */
export class CelDouble extends CelObject {
  readonly typeName = 'double';
  readonly value: number;
  constructor(value: number) {
    super();
    this.value = value;
  }
  equals(other: CelValue): boolean {
    return other instanceof CelDouble && other.value === this.value;
  }
}

export class CelBytes extends CelObject {
  readonly typeName = 'bytes';
  readonly value: Uint8Array;
  constructor(value: Uint8Array) {
    super();
    this.value = value;
  }
  equals(other: CelValue): boolean {
    return other instanceof CelBytes && compareBytes(this.value, other.value) === 0;
  }
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** `optional.of(value)`; `value` is undefined for `optional.none()`. */
export class CelOptional extends CelObject {
  readonly typeName = 'optional_type';
  readonly value: CelValue | undefined;
  static readonly none = new CelOptional(undefined);
  constructor(value: CelValue | undefined) {
    super();
    this.value = value;
  }
  equals(other: CelValue): boolean {
    if (!(other instanceof CelOptional)) return false;
    if (this.value === undefined || other.value === undefined) return this.value === other.value;
    return equalValues(this.value, other.value);
  }
}

/** A type as a value, as `type(x)` yields it. */
export class CelTypeValue extends CelObject {
  readonly typeName = 'type';
  readonly name: string;
  constructor(name: string) {
    super();
    this.name = name;
  }
  equals(other: CelValue): boolean {
    return other instanceof CelTypeValue && other.name === this.name;
  }
}

/** A map with a key that is not a string. Numerically equal keys of different types are one key. */
export class CelMap extends CelObject {
  readonly typeName = 'map';
  readonly #entries = new Map<string, readonly [CelValue, CelValue]>();

  get size(): number {
    return this.#entries.size;
  }
  get(key: CelValue): CelValue | undefined {
    return this.#entries.get(canonicalKey(key))?.[1];
  }
  has(key: CelValue): boolean {
    return this.#entries.has(canonicalKey(key));
  }
  set(key: CelValue, value: CelValue): void {
    this.#entries.set(canonicalKey(key), [key, value]);
  }
  keys(): CelValue[] {
    return Array.from(this.#entries.values(), ([key]) => key);
  }
  equals(other: CelValue): boolean {
    if (!(other instanceof CelMap) || other.size !== this.size) return false;
    for (const [key, [, value]] of this.#entries) {
      const counterpart = other.#entries.get(key);
      if (counterpart === undefined || !equalValues(value, counterpart[1])) return false;
    }
    return true;
  }
}

function canonicalKey(key: CelValue): string {
  if (typeof key === 'string') return `s${key}`;
  if (typeof key === 'boolean') return `b${key}`;
  if (typeof key === 'number' || typeof key === 'bigint') return `n${key}`;
  if (key instanceof CelUint) return `n${key.value}`;
  if (key instanceof CelDouble) return `n${key.value + 0}`;
  return `?${typeOf(key)}`;
}

export function newRecord(): CelRecord {
  return createObject();
}

export function isRecord(value: CelValue | undefined): value is CelRecord {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof CelObject)
  );
}

export function isInt(value: CelValue): value is number | bigint {
  return typeof value === 'number' ? Number.isSafeInteger(value) : typeof value === 'bigint';
}

export function isDouble(value: CelValue): value is number | CelDouble {
  return typeof value === 'number' ? !Number.isSafeInteger(value) : value instanceof CelDouble;
}

/** The double of a JavaScript number. */
export function toDouble(value: number): number | CelDouble {
  return Number.isSafeInteger(value) ? new CelDouble(value) : value;
}

const maxInt = 2n ** 63n - 1n;
const minInt = -(2n ** 63n);
const maxUint = 2n ** 64n - 1n;

/** The int of a bigint. Throws a fault outside int64. */
export function toInt(value: bigint, message = 'integer overflow'): number | bigint {
  if (value > maxInt || value < minInt) throw new CelFault(message);
  const narrow = Number(value);
  return Number.isSafeInteger(narrow) ? narrow : value;
}

/** The uint of a bigint. Throws a fault outside uint64. */
export function toUint(value: bigint, message = 'unsigned integer overflow'): CelUint {
  if (value > maxUint || value < 0n) throw new CelFault(message);
  return new CelUint(value);
}

/** The CEL name of a value's type. */
export function typeOf(value: CelValue): string {
  if (value === null) return 'null_type';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return Number.isSafeInteger(value) ? 'int' : 'double';
    default:
      if (Array.isArray(value)) return 'list';
      return value instanceof CelObject ? value.typeName : 'map';
  }
}

/** CEL `==`: deep, numbers across types by value, different types unequal. It never fails. */
export function equalValues(a: CelValue, b: CelValue): boolean {
  if (a === b) return true;
  if (typeof a === 'string' || typeof b === 'string') return false;
  if (typeof a === 'boolean' || typeof b === 'boolean' || a === null || b === null) return false;
  if (isNumeric(a)) return isNumeric(b) && compareNumbers(a, b) === 0;
  return equalContainers(a, b);
}

const maxComparisons = 5_000_000;
let comparisons = 0;
let comparisonDepth = 0;

/**
 * Lists and maps built by an expression may hold one value many times, so that a small one takes an
 * exponential walk: the steps of one comparison are bounded.
 */
function equalContainers(a: CelValue, b: CelValue): boolean {
  if (comparisonDepth === 0) comparisons = 0;
  if (++comparisons > maxComparisons)
    throw new CelFault(`a comparison takes more than ${maxComparisons} steps`);
  comparisonDepth++;
  try {
    if (Array.isArray(a)) return Array.isArray(b) && equalLists(a, b);
    if (a instanceof CelObject) return a.equals(b);
    return isRecord(a) && isRecord(b) && equalRecords(a, b);
  } finally {
    comparisonDepth--;
  }
}

function equalLists(a: readonly CelValue[], b: readonly CelValue[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!equalValues(a[i] ?? null, b[i] ?? null)) return false;
  return true;
}

function equalRecords(a: CelRecord, b: CelRecord): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(b, key) || !equalValues(a[key] ?? null, b[key] ?? null)) return false;
  }
  return true;
}

export type CelNumber = number | bigint | CelUint | CelDouble;

export function isNumeric(value: CelValue): value is CelNumber {
  return (
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    value instanceof CelUint ||
    value instanceof CelDouble
  );
}

/** The plain number or bigint of a numeric value. */
export function unwrapNumber(value: CelNumber): number | bigint {
  return typeof value === 'object' ? value.value : value;
}

/** Negative, zero or positive; NaN when either is NaN. A double meets large ints as a double, as in cel-go. */
export function compareNumbers(a: CelNumber, b: CelNumber): number {
  const left = unwrapNumber(a);
  const right = unwrapNumber(b);
  const mixed = typeof left !== typeof right;
  const x = mixed ? Number(left) : left;
  const y = mixed ? Number(right) : right;
  return x < y ? -1 : x > y ? 1 : x >= y ? 0 : Number.NaN;
}

/** Order of strings by code point (JavaScript's own is by UTF-16 code unit). */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      const surrogates = (x & 0xf800) === 0xd800 || (y & 0xf800) === 0xd800;
      if (surrogates && (x & 0xf800) !== (y & 0xf800)) return (x & 0xf800) === 0xd800 ? 1 : -1;
      return x - y;
    }
  }
  return a.length - b.length;
}

/** Number of code points. */
export function stringSize(value: string): number {
  let size = value.length;
  for (let i = 0; i < value.length - 1; i++) {
    if ((value.charCodeAt(i) & 0xfc00) === 0xd800 && (value.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      size--;
      i++;
    }
  }
  return size;
}
