import { RegoError } from '../errors.ts';
import {
  absolute,
  add,
  type Extended,
  fromBigInt,
  fromNumber,
  multiply,
  subtract,
  toText,
  truncate,
} from './extended.ts';
import { numberFromText, smallInteger } from './number.ts';
import type { RegoNumber } from './value.ts';

/** Functions of one number. OPA leaves an int32 as it is and takes floats of 64 bits for all else. */

const half: Extended = { negative: false, mantissa: 1n, exponent: -1, precision: 53 };
const one: Extended = { negative: false, mantissa: 1n, exponent: 0, precision: 53 };

function unary(number: RegoNumber, operation: (x: Extended) => Extended): RegoNumber {
  return smallInteger(number) ?? numberFromText(toText(operation(fromNumber(number))));
}

export function absoluteValue(number: RegoNumber): RegoNumber {
  const small = smallInteger(number);
  return small === undefined ? unary(number, absolute) : Math.abs(small);
}

/** To the nearest integer, halves away from zero. */
export function round(number: RegoNumber): RegoNumber {
  return unary(number, (x) => fromBigInt(truncate(x.negative ? subtract(x, half) : add(x, half))));
}

/** The integer above; as in OPA, what lies between -1 and 0 goes to 1. */
export function ceil(number: RegoNumber): RegoNumber {
  return unary(number, (x) => {
    const integer = truncate(x);
    const whole = fromBigInt(integer);
    return integer < 0n || isWhole(x, integer) ? whole : add(whole, one);
  });
}

/** The integer below; as in OPA, what lies between -1 and 0 goes to 0. */
export function floor(number: RegoNumber): RegoNumber {
  return unary(number, (x) => {
    const integer = truncate(x);
    const whole = fromBigInt(integer);
    return integer >= 0n || isWhole(x, integer) ? whole : subtract(whole, one);
  });
}

function isWhole(x: Extended, integer: bigint): boolean {
  return subtract(x, fromBigInt(integer)).mantissa === 0n;
}

/** The sum on floats, in the order given. */
export function floatSum(numbers: readonly RegoNumber[]): RegoNumber {
  return numberFromText(toText(numbers.map(fromNumber).reduce(add, fromBigInt(0n))));
}

/** The product on floats, of which OPA keeps 53 bits. */
export function floatProduct(numbers: readonly RegoNumber[]): RegoNumber {
  const product = numbers.map(fromNumber).reduce((x, y) => multiply(x, y, one.precision), one);
  return numberFromText(toText(product));
}

/** The integer part of a number, or of its product with another, through floats. */
export function integerPart(number: RegoNumber, maxBits: number, factor: RegoNumber = 1): bigint {
  const float = multiply(fromNumber(number), fromNumber(factor));
  if (float.exponent > maxBits) {
    throw new RegoError('eval_limit_error', `integer passes the limit of ${maxBits} bits`);
  }
  return truncate(float);
}

/** A quotient with a fixed number of digits after the point, halves rounded away from zero. */
export function fixedText(numerator: bigint, denominator: bigint, digits: number): string {
  const magnitude = numerator < 0n ? -numerator : numerator;
  const scaled = magnitude * 10n ** BigInt(digits);
  const rest = scaled % denominator;
  const text = (scaled / denominator + (2n * rest >= denominator ? 1n : 0n))
    .toString()
    .padStart(digits + 1, '0');
  return `${numerator < 0n ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
