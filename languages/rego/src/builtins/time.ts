import {
  isArray,
  isNumber,
  numberFromBigInt,
  type RegoNumber,
  type RegoValue,
  toBigInt,
} from '../values/index.ts';
import {
  type BuiltinArguments,
  type BuiltinContext,
  type BuiltinFamily,
  builtinError,
  typeError,
} from './builtin.ts';
import { int64Operand, operand, stringOperand, wrongType } from './operands.ts';
import { type CivilTime, dayNames, daysIn, daysSinceEpoch } from './time/calendar.ts';
import { parseDuration } from './time/duration.ts';
import { formatTime, type Instant, localTime } from './time/format.ts';
import { namedLayouts, rfc3339, rfc3339Nano } from './time/layout.ts';
import { parseTime } from './time/parse.ts';
import { findZone, utc, type Zone } from './time/zones.ts';

const perSecond = 1_000_000_000n;

/** A time as operands give it: nanoseconds, or an array of nanoseconds, zone and layout. */
interface GivenTime {
  readonly instant: Instant;
  readonly zone: Zone;
  readonly layout: string;
}

function instantIn(zone: Zone, nanoseconds: bigint): Instant {
  const rest = ((nanoseconds % perSecond) + perSecond) % perSecond;
  const seconds = Number((nanoseconds - rest) / perSecond);
  return { seconds, nanoseconds: Number(rest), zone: zone.at(seconds) };
}

function givenTime(value: RegoValue): GivenTime {
  if (isNumber(value)) return { instant: instantIn(utc, nanosecondsOf(value)), zone: utc, layout: '' };
  if (!isArray(value) || value.length === 0) {
    throw wrongType(1, value, 'either number (ns) or [number (ns), string (tz)]');
  }
  const [nanoseconds = null, zoneName = '', layout = ''] = value;
  if (!isNumber(nanoseconds)) throw wrongType(1, nanoseconds, 'number');
  if (typeof zoneName !== 'string') throw wrongType(1, zoneName, 'string');
  const zone = loadZone(zoneName);
  if (typeof layout !== 'string') throw wrongType(1, layout, 'string');
  return { instant: instantIn(zone, nanosecondsOf(nanoseconds)), zone, layout };
}

function nanosecondsOf(value: RegoNumber): bigint {
  const integer = toBigInt(value);
  if (integer === undefined || BigInt.asIntN(64, integer) !== integer)
    throw builtinError('timestamp too big');
  return integer;
}

function loadZone(name: string): Zone {
  const zone = findZone(name);
  if (zone !== undefined) return zone;
  const isPath = name.includes('..') || name.startsWith('/') || name.startsWith('\\');
  throw builtinError(isPath ? 'time: invalid location name' : `unknown time zone ${name}`);
}

function inRange(nanoseconds: bigint): RegoNumber {
  if (BigInt.asIntN(64, nanoseconds) !== nanoseconds) throw builtinError('time outside of valid range');
  return numberFromBigInt(nanoseconds);
}

function fieldsOf(args: BuiltinArguments): CivilTime {
  return localTime(givenTime(operand(args, 1)).instant);
}

function date(args: BuiltinArguments): RegoValue {
  const { year, month, day } = fieldsOf(args);
  return [year, month, day];
}

function clock(args: BuiltinArguments): RegoValue {
  const { hour, minute, second } = fieldsOf(args);
  return [hour, minute, second];
}

function format(args: BuiltinArguments): string {
  const { instant, layout } = givenTime(operand(args, 1));
  return formatTime(instant, layout === '' ? rfc3339Nano : (namedLayouts.get(layout) ?? layout));
}

function parse(args: BuiltinArguments): RegoNumber {
  const layout = stringOperand(args, 1);
  return inRange(parseTime(namedLayouts.get(layout) ?? layout, stringOperand(args, 2)));
}

function addDate(args: BuiltinArguments): RegoNumber {
  const { instant, zone } = givenTime(operand(args, 1));
  const years = int64Operand(args, 2);
  const months = int64Operand(args, 3);
  const days = int64Operand(args, 4);
  const bound = 10_000_000n;
  if ([years, months, days].some((count) => count > bound || count < -bound)) {
    throw builtinError('time outside of valid range');
  }
  const fields = localTime(instant);
  const day = daysSinceEpoch(
    fields.year + Number(years),
    fields.month + Number(months),
    fields.day + Number(days),
  );
  const local = day * 86_400 + fields.hour * 3600 + fields.minute * 60 + fields.second;
  return inRange(BigInt(toUtc(zone, local)) * perSecond + BigInt(instant.nanoseconds));
}

/** Seconds since 1970 of a wall clock in a zone. Where the clock was moved, Go's choice: see `time.Date`. */
function toUtc(zone: Zone, local: number): number {
  const { offset } = zone.at(local);
  if (offset === 0) return local;
  const guess = local - offset;
  return local - zone.at(guess).offset;
}

/** Years, months, days, hours, minutes and seconds between two times, on the calendar of the first's zone. */
function diff(args: BuiltinArguments): RegoValue {
  const a = givenTime(operand(args, 1));
  const b = givenTime(operand(args, 2)).instant;
  const other: Instant = { ...b, zone: a.zone.at(b.seconds) };
  const isLater = a.instant.seconds - b.seconds || a.instant.nanoseconds - b.nanoseconds;
  const [from, to] = (isLater > 0 ? [other, a.instant] : [a.instant, other]).map(localTime);
  if (from === undefined || to === undefined) throw typeError('no time');
  return difference(from, to);
}

function difference(from: CivilTime, to: CivilTime): RegoValue {
  const time = (fields: CivilTime) => fields.hour * 3600 + fields.minute * 60 + fields.second;
  let seconds = time(to) - time(from);
  let days = to.day - from.day;
  let months = (to.year - from.year) * 12 + to.month - from.month;
  if (seconds < 0) {
    seconds += 86_400;
    days--;
  }
  if (days < 0) {
    days += daysIn(from.month, from.year);
    months--;
  }
  return [
    Math.trunc(months / 12),
    months % 12,
    days,
    Math.floor(seconds / 3600),
    Math.floor((seconds % 3600) / 60),
    seconds % 60,
  ];
}

/** The time of the evaluation: the same for every call of it. */
function now(_args: BuiltinArguments, context: BuiltinContext): RegoNumber {
  const known = context.cache.get('time.now_ns');
  if (typeof known === 'bigint') return numberFromBigInt(known);
  const { host } = context;
  if (host.now === undefined) throw builtinError('no clock is given');
  const nanoseconds = host.now();
  context.cache.set('time.now_ns', nanoseconds);
  return numberFromBigInt(nanoseconds);
}

export const time: BuiltinFamily = {
  'time.add_date': addDate,
  'time.clock': clock,
  'time.date': date,
  'time.diff': diff,
  'time.format': format,
  'time.now_ns': now,
  'time.parse_duration_ns': (args) => numberFromBigInt(parseDuration(stringOperand(args, 1))),
  'time.parse_ns': parse,
  'time.parse_rfc3339_ns': (args) => inRange(parseTime(rfc3339, stringOperand(args, 1))),
  'time.weekday': (args) => dayNames[fieldsOf(args).weekday] ?? '',
};
