import type { JsonValue } from '@keelson/core';

/** How a quantity was written, which is how Kubernetes writes it back. */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** A resource quantity, exact: `nano` billionths. */
export interface Quantity {
  readonly nano: bigint;
  readonly format: QuantityFormat;
}

// apimachinery pkg/api/resource: suffixes as powers of ten in nano units, or of 1024.
const decimalExponents: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binaryPowers: Readonly<Record<string, number>> = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 };

const grammar = /^([+-]?)(\d*)(?:\.(\d*))?(?:(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)|[eE]([+-]?\d{1,4}))?$/;

const billion = 1_000_000_000n;
/** Values above are capped, as Kubernetes does: 2^63−1. */
const maxNano = (2n ** 63n - 1n) * billion;
const maxLength = 256;

/**
 * Reads a quantity (`100m`, `1Gi`, `1e3`, a number); undefined for anything else. Finer than a billionth is
 * rounded up, away from zero, and more than 2^63−1 is capped, as Kubernetes does.
 */
export function parseQuantity(value: JsonValue | undefined): Quantity | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  const text = String(value);
  if (text.length > maxLength) return undefined;
  const match = grammar.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', suffix, exponent] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  const power =
    suffix === undefined || !Object.hasOwn(binaryPowers, suffix) ? undefined : binaryPowers[suffix];
  const scale = exponent === undefined ? (decimalExponents[suffix ?? ''] ?? 0) : Number(exponent);
  const factor = power === undefined ? 1n : 1024n ** BigInt(power);
  const nano = scaled(digits * factor, scale - fraction.length + 9);
  const capped = nano > maxNano ? maxNano : nano;
  const format =
    power === undefined ? (exponent === undefined ? 'DecimalSI' : 'DecimalExponent') : 'BinarySI';
  return { nano: sign === '-' ? -capped : capped, format };
}

/** `value × 10^exponent`, rounded up. */
function scaled(value: bigint, exponent: number): bigint {
  if (value === 0n) return 0n;
  // Far out of range either way: the result is the cap, or the smallest unit.
  if (exponent > 40) return maxNano + 1n;
  if (exponent >= 0) return value * 10n ** BigInt(exponent);
  if (-exponent > maxLength + 40) return 1n;
  const divisor = 10n ** BigInt(-exponent);
  return (value + divisor - 1n) / divisor;
}

/** Negative, zero or positive, as `a` is less than, equal to or more than `b`. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  return a.nano < b.nano ? -1 : a.nano > b.nano ? 1 : 0;
}

/**
 * The canonical text: no fraction, the largest suffix that keeps the number whole, the suffixes of the format.
 * Binary values below 1024 are written as decimal ones; above, a fraction is rounded up.
 */
export function formatQuantity({ nano, format }: Quantity): string {
  if (nano === 0n) return '0';
  const sign = nano < 0n ? '-' : '';
  const amount = nano < 0n ? -nano : nano;
  if (format === 'BinarySI' && amount >= 1024n * billion)
    return sign + formatBinary((amount + billion - 1n) / billion);
  return sign + formatDecimal(amount, format);
}

function formatBinary(amount: bigint): string {
  let value = amount;
  let power = 0;
  while (power < 6 && value % 1024n === 0n) {
    value /= 1024n;
    power++;
  }
  return `${value}${['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'][power]}`;
}

function formatDecimal(nano: bigint, format: QuantityFormat): string {
  let value = nano;
  let exponent = -9;
  while (exponent < 18 && value % 1000n === 0n) {
    value /= 1000n;
    exponent += 3;
  }
  if (format === 'DecimalExponent') return exponent === 0 ? `${value}` : `${value}e${exponent}`;
  const suffix = Object.keys(decimalExponents).find((key) => decimalExponents[key] === exponent) ?? '';
  return `${value}${suffix}`;
}

/** Value as a number, for comparing and showing; loses digits past 2^53. */
export function quantityToNumber({ nano }: Quantity): number {
  return nano % billion === 0n ? Number(nano / billion) : Number(nano) / 1e9;
}
