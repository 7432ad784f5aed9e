import { RegoError } from '../errors.ts';
import {
  BigNumber,
  type Decimal,
  isWithinBounds,
  maxNumberExponent,
  parseDecimal,
  reduce,
} from './big-number.ts';
import * as extended from './extended.ts';
import type { RegoNumber } from './value.ts';

/**
 * Numbers and their arithmetic as OPA has them: two integers of any size are added, subtracted, multiplied
 * and divided with remainder exactly; everything else goes through binary floats of 64 bits of mantissa,
 * printed with the fewest digits that name them. The generated code does sums of safe integers itself.
 */

/** The number that a text stands for; undefined where it is none or passes the bound on exponents. */
export function parseNumber(text: string): RegoNumber | undefined {
  const double = Number(text);
  if (String(double) === text && isHeld(double)) return double;
  const decimal = parseDecimal(text);
  if (decimal === undefined || !isWithinBounds(decimal)) return undefined;
  return new BigNumber(text, decimal);
}

/** The number that a well-formed text stands for. Throws the limit error past the bound on exponents. */
export function numberFromText(text: string): RegoNumber {
  const number = parseNumber(text);
  if (number === undefined) {
    throw new RegoError('eval_limit_error', `number passes the limit of ${maxNumberExponent} digits`);
  }
  return number;
}

function isHeld(double: number): boolean {
  return Number.isFinite(double) && (!Number.isInteger(double) || Number.isSafeInteger(double));
}

/** The number of an integer. */
export function numberFromBigInt(integer: bigint): RegoNumber {
  const double = Number(integer);
  return Number.isSafeInteger(double) ? double : numberFromText(integer.toString());
}

/** The number of a JavaScript number, which may be an integer past 2^53-1 that came from outside. */
export function numberFromDouble(double: number): RegoNumber {
  return isHeld(double) ? double + 0 : numberFromText(String(double));
}

/** The text of a number as it is printed. */
export function numberText(number: RegoNumber): string {
  return typeof number === 'number' ? String(number) : number.text;
}

/** The exact value as written. */
export function decimalOf(number: RegoNumber): Decimal {
  if (typeof number !== 'number') return number.written;
  if (Number.isSafeInteger(number)) return { coefficient: BigInt(number), exponent: 0 };
  return parseDecimal(String(number)) ?? { coefficient: 0n, exponent: 0 };
}

/** The exact value without trailing zeros. */
export function reducedDecimalOf(number: RegoNumber): Decimal {
  return typeof number === 'number' ? reduce(decimalOf(number)) : number.decimal;
}

/** The value as an integer, or undefined where it has a fraction. `1.0` and `1e2` are integers. */
export function toBigInt(number: RegoNumber): bigint | undefined {
  if (typeof number === 'number') {
    if (Number.isSafeInteger(number)) return BigInt(number);
  }
  const { coefficient, exponent } = reducedDecimalOf(number);
  return exponent < 0 ? undefined : coefficient * 10n ** BigInt(exponent);
}

const integerText = /^([+-]?)(\d+)(?:\.0*)?$/;

/** Characters that OPA reads of an integer, its point and zeros among them. */
const maxIntegerText = 19;

/**
 * The value of a number whose text is that of an int64, with nothing but zeros after a point: what OPA takes
 * for an integer where a built-in or an index asks for one. Undefined for all else, `1e2` too.
 */
export function toInt64(number: RegoNumber): bigint | undefined {
  if (typeof number === 'number') return Number.isSafeInteger(number) ? BigInt(number) : undefined;
  const match = integerText.exec(number.text);
  if (match === null) return undefined;
  const [, sign = '', digits = ''] = match;
  if (number.text.length - sign.length > maxIntegerText) return undefined;
  const integer = sign === '-' ? -BigInt(digits) : BigInt(digits);
  return BigInt.asIntN(64, integer) === integer ? integer : undefined;
}

/** The value as a JavaScript number, rounded. */
export function toDouble(number: RegoNumber): number {
  return typeof number === 'number' ? number : Number(number.text);
}

