import { CelFault, noSuchOverload } from './fault.ts';
import { CelDuration, CelTimestamp, durationOf, timestampOf } from './time.ts';
import {
  CelBytes,
  type CelDouble,
  CelUint,
  type CelValue,
  compareBytes,
  compareNumbers,
  compareStrings,
  isDouble,
  isInt,
  isNumeric,
  toDouble,
  toInt,
  toUint,
} from './values.ts';

type Arithmetic = {
  int(a: bigint, b: bigint): bigint;
  double?(a: number, b: number): number;
};

function unwrapDouble(value: number | CelDouble): number {
  return typeof value === 'number' ? value : value.value;
}

/** Arithmetic within int, uint or double; there is none across types (cel-spec, "Arithmetic"). */
function arithmetic(a: CelValue, b: CelValue, operation: Arithmetic): CelValue {
  if (isInt(a) && isInt(b)) return toInt(operation.int(BigInt(a), BigInt(b)));
  if (a instanceof CelUint && b instanceof CelUint) return toUint(operation.int(a.value, b.value));
  if (operation.double !== undefined && isDouble(a) && isDouble(b)) {
    return toDouble(operation.double(unwrapDouble(a), unwrapDouble(b)));
  }
  throw noSuchOverload();
}

/** Both operands and the result are ints that JavaScript computes exactly. */
function small(a: CelValue, b: CelValue, result: number): boolean {
  return Number.isSafeInteger(a) && Number.isSafeInteger(b) && Number.isSafeInteger(result);
}

// Doubling a value again and again costs little by Kubernetes' rules, but not in memory.
const maxString = 50_000_000;
const maxList = 1_000_000;

function bounded(what: string, size: number, limit: number): void {
  if (size > limit) throw new CelFault(`a ${what} is larger than ${limit}`);
}

export function add(a: CelValue, b: CelValue): CelValue {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (small(a, b, sum)) return sum;
  }
  if (typeof a === 'string' && typeof b === 'string') {
    bounded('string', a.length + b.length, maxString);
    return a + b;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    bounded('list', a.length + b.length, maxList);
    return a.concat(b);
  }
  if (a instanceof CelBytes && b instanceof CelBytes) return joinBytes(a, b);
  if (a instanceof CelTimestamp && b instanceof CelDuration)
    return timestampOf(a.nanoseconds + b.nanoseconds);
  if (a instanceof CelDuration && b instanceof CelTimestamp)
    return timestampOf(a.nanoseconds + b.nanoseconds);
  if (a instanceof CelDuration && b instanceof CelDuration) return durationOf(a.nanoseconds + b.nanoseconds);
  return arithmetic(a, b, { int: (x, y) => x + y, double: (x, y) => x + y });
}

function joinBytes(a: CelBytes, b: CelBytes): CelBytes {
  const joined = new Uint8Array(a.value.length + b.value.length);
  joined.set(a.value);
  joined.set(b.value, a.value.length);
  return new CelBytes(joined);
}

export function subtract(a: CelValue, b: CelValue): CelValue {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (small(a, b, difference)) return difference;
  }
  if (a instanceof CelTimestamp && b instanceof CelDuration)
    return timestampOf(a.nanoseconds - b.nanoseconds);
  if (a instanceof CelTimestamp && b instanceof CelTimestamp)
    return durationOf(a.nanoseconds - b.nanoseconds);
  if (a instanceof CelDuration && b instanceof CelDuration) return durationOf(a.nanoseconds - b.nanoseconds);
  return arithmetic(a, b, { int: (x, y) => x - y, double: (x, y) => x - y });
}

export function multiply(a: CelValue, b: CelValue): CelValue {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (small(a, b, product)) return product + 0;
  }
  return arithmetic(a, b, { int: (x, y) => x * y, double: (x, y) => x * y });
}

export function divide(a: CelValue, b: CelValue): CelValue {
  const int = (x: bigint, y: bigint) => {
    if (y === 0n) throw new CelFault('division by zero');
    return x / y;
  };
  return arithmetic(a, b, { int, double: (x, y) => x / y });
}

export function modulo(a: CelValue, b: CelValue): CelValue {
  const int = (x: bigint, y: bigint) => {
    if (y === 0n) throw new CelFault('modulus by zero');
    return x % y;
  };
  return arithmetic(a, b, { int });
}

export function negate(value: CelValue): CelValue {
  if (isInt(value)) return toInt(-BigInt(value));
  if (isDouble(value)) return toDouble(-unwrapDouble(value));
  throw noSuchOverload();
}

/** Order of two values of comparable types; NaN where either is NaN. Faults on other types. */
export function compare(a: CelValue, b: CelValue): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof CelBytes && b instanceof CelBytes) return compareBytes(a.value, b.value);
  if (
    (a instanceof CelTimestamp && b instanceof CelTimestamp) ||
    (a instanceof CelDuration && b instanceof CelDuration)
  ) {
    return a.nanoseconds < b.nanoseconds ? -1 : a.nanoseconds > b.nanoseconds ? 1 : 0;
  }
  throw noSuchOverload();
}
