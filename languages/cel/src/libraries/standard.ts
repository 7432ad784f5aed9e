import { CelFault } from '../runtime/fault.ts';
import {
  CelDuration,
  CelTimestamp,
  parseDuration,
  parseTimestamp,
  splitSeconds,
  timestampOf,
} from '../runtime/time.ts';
import {
  CelBytes,
  type CelDouble,
  CelMap,
  CelOptional,
  CelTypeValue,
  CelUint,
  type CelValue,
  isDouble,
  isInt,
  isRecord,
  stringSize,
  toDouble,
  toInt,
  toUint,
  typeOf,
} from '../runtime/values.ts';
import type { FunctionTable } from './library.ts';
import { isZeroValue } from './optional.ts';

/** The standard functions and conversions of cel-spec, "List of Standard Definitions". */
export const standardDeclarations: readonly string[] = [
  'size(string) -> int',
  'size(bytes) -> int',
  'size(list(A)) -> int',
  'size(map(A, B)) -> int',
  'string.size() -> int',
  'bytes.size() -> int',
  'list(A).size() -> int',
  'map(A, B).size() -> int',
  'string.startsWith(string) -> bool',
  'string.endsWith(string) -> bool',
  'string.contains(string) -> bool',
  'type(A) -> type(A)',
  'dyn(A) -> dyn',
  'int(int) -> int',
  'int(uint) -> int',
  'int(double) -> int',
  'int(string) -> int',
  'int(google.protobuf.Timestamp) -> int',
  'int(google.protobuf.Duration) -> int',
  'uint(uint) -> uint',
  'uint(int) -> uint',
  'uint(double) -> uint',
  'uint(string) -> uint',
  'double(double) -> double',
  'double(int) -> double',
  'double(uint) -> double',
  'double(string) -> double',
  'bool(bool) -> bool',
  'bool(string) -> bool',
  'string(string) -> string',
  'string(bool) -> string',
  'string(int) -> string',
  'string(uint) -> string',
  'string(double) -> string',
  'string(bytes) -> string',
  'string(google.protobuf.Timestamp) -> string',
  'string(google.protobuf.Duration) -> string',
  'bytes(bytes) -> bytes',
  'bytes(string) -> bytes',
  'timestamp(string) -> google.protobuf.Timestamp',
  'timestamp(int) -> google.protobuf.Timestamp',
  'timestamp(google.protobuf.Timestamp) -> google.protobuf.Timestamp',
  'duration(string) -> google.protobuf.Duration',
  'duration(int) -> google.protobuf.Duration',
  'duration(google.protobuf.Duration) -> google.protobuf.Duration',
  'optional.of(A) -> optional_type(A)',
  'optional.ofNonZeroValue(A) -> optional_type(A)',
  'optional.none() -> optional_type(A)',
  'optional.unwrap(list(optional_type(A))) -> list(A)',
  'list(optional_type(A)).unwrapOpt() -> list(A)',
  'optional_type(A).hasValue() -> bool',
  'optional_type(A).value() -> A',
  'optional_type(A).or(optional_type(A)) -> optional_type(A)',
  'optional_type(A).orValue(A) -> A',
];

function size(value: CelValue): CelValue | undefined {
  if (typeof value === 'string') return stringSize(value);
  if (Array.isArray(value)) return value.length;
  if (value instanceof CelBytes) return value.value.length;
  if (value instanceof CelMap) return value.size;
  return isRecord(value) ? Object.keys(value).length : undefined;
}

function text(test: (value: string, argument: string) => boolean) {
  return (value: CelValue, argument: CelValue) =>
    typeof value === 'string' && typeof argument === 'string' ? test(value, argument) : undefined;
}

function toIntValue(value: CelValue): CelValue | undefined {
  if (isInt(value)) return value;
  if (value instanceof CelUint) return toInt(value.value);
  if (isDouble(value)) return toInt(truncate(value, 2 ** 63), 'integer overflow');
  if (value instanceof CelTimestamp) return toInt(splitSeconds(value.nanoseconds).seconds);
  if (value instanceof CelDuration) return toInt(value.nanoseconds);
  if (typeof value !== 'string') return undefined;
  if (!/^[+-]?\d{1,30}$/.test(value)) throw new CelFault(`type conversion error from 'string' to 'int'`);
  return toInt(BigInt(value.replace(/^\+/, '')));
}

