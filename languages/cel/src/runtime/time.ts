import { CelFault } from './fault.ts';
import { CelObject, type CelValue } from './values.ts';

const nanosPerSecond = 1_000_000_000n;

/** A point in time: nanoseconds since 1970-01-01T00:00:00Z, years 1 to 9999. */
export class CelTimestamp extends CelObject {
  readonly typeName = 'google.protobuf.Timestamp';
  readonly nanoseconds: bigint;
  constructor(nanoseconds: bigint) {
    super();
    this.nanoseconds = nanoseconds;
  }
  equals(other: CelValue): boolean {
    return other instanceof CelTimestamp && other.nanoseconds === this.nanoseconds;
  }
  override toString(): string {
    return formatTimestamp(this.nanoseconds);
  }
}

/** A span of time in nanoseconds, inside int64. */
export class CelDuration extends CelObject {
  readonly typeName = 'google.protobuf.Duration';
  readonly nanoseconds: bigint;
  constructor(nanoseconds: bigint) {
    super();
    this.nanoseconds = nanoseconds;
  }
  equals(other: CelValue): boolean {
    return other instanceof CelDuration && other.nanoseconds === this.nanoseconds;
  }
  override toString(): string {
    return formatDuration(this.nanoseconds);
  }
}

const minTimestamp = -62135596800n * nanosPerSecond;
const maxTimestamp = 253402300800n * nanosPerSecond - 1n;

/** Throws a fault outside the years 1 to 9999. */
export function timestampOf(nanoseconds: bigint): CelTimestamp {
  if (nanoseconds < minTimestamp || nanoseconds > maxTimestamp) throw new CelFault('timestamp overflow');
  return new CelTimestamp(nanoseconds);
}

/** Throws a fault outside int64 nanoseconds. */
export function durationOf(nanoseconds: bigint): CelDuration {
  if (nanoseconds >= 2n ** 63n || nanoseconds < -(2n ** 63n)) throw new CelFault('duration overflow');
  return new CelDuration(nanoseconds);
}

const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Reads RFC 3339 text. Throws a fault. */
export function parseTimestamp(text: string): CelTimestamp {
  const found = rfc3339.exec(text);
  if (found === null) throw new CelFault(`invalid timestamp: ${JSON.stringify(text)}`);
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHours, offsetMinutes] = found;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const valid =
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day) &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60;
  if (!valid) throw new CelFault(`invalid timestamp: ${JSON.stringify(text)}`);
  const offset = (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0)) * (sign === '-' ? -60 : 60);
  const seconds = date.getTime() / 1000 + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset;
  return timestampOf(BigInt(seconds) * nanosPerSecond + BigInt(fraction.padEnd(9, '0')));
}

/** Whole seconds (rounded down) and the nanoseconds above them. */
export function splitSeconds(nanoseconds: bigint): { seconds: bigint; nanos: bigint } {
  const nanos = ((nanoseconds % nanosPerSecond) + nanosPerSecond) % nanosPerSecond;
  return { seconds: (nanoseconds - nanos) / nanosPerSecond, nanos };
}

function formatTimestamp(nanoseconds: bigint): string {
  const { seconds, nanos } = splitSeconds(nanoseconds);
  const date = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return `${date}${fractionOf(nanos)}Z`;
}

function fractionOf(nanos: bigint): string {
  return nanos === 0n ? '' : `.${nanos.toString().padStart(9, '0').replace(/0+$/, '')}`;
}

/** Seconds with a fraction and `s`, as `string(duration)` gives them. */
function formatDuration(nanoseconds: bigint): string {
  const absolute = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  return `${nanoseconds < 0n ? '-' : ''}${absolute / nanosPerSecond}${fractionOf(absolute % nanosPerSecond)}s`;
}

const unitNanos = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', nanosPerSecond],
  ['m', 60n * nanosPerSecond],
  ['h', 3600n * nanosPerSecond],
]);

/** Reads a duration as Go writes them, such as `1h30m` or `-1.5s`. Throws a fault. */
export function parseDuration(text: string): CelDuration {
  const invalid = () => new CelFault(`invalid duration: ${JSON.stringify(text)}`);
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return new CelDuration(0n);
  const part = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;
  let total = 0n;
  let at = 0;
  while (at < body.length || at === 0) {
    part.lastIndex = at;
    const found = part.exec(body);
    const [whole, digits = '', fraction = '', unit = ''] = found ?? [''];
    if (found === null || digits + fraction === '' || digits.length > 20) throw invalid();
    const scale = unitNanos.get(unit) ?? 0n;
    const kept = fraction.slice(0, 18);
    total += BigInt(digits === '' ? '0' : digits) * scale;
    if (kept !== '') total += (BigInt(kept) * scale) / 10n ** BigInt(kept.length);
    at += whole.length;
  }
  return durationOf(text.startsWith('-') ? -total : total);
}