/** -1, 0 or 1 by exact value. */
export function compareNumbers(a: RegoNumber, b: RegoNumber): number {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0;
  return compareDecimals(reducedDecimalOf(a), reducedDecimalOf(b));
}

function compareDecimals(a: Decimal, b: Decimal): number {
  const sign = signOf(a.coefficient) - signOf(b.coefficient);
  if (sign !== 0) return sign < 0 ? -1 : 1;
  if (a.exponent === b.exponent) return order(a.coefficient, b.coefficient);
  const shift = a.exponent - b.exponent;
  return shift > 0
    ? order(a.coefficient * 10n ** BigInt(shift), b.coefficient)
    : order(a.coefficient, b.coefficient * 10n ** BigInt(-shift));
}

function signOf(integer: bigint): number {
  return integer < 0n ? -1 : integer > 0n ? 1 : 0;
}

function order(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function add(a: RegoNumber, b: RegoNumber): RegoNumber {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b) && Number.isSafeInteger(sum)) return sum;
  }
  return exactly(a, b, (x, y) => x + y) ?? floating(a, b, extended.add);
}

export function subtract(a: RegoNumber, b: RegoNumber): RegoNumber {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b) && Number.isSafeInteger(difference))
      return difference;
  }
  return exactly(a, b, (x, y) => x - y) ?? floating(a, b, extended.subtract);
}

export function multiply(a: RegoNumber, b: RegoNumber): RegoNumber {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    // Adding 0 makes a negative zero the zero that integers have.
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b) && Number.isSafeInteger(product))
      return product + 0;
  }
  return exactly(a, b, (x, y) => x * y) ?? floating(a, b, extended.multiply);
}

/** The quotient; undefined where the divisor is zero. */
export function divide(a: RegoNumber, b: RegoNumber): RegoNumber | undefined {
  if (isZero(b)) return undefined;
  if (typeof a === 'number' && typeof b === 'number' && a !== 0) {
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b) && a % b === 0) return a / b;
  }
  return floating(a, b, extended.divide);
}

export type ModuloFault = 'zero' | 'fraction';

/** The remainder with the dividend's sign, or why there is none: a zero divisor, an operand with a fraction. */
export function modulo(a: RegoNumber, b: RegoNumber): RegoNumber | ModuloFault {
  if (typeof a === 'number' && typeof b === 'number' && b !== 0) {
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b)) return (a % b) + 0;
  }
  const x = toBigInt(a);
  const y = toBigInt(b);
  if (x === undefined || y === undefined) return 'fraction';
  return y === 0n ? 'zero' : numberFromBigInt(x % y);
}

export function isZero(number: RegoNumber): boolean {
  return typeof number === 'number' ? number === 0 : number.written.coefficient === 0n;
}

export function isNegative(number: RegoNumber): boolean {
  return typeof number === 'number' ? number < 0 : number.written.coefficient < 0n;
}

/** The value of what OPA holds as an int32, by its text (`1.0` too), or undefined. */
export function smallInteger(number: RegoNumber): number | undefined {
  const integer = typeof number === 'number' ? number : Number(toInt64(number) ?? Number.NaN);
  const isSmall = Number.isInteger(integer) && integer >= -0x8000_0000 && integer <= 0x7fff_ffff;
  return isSmall ? integer + 0 : undefined;
}

function exactly(
  a: RegoNumber,
  b: RegoNumber,
  operation: (x: bigint, y: bigint) => bigint,
): RegoNumber | undefined {
  const x = toBigInt(a);
  if (x === undefined) return undefined;
  const y = toBigInt(b);
  return y === undefined ? undefined : numberFromBigInt(operation(x, y));
}

function floating(
  a: RegoNumber,
  b: RegoNumber,
  operation: (x: extended.Extended, y: extended.Extended) => extended.Extended,
): RegoNumber {
  return numberFromText(extended.toText(operation(extended.fromNumber(a), extended.fromNumber(b))));
}
