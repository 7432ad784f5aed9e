import { parseNumber } from '../values/index.ts';

/** A decimal: digits without zeros at either end, `0.digits × 10^exponent`. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

/** OPA's bound on the binary exponent of a number. */
const maxBinaryExponent = 100_000;

/**
 * Why OPA does not take the text as a number, if it does not. Numbers so near to zero that OPA's float takes
 * them for zero are refused as well.
 */
export function numberFault(text: string): 'invalid float' | 'number too big' | undefined {
  if (text.length <= 15 && /^-?[0-9]+(?:\.[0-9]+)?$/.test(text)) return undefined;
  const parts = /^-?([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?$/.exec(text);
  if (parts === null || `${parts[1] ?? ''}${parts[2] ?? ''}` === '') return 'invalid float';
  const value = decimalOf(text);
  if (value.digits === '') return undefined;
  // OPA reads the digits as an integer times a power of ten, in a float with an exponent of 32 bits.
  const power = Number(parts[3] ?? 0) - (parts[2] ?? '').length;
  const bits =
    (value.digits.length + Math.max(value.exponent - power - value.digits.length, 0)) * Math.log2(10);
  if (Math.abs(power + bits) >= 2 ** 31) return 'invalid float';
  // The number is m × 2^e with m in [0.5, 1); its leading digits are all that decides e.
  const leading = Number(`0.${value.digits.slice(0, 17)}`);
  const binary = Math.floor(Math.log2(leading) + value.exponent * Math.log2(10)) + 1;
  if (Math.abs(binary) > maxBinaryExponent) return 'number too big';
  return parseNumber(text) === undefined ? 'number too big' : undefined;
}

/** The order of two numbers by their exact values. */
export function compareNumberTexts(a: string, b: string): number {
  if (a === b) return 0;
  if (isShort(a) && isShort(b)) {
    // Up to 15 digits a double tells any two decimals apart.
    const difference = Number(a) - Number(b);
    return difference < 0 ? -1 : difference > 0 ? 1 : 0;
  }
  const x = decimalOf(a);
  const y = decimalOf(b);
  if (x.digits === '' || y.digits === '') return signOf(x) - signOf(y);
  if (x.negative !== y.negative) return x.negative ? -1 : 1;
  return x.negative ? -compareMagnitudes(x, y) : compareMagnitudes(x, y);
}

function isShort(text: string): boolean {
  return text.length <= 15 && !text.includes('e') && !text.includes('E');
}

function signOf(value: Decimal): number {
  if (value.digits === '') return 0;
  return value.negative ? -1 : 1;
}

function compareMagnitudes(a: Decimal, b: Decimal): number {
  if (a.exponent !== b.exponent) return a.exponent < b.exponent ? -1 : 1;
  if (a.digits === b.digits) return 0;
  return a.digits < b.digits ? -1 : 1;
}

function decimalOf(text: string): Decimal {
  const negative = text.startsWith('-');
  const lower = text.toLowerCase();
  const mark = lower.indexOf('e');
  const mantissa = lower.slice(negative ? 1 : 0, mark < 0 ? undefined : mark);
  const power = mark < 0 ? 0 : Number(lower.slice(mark + 1));
  const dot = mantissa.indexOf('.');
  const whole = dot < 0 ? mantissa : mantissa.slice(0, dot);
  const all = dot < 0 ? mantissa : whole + mantissa.slice(dot + 1);
  let first = 0;
  while (all.charCodeAt(first) === 48) first += 1;
  let last = all.length;
  while (last > first && all.charCodeAt(last - 1) === 48) last -= 1;
  return { negative, digits: all.slice(first, last), exponent: whole.length - first + power };
}
