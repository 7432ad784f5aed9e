import type { Decimal } from './big-number.ts';
import { decimalOf, numberText } from './number.ts';
import type { RegoNumber } from './value.ts';

/**
 * A binary float `±mantissa × 2^exponent` of so many bits of mantissa, rounded to nearest even: what OPA
 * computes with where an operand is no integer. Zero has a sign, which shows in the text of a quotient.
 */
export interface Extended {
  readonly negative: boolean;
  readonly mantissa: bigint;
  readonly exponent: number;
  /** Bits of the mantissa. */
  readonly precision: number;
}

/** The precision of a number that is read. */
const usualPrecision = 64;

/** Bits that a power of five is held with while a decimal is read; with it, what texts print agrees with OPA. */
const powerPrecision = 128;
const squarePrecision = 192;

interface Magnitude {
  readonly mantissa: bigint;
  readonly exponent: number;
}

export function bitLength(integer: bigint): number {
  if (integer === 0n) return 0;
  const hex = integer.toString(16);
  return hex.length * 4 - Math.clz32(Number.parseInt(hex.charAt(0), 16)) + 28;
}

/** The nearest value of `bits` bits; `inexact` tells that something smaller than the last bit was cut off before. */
function round({ mantissa, exponent }: Magnitude, bits: number, inexact = false): Magnitude {
  const excess = bitLength(mantissa) - bits;
  if (excess <= 0) return { mantissa, exponent };
  const shift = BigInt(excess);
  const kept = mantissa >> shift;
  const rest = mantissa & ((1n << shift) - 1n);
  const half = 1n << (shift - 1n);
  const up = rest > half || (rest === half && (inexact || (kept & 1n) === 1n));
  return { mantissa: up ? kept + 1n : kept, exponent: exponent + excess };
}

function rounded(negative: boolean, magnitude: Magnitude, precision: number, inexact = false): Extended {
  return { negative, ...round(magnitude, precision, inexact), precision };
}

function multiplyMagnitudes(a: Magnitude, b: Magnitude, bits: number): Magnitude {
  return round({ mantissa: a.mantissa * b.mantissa, exponent: a.exponent + b.exponent }, bits);
}

function quotient(a: Magnitude, b: Magnitude, negative: boolean, precision: number): Extended {
  // Two bits more than the result has decide the rounding, with the remainder as the third.
  const shift = Math.max(0, precision + 2 - bitLength(a.mantissa) + bitLength(b.mantissa));
  const dividend = a.mantissa << BigInt(shift);
  const mantissa = dividend / b.mantissa;
  return rounded(
    negative,
    { mantissa, exponent: a.exponent - b.exponent - shift },
    precision,
    mantissa * b.mantissa !== dividend,
  );
}

const exactPower = 27;

/** Powers that were asked for before: few are, and small ones. */
const powers: Magnitude[] = [];
const maxKeptPower = 400;

function powerOfFive(power: number): Magnitude {
  const known = powers[power];
  if (known !== undefined) return known;
  const made = makePowerOfFive(power);
  if (power <= maxKeptPower) powers[power] = made;
  return made;
}

function makePowerOfFive(power: number): Magnitude {
  const start = Math.min(power, exactPower);
  let result: Magnitude = { mantissa: 5n ** BigInt(start), exponent: 0 };
  let square: Magnitude = { mantissa: 5n, exponent: 0 };
  for (let rest = power - start; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiplyMagnitudes(result, square, powerPrecision);
    square = multiplyMagnitudes(square, square, squarePrecision);
  }
  return result;
}

/** Floats that were read before: a policy has few constants, and data repeats. Emptied when full. */
const read = new Map<number, Extended>();
const maxRead = 1000;

export function fromNumber(number: RegoNumber): Extended {
  if (typeof number !== 'number') return readNumber(number);
  const known = read.get(number);
  if (known !== undefined) return known;
  const float = readNumber(number);
  if (read.size >= maxRead) read.clear();
  read.set(number, float);
  return float;
}

