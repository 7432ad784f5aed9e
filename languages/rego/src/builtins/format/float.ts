import { type Digits, decimalDigits, roundDigits } from '../../values/index.ts';
import { type Flags, pad } from './flags.ts';

/** Doubles as Go's package fmt prints them. */

export type FloatVerb = 'b' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'v' | 'x' | 'X';

const usualPrecision = new Map<FloatVerb, number>([
  ['e', 6],
  ['E', 6],
  ['f', 6],
  ['F', 6],
]);

export function formatFloat(value: number, verb: FloatVerb, flags: Flags): string {
  const precision = flags.precision ?? usualPrecision.get(verb);
  const negative = value < 0 || Object.is(value, -0);
  let magnitude = writeMagnitude(Math.abs(value), verb, precision);
  if (flags.sharp && verb !== 'b') magnitude = withPoint(magnitude, verb, precision);
  const sign = negative ? '-' : flags.plus ? '+' : flags.space ? ' ' : '';
  return padSigned(sign, magnitude, flags);
}

/** A sign stands before the zeros of the padding, a blank for it too. */
function padSigned(sign: string, magnitude: string, flags: Flags): string {
  if (sign === '' || !flags.zero || flags.minus) return pad(sign + magnitude, flags);
  return sign + pad(magnitude, { ...flags, width: (flags.width ?? 0) - 1 });
}

function writeMagnitude(value: number, verb: FloatVerb, precision: number | undefined): string {
  switch (verb) {
    case 'b':
      return binaryForm(value);
    case 'x':
      return hexForm(value, precision);
    case 'X':
      return hexForm(value, precision).toUpperCase();
    case 'e':
    case 'E': {
      const digits = precision === undefined ? shortest(value) : rounded(value, precision + 1);
      const text = exponentForm(digits, precision ?? Math.max(digits.digits.length - 1, 0));
      return verb === 'E' ? text.toUpperCase() : text;
    }
    case 'f':
    case 'F':
      return fixedForm(value, precision ?? 6);
    case 'G':
      return generalForm(value, precision).toUpperCase();
  }
  return generalForm(value, precision);
}

/** Mantissa and exponent of a double that is not negative. */
function parts(value: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> 52n) & 0x7ff;
  const fraction = bits & 0xfffffffffffffn;
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: biased - 1075 };
}

function exact(value: number): Digits {
  const { mantissa, exponent } = parts(value);
  return mantissa === 0n ? { digits: '', point: 0 } : decimalDigits(mantissa, exponent);
}

function shortest(value: number): Digits {
  if (value === 0) return { digits: '', point: 0 };
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  return { digits: mantissa.replace('.', ''), point: Number(exponent) + 1 };
}

function rounded(value: number, count: number): Digits {
  return roundDigits(exact(value), count);
}

function exponentForm({ digits, point }: Digits, fraction: number): string {
  const exponent = digits === '' ? 0 : point - 1;
  const head = digits.charAt(0) || '0';
  const tail = fraction > 0 ? `.${digits.slice(1, fraction + 1).padEnd(fraction, '0')}` : '';
  const power = String(Math.abs(exponent)).padStart(2, '0');
  return `${head}${tail}e${exponent < 0 ? '-' : '+'}${power}`;
}

function fixedForm(value: number, fraction: number): string {
  const all = exact(value);
  return fixed(roundDigits(all, Math.max(all.point + fraction, -1)), fraction);
}

function fixed({ digits, point }: Digits, fraction: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  if (fraction <= 0) return whole;
  const zeros = '0'.repeat(Math.min(Math.max(-point, 0), fraction));
  const rest = zeros + digits.slice(Math.max(point, 0));
  return `${whole}.${rest.slice(0, fraction).padEnd(fraction, '0')}`;
}

/** `%g`: an exponent below -4, or from the precision on, is written out; 6 stands for the shortest. */
function generalForm(value: number, precision: number | undefined): string {
  const digits = precision === undefined ? shortest(value) : rounded(value, Math.max(precision, 1));
  const count = digits.digits.length;
  let bound = precision === undefined ? 6 : Math.max(precision, 1);
  if (precision !== undefined && bound > count && count >= digits.point) bound = count;
  const exponent = digits.point - 1;
  if (count > 0 && (exponent < -4 || exponent >= bound)) return exponentForm(digits, count - 1);
  return fixed(digits, Math.max(count - digits.point, 0));
}

/** `%b`: the mantissa as an integer and the power of two. */
function binaryForm(value: number): string {
  const { mantissa, exponent } = parts(value);
  return `${mantissa}p${exponent < 0 ? '' : '+'}${exponent}`;
}

/** `%x`: `0x1.8p+01`, rounded to so many digits after the point. */
function hexForm(value: number, precision: number | undefined): string {
  let { mantissa, exponent } = parts(value);
  if (mantissa === 0n)
    return `0x0${precision === undefined || precision === 0 ? '' : `.${'0'.repeat(precision)}`}p+00`;
  // The leading 1 comes to bit 60, so that 15 whole digits follow it.
  while (mantissa < 1n << 60n) {
    mantissa <<= 1n;
    exponent--;
  }
  if (precision !== undefined && precision < 15) {
    const shift = BigInt(4 * (15 - precision));
    const rest = mantissa & ((1n << shift) - 1n);
    const half = 1n << (shift - 1n);
    mantissa >>= shift;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++;
    mantissa <<= shift;
    if (mantissa >= 1n << 61n) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  const digits = mantissa.toString(16).slice(1);
  const shown =
    precision === undefined ? digits.replace(/0+$/, '') : digits.slice(0, precision).padEnd(precision, '0');
  const power = exponent + 60;
  const sign = power < 0 ? '-' : '+';
  return `0x1${shown === '' ? '' : `.${shown}`}p${sign}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** `#`: a decimal point always, and for the general form as many digits as the precision, 6 without one. */
function withPoint(text: string, verb: FloatVerb, precision: number | undefined): string {
  const isHex = verb === 'x' || verb === 'X';
  const tailStart = text.search(isHex ? /[pP]/ : /[eEpP]/);
  let body = tailStart < 0 ? text : text.slice(0, tailStart);
  const tail = tailStart < 0 ? '' : text.slice(tailStart);
  let digits = verb === 'v' || verb === 'g' || verb === 'G' || verb === 'x' ? (precision ?? 6) : 0;
  digits -= body.replace(/[.]/g, '').replace(/^0+/, '').length;
  if (!body.includes('.')) {
    if (body === '0') digits--;
    body += '.';
  }
  return body + '0'.repeat(Math.max(digits, 0)) + tail;
}
