import { CelFault } from '../runtime/fault.ts';
import { CelDuration, CelTimestamp, splitSeconds } from '../runtime/time.ts';
import { type CelValue, toInt } from '../runtime/values.ts';
import type { FunctionTable } from './library.ts';

const calendar = ['FullYear', 'Month', 'Date', 'DayOfMonth', 'DayOfWeek', 'DayOfYear'];
const clock = ['Hours', 'Minutes', 'Seconds', 'Milliseconds'];

/** Accessors of timestamps, with an optional time zone, and of durations. */
export const timeDeclarations: readonly string[] = [
  ...[...calendar, ...clock].flatMap((name) => [
    `google.protobuf.Timestamp.get${name}() -> int`,
    `google.protobuf.Timestamp.get${name}(string) -> int`,
  ]),
  ...clock.map((name) => `google.protobuf.Duration.get${name}() -> int`),
];

/** The wall clock of a zone at a timestamp, held in the UTC fields of a Date. Throws a fault. */
function wallClock(timestamp: CelTimestamp, zone: CelValue): Date {
  const { seconds, nanos } = splitSeconds(timestamp.nanoseconds);
  const utc = Number(seconds) * 1000 + Number(nanos / 1_000_000n);
  if (typeof zone !== 'string') throw new CelFault('no such overload');
  return new Date(utc + zoneOffset(zone, utc) * 1000);
}

/** Seconds east of UTC of `±hh:mm` or a name of the IANA database. */
function zoneOffset(zone: string, time: number): number {
  if (zone === 'UTC' || zone === '') return 0;
  const fixed = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (fixed !== null) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3]);
    return fixed[1] === '-' ? -minutes * 60 : minutes * 60;
  }
  const parts = zoneParts(zone, time);
  const date = new Date(0);
  date.setUTCFullYear(parts['year'] ?? 0, (parts['month'] ?? 1) - 1, parts['day'] ?? 1);
  date.setUTCHours(parts['hour'] ?? 0, parts['minute'] ?? 0, parts['second'] ?? 0);
  return Math.round(date.getTime() / 1000 - Math.floor(time / 1000));
}

function zoneParts(zone: string, time: number): Record<string, number> {
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'iso8601',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    return Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  } catch {
    throw new CelFault(`unknown time zone ${zone}`);
  }
}

function ofCalendar(read: (date: Date) => number) {
  return (value: CelValue, zone: CelValue = 'UTC') =>
    value instanceof CelTimestamp ? read(wallClock(value, zone)) : undefined;
}

/** Fields of a timestamp's clock; for durations the whole span in that unit. */
function ofClock(read: (date: Date) => number, unit: bigint, wrap?: bigint) {
  return (value: CelValue, zone: CelValue = 'UTC') => {
    if (value instanceof CelTimestamp) return read(wallClock(value, zone));
    if (!(value instanceof CelDuration)) return undefined;
    const whole = value.nanoseconds / unit;
    return toInt(wrap === undefined ? whole : whole % wrap);
  };
}

function dayOfYear(date: Date): number {
  const start = new Date(date.getTime());
  start.setUTCMonth(0, 1);
  return Math.round((date.getTime() - start.getTime()) / 86_400_000);
}

export const timeFunctions: FunctionTable = {
  '.getFullYear': ofCalendar((date) => date.getUTCFullYear()),
  '.getMonth': ofCalendar((date) => date.getUTCMonth()),
  '.getDate': ofCalendar((date) => date.getUTCDate()),
  '.getDayOfMonth': ofCalendar((date) => date.getUTCDate() - 1),
  '.getDayOfWeek': ofCalendar((date) => date.getUTCDay()),
  '.getDayOfYear': ofCalendar(dayOfYear),
  '.getHours': ofClock((date) => date.getUTCHours(), 3_600_000_000_000n),
  '.getMinutes': ofClock((date) => date.getUTCMinutes(), 60_000_000_000n),
  '.getSeconds': ofClock((date) => date.getUTCSeconds(), 1_000_000_000n),
  '.getMilliseconds': ofClock((date) => date.getUTCMilliseconds(), 1_000_000n, 1000n),
};