function readNumber(number: RegoNumber): Extended {
  return fromDecimal(decimalOf(number), numberText(number).startsWith('-'));
}

function fromDecimal({ coefficient, exponent }: Decimal, negative: boolean): Extended {
  const precision = usualPrecision;
  const mantissa = coefficient < 0n ? -coefficient : coefficient;
  if (mantissa === 0n) return { negative, mantissa, exponent: 0, precision };
  if (exponent === 0) return rounded(negative, { mantissa, exponent }, precision);
  const power = powerOfFive(Math.abs(exponent));
  if (exponent < 0) return quotient({ mantissa, exponent }, power, negative, precision);
  return { negative, ...multiplyMagnitudes({ mantissa, exponent }, power, precision), precision };
}

function signed(x: Extended): bigint {
  return x.negative ? -x.mantissa : x.mantissa;
}

export function add(x: Extended, y: Extended): Extended {
  const exponent = Math.min(x.exponent, y.exponent);
  const sum = (signed(x) << BigInt(x.exponent - exponent)) + (signed(y) << BigInt(y.exponent - exponent));
  // Two negative zeros add up to one; a sum that cancels out is positive.
  const negative = sum === 0n ? x.negative && y.negative && x.mantissa === 0n : sum < 0n;
  return rounded(negative, { mantissa: sum < 0n ? -sum : sum, exponent }, Math.max(x.precision, y.precision));
}

export function subtract(x: Extended, y: Extended): Extended {
  return add(x, negate(y));
}

export function negate(x: Extended): Extended {
  return { ...x, negative: !x.negative };
}

export function absolute(x: Extended): Extended {
  return { ...x, negative: false };
}

export function multiply(
  x: Extended,
  y: Extended,
  precision: number = Math.max(x.precision, y.precision),
): Extended {
  return { negative: x.negative !== y.negative, ...multiplyMagnitudes(x, y, precision), precision };
}

/** The quotient of `x` and a `y` that is not zero. */
export function divide(x: Extended, y: Extended): Extended {
  const negative = x.negative !== y.negative;
  const precision = Math.max(x.precision, y.precision);
  return x.mantissa === 0n
    ? { negative, mantissa: 0n, exponent: 0, precision }
    : quotient(x, y, negative, precision);
}

/** The integer part, towards zero. */
export function truncate(x: Extended): bigint {
  const magnitude = x.exponent >= 0 ? x.mantissa << BigInt(x.exponent) : x.mantissa >> BigInt(-x.exponent);
  return x.negative ? -magnitude : magnitude;
}

/** The float of an integer, with as many bits as it needs and at least 64. */
export function fromBigInt(integer: bigint): Extended {
  const mantissa = integer < 0n ? -integer : integer;
  const precision = Math.max(bitLength(mantissa), usualPrecision);
  return { negative: integer < 0n, mantissa, exponent: 0, precision };
}

export function isInteger(x: Extended): boolean {
  return x.exponent >= 0 || (x.mantissa >> BigInt(-x.exponent)) << BigInt(-x.exponent) === x.mantissa;
}

/** The shortest text that names the float: all digits for an integer, else `%g`'s form. */
export function toText(x: Extended): string {
  const sign = x.negative ? '-' : '';
  if (x.mantissa === 0n) return `${sign}0`;
  const { digits, point } = fewDigits(x) ?? shortestDigits(x);
  return sign + (isInteger(x) ? digits.padEnd(point, '0') : generalForm(digits, point));
}

/** The digits without zeros at their end. */
export function trimZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits.charCodeAt(end - 1) === 48) end--;
  return digits.slice(0, end);
}

/** Digits `0.d1d2d3… × 10^point`; none for zero. */
export interface Digits {
  readonly digits: string;
  readonly point: number;
}

