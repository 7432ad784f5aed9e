import {
  decimalOf,
  entriesSorted,
  isArray,
  isNumber,
  isObjectValue,
  memberName,
  numberFromDouble,
  objectOf,
  type RegoNumber,
  type RegoValue,
  stringifyJson,
  toDouble,
} from '../../values/index.ts';

/** The JSON text of a value with every number as a double, so that 1 and 1.0 are one. */
export function canonicalJson(value: RegoValue): string {
  return stringifyJson(withDoubles(value));
}

function withDoubles(value: RegoValue): RegoValue {
  if (isNumber(value)) return numberFromDouble(toDouble(value));
  if (isArray(value)) return value.map(withDoubles);
  if (!isObjectValue(value)) return value;
  return objectOf(entriesSorted(value).map(([key, item]) => [memberName(key), withDoubles(item)]));
}

/** A number as Go prints a big float: its digits, with an exponent from a million on. */
export function bigFloatText(number: RegoNumber): string {
  const { coefficient, exponent } = decimalOf(number);
  const sign = coefficient < 0n ? '-' : '';
  const all = (coefficient < 0n ? -coefficient : coefficient).toString();
  const digits = all.replace(/0+$/, '') || '0';
  const power = all.length + exponent - 1;
  if (digits === '0') return '0';
  if (power < -4 || power >= 6) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    const size = String(Math.abs(power)).padStart(2, '0');
    return `${sign}${digits[0]}${fraction}e${power < 0 ? '-' : '+'}${size}`;
  }
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, '0');
  return sign + whole + (digits.length > power + 1 ? `.${digits.slice(power + 1)}` : '');
}
