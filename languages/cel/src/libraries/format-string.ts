import { elementOf, elementsOf } from '../runtime/access.ts';
import { CelFault } from '../runtime/fault.ts';
import { CelDuration, CelTimestamp } from '../runtime/time.ts';
import {
  CelBytes,
  CelDouble,
  CelMap,
  CelTypeValue,
  CelUint,
  type CelValue,
  isDouble,
  isInt,
  isNumeric,
  isRecord,
  typeOf,
  unwrapNumber,
} from '../runtime/values.ts';
import { doubleText } from './standard.ts';

const maxPrecision = 1000;

/** `format` of cel-go's strings extension: the clauses %s %d %f %e %b %o %x %X and %%. Throws a fault. */
export function formatString(template: string, values: readonly CelValue[]): string {
  let next = 0;
  return template.replace(/%(?:\.(\d+))?(.?)/gsu, (_, precision: string | undefined, clause: string) => {
    if (clause === '%' && precision === undefined) return '%';
    const at = next++;
    const value = values[at];
    if (!'sdfebxXo'.includes(clause) || clause === '') {
      throw new CelFault(`could not parse formatting clause: unrecognized formatting clause "${clause}"`);
    }
    if (value === undefined) throw new CelFault(`index ${at} out of range`);
    const digits = Number(precision ?? 6);
    if (digits > maxPrecision) throw new CelFault(`precision ${digits} is larger than ${maxPrecision}`);
    return formatClause(clause, value, digits);
  });
}

function formatClause(clause: string, value: CelValue, digits: number): string {
  switch (clause) {
    case 's':
      return stringClause(value);
    case 'd':
      if (isInt(value) || value instanceof CelUint || isDouble(value))
        return notFinite(value) ?? decimal(value);
      throw wrongType('decimal clause can only be used on integers', value);
    case 'f':
    case 'e': {
      const name = clause === 'f' ? 'fixed-point' : 'scientific';
      if (!isNumeric(value)) throw wrongType(`${name} clause can only be used on doubles`, value);
      const number = Number(unwrapNumber(value));
      return notFinite(value) ?? (clause === 'f' ? fixed(number, digits) : scientific(number, digits));
    }
    case 'b':
      if (typeof value === 'boolean') return value ? '1' : '0';
      return integer(value, 2, 'only integers and bools can be formatted as binary');
    case 'o':
      return integer(value, 8, 'octal clause can only be used on integers');
    default: {
      const text = hexadecimal(value);
      return clause === 'X' ? text.toUpperCase() : text;
    }
  }
}

function wrongType(rule: string, value: CelValue): CelFault {
  return new CelFault(`error during formatting: ${rule}, was given ${typeOf(value)}`);
}

function notFinite(value: CelValue): string | undefined {
  if (typeof value !== 'number' || Number.isFinite(value)) return undefined;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

function decimal(value: CelValue): string {
  if (isDouble(value)) throw wrongType('decimal clause can only be used on integers', value);
  return value instanceof CelUint ? String(value.value) : String(value);
}

function integer(value: CelValue, base: number, rule: string): string {
  if (isInt(value)) return value.toString(base);
  if (value instanceof CelUint) return value.value.toString(base);
  throw wrongType(rule, value);
}

function octets(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => octet.toString(16).padStart(2, '0')).join('');
}

function hexadecimal(value: CelValue): string {
  if (typeof value === 'string') return octets(new TextEncoder().encode(value));
  if (value instanceof CelBytes) return octets(value.value);
  return integer(value, 16, 'only integers, byte buffers, and strings can be formatted as hex');
}

/** As toFixed, but exact ties go to the even digit as in Go. */
function fixed(value: number, digits: number): string {
  const places = Math.min(digits, 100);
  const text = value.toFixed(places);
  if (Math.abs(value) >= 1e21 || places > 50) return text.padEnd(digits - places, '0');
  const exact = value.toFixed(100);
  const rest = exact.slice(exact.indexOf('.') + 1 + places);
  if (!/^50*$/.test(rest)) return text;
  const down =
    places === 0 ? exact.slice(0, exact.indexOf('.')) : exact.slice(0, exact.indexOf('.') + 1 + places);
  return Number(down.at(-1)) % 2 === 0 ? down : text;
}

function scientific(value: number, digits: number): string {
  const [mantissa = '', exponent = '0'] = value.toExponential(Math.min(digits, 100)).split('e');
  const power = Number(exponent);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

function stringClause(value: CelValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || isInt(value)) return String(value);
  if (isDouble(value))
    return notFinite(value) ?? doubleText(value instanceof CelDouble ? value.value : value);
  if (value instanceof CelUint) return String(value.value);
  if (value instanceof CelBytes) return new TextDecoder().decode(value.value);
  if (value instanceof CelTypeValue) return value.name;
  if (value instanceof CelTimestamp || value instanceof CelDuration) return value.toString();
  if (Array.isArray(value)) return `[${value.map(stringClause).join(', ')}]`;
  if (value instanceof CelMap || isRecord(value)) {
    const entries = elementsOf(value).map((key) => [
      stringClause(key),
      stringClause(elementOf(value, key) ?? null),
    ]);
    entries.sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${key}: ${item}`).join(', ')}}`;
  }
  throw wrongType(
    'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
    value,
  );
}