/** Go's `%g` with the fewest digits: an exponent below -4 or from 6 on is written out. */
export function generalForm(digits: string, point: number): string {
  const exponent = point - 1;
  if (exponent < -4 || exponent >= 6) return exponentForm(digits, exponent);
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  if (digits.length <= point) return digits.padEnd(point, '0');
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

function exponentForm(digits: string, exponent: number): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  const power = Math.abs(exponent).toString().padStart(2, '0');
  return `${digits.charAt(0)}${fraction}e${exponent < 0 ? '-' : '+'}${power}`;
}

/** All digits of `mantissa × 2^exponent`, without trailing zeros. */
export function decimalDigits(mantissa: bigint, exponent: number): Digits {
  const scaled = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent);
  const text = scaled.toString();
  return { digits: trimZeros(text), point: text.length + Math.min(exponent, 0) };
}

/**
 * The fewest digits that lie between the float and half a step to either side, taken at the first place
 * where they can be told from the bounds.
 */
function shortestDigits(x: Extended): Digits {
  const shift = x.precision + 1 - bitLength(x.mantissa);
  const middle = x.mantissa << BigInt(shift);
  const exponent = x.exponent - shift;
  const exact = decimalDigits(middle, exponent);
  const lower = decimalDigits(middle - 1n, exponent).digits;
  const upper = decimalDigits(middle + 1n, exponent).digits;
  // A bound itself reads back as this float only where the mantissa is even.
  const inclusive = (middle & 2n) === 0n;
  for (let i = 0; i < exact.digits.length; i++) {
    const digit = exact.digits.charCodeAt(i);
    const below = digitAt(lower, i);
    const above = digitAt(upper, i);
    const down = below !== digit || (inclusive && i + 1 === lower.length);
    const up = digit !== above && (inclusive || digit + 1 < above || i + 1 < upper.length);
    if (down || up) return cut(exact, i + 1, up && (!down || isUpper(exact.digits, i + 1)));
  }
  return exact;
}

/**
 * The digits of a float that a double's shortest text names too. Decimals of up to 17 digits lie further apart
 * than floats of 64 bits, so that no other of them names the float and none has fewer digits.
 */
function fewDigits(x: Extended): Digits | undefined {
  const double = Number(x.mantissa) * 2 ** x.exponent;
  if (x.precision !== usualPrecision || !(double > 1e-300 && double < 1e300)) return undefined;
  const [mantissa = '', power = '0'] = double.toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const exponent = Number(power) - digits.length + 1;
  const named = fromDecimal({ coefficient: BigInt(digits), exponent }, false);
  return isSameMagnitude(named, x) ? { digits, point: Number(power) + 1 } : undefined;
}

function isSameMagnitude(x: Extended, y: Extended): boolean {
  const shift = x.exponent - y.exponent;
  return shift >= 0
    ? x.mantissa << BigInt(shift) === y.mantissa
    : x.mantissa === y.mantissa << BigInt(-shift);
}

function digitAt(digits: string, index: number): number {
  return index < digits.length ? digits.charCodeAt(index) : 48;
}

/** The digits rounded to `count` of them, a half to the even digit; a count of 0 leaves `1` or nothing. */
export function roundDigits(exact: Digits, count: number): Digits {
  if (count < 0) return { digits: '', point: exact.point };
  return cut(exact, count, isUpper(exact.digits, count));
}

/** Whether rounding to `count` digits goes up; a half goes to the even digit. */
function isUpper(digits: string, count: number): boolean {
  if (count >= digits.length) return false;
  if (count + 1 === digits.length && digits.charAt(count) === '5') {
    return count > 0 && (digits.charCodeAt(count - 1) & 1) === 1;
  }
  return digits.charAt(count) >= '5';
}

function cut({ digits, point }: Digits, count: number, up: boolean): Digits {
  if (count >= digits.length) return { digits, point };
  const head = digits.slice(0, count);
  if (!up) return { digits: trimZeros(head), point };
  const next = (BigInt(head) + 1n).toString().padStart(head.length, '0');
  return { digits: trimZeros(next), point: point + next.length - head.length };
}