function toUintValue(value: CelValue): CelValue | undefined {
  if (value instanceof CelUint) return value;
  if (isInt(value)) return toUint(BigInt(value));
  if (isDouble(value)) return toUint(truncate(value, 2 ** 64));
  if (typeof value !== 'string') return undefined;
  if (!/^\d{1,30}$/.test(value)) throw new CelFault(`type conversion error from 'string' to 'uint'`);
  return toUint(BigInt(value));
}

/** Toward zero. Out of range at ±limit itself, since that double may stand for a number beyond it. */
function truncate(value: number | CelDouble, limit: number): bigint {
  const number = typeof value === 'number' ? value : value.value;
  if (!(Math.abs(number) < limit)) throw new CelFault('integer overflow');
  return BigInt(Math.trunc(number));
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function toDoubleValue(value: CelValue): CelValue | undefined {
  if (isDouble(value)) return value;
  if (isInt(value)) return toDouble(Number(value));
  if (value instanceof CelUint) return toDouble(Number(value.value));
  if (typeof value !== 'string') return undefined;
  if (decimal.test(value)) return toDouble(Number(value));
  const word = value.toLowerCase();
  if (word === 'nan') return Number.NaN;
  const infinity = /^([+-]?)inf(?:inity)?$/.exec(word);
  if (infinity === null) throw new CelFault(`type conversion error from 'string' to 'double'`);
  return infinity[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Text of a double as Go's %g gives it. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const [digits = '', exponent] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 21) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

function toStringValue(value: CelValue): CelValue | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || isInt(value)) return String(value);
  if (value instanceof CelUint) return String(value.value);
  if (isDouble(value)) return doubleText(typeof value === 'number' ? value : value.value);
  if (value instanceof CelTimestamp || value instanceof CelDuration) return value.toString();
  if (!(value instanceof CelBytes)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value.value);
  } catch {
    throw new CelFault('invalid UTF-8 in bytes, cannot convert to string');
  }
}

const trueTexts = new Set(['1', 't', 'T', 'true', 'True', 'TRUE']);
const falseTexts = new Set(['0', 'f', 'F', 'false', 'False', 'FALSE']);

function toBoolValue(value: CelValue): CelValue | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  if (trueTexts.has(value)) return true;
  if (falseTexts.has(value)) return false;
  throw new CelFault(`type conversion error from 'string' to 'bool'`);
}

function toBytesValue(value: CelValue): CelValue | undefined {
  if (value instanceof CelBytes) return value;
  return typeof value === 'string' ? new CelBytes(new TextEncoder().encode(value)) : undefined;
}

function toTimestampValue(value: CelValue): CelValue | undefined {
  if (value instanceof CelTimestamp) return value;
  if (isInt(value)) return timestampOf(BigInt(value) * 1_000_000_000n);
  return typeof value === 'string' ? parseTimestamp(value) : undefined;
}

function toDurationValue(value: CelValue): CelValue | undefined {
  if (value instanceof CelDuration) return value;
  if (isInt(value)) return new CelDuration(BigInt(value));
  return typeof value === 'string' ? parseDuration(value) : undefined;
}

function unwrap(list: CelValue): CelValue | undefined {
  if (!Array.isArray(list)) return undefined;
  const values: CelValue[] = [];
  for (const item of list) {
    if (!(item instanceof CelOptional)) return undefined;
    if (item.value !== undefined) values.push(item.value);
  }
  return values;
}

export const standardFunctions: FunctionTable = {
  size,
  '.size': size,
  '.startsWith': text((value, prefix) => value.startsWith(prefix)),
  '.endsWith': text((value, suffix) => value.endsWith(suffix)),
  '.contains': text((value, part) => value.includes(part)),
  type: (value) => new CelTypeValue(typeOf(value)),
  dyn: (value) => value,
  int: toIntValue,
  uint: toUintValue,
  double: toDoubleValue,
  bool: toBoolValue,
  string: toStringValue,
  bytes: toBytesValue,
  timestamp: toTimestampValue,
  duration: toDurationValue,
  'optional.of': (value) => new CelOptional(value),
  'optional.ofNonZeroValue': (value) => (isZeroValue(value) ? CelOptional.none : new CelOptional(value)),
  'optional.none': () => CelOptional.none,
  'optional.unwrap': unwrap,
  '.unwrapOpt': unwrap,
};
