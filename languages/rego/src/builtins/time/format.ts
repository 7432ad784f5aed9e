import { type CivilTime, civilTime, dayNames, monthNames } from './calendar.ts';
import { parseLayout } from './layout.ts';
import type { ZoneOffset } from './zones.ts';

/** An instant as a zone shows it. */
export interface Instant {
  /** Seconds since 1970, UTC. */
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly zone: ZoneOffset;
}

export function localTime({ seconds, zone }: Instant): CivilTime {
  return civilTime(seconds + zone.offset);
}

/** The instant as Go's `Time.Format` writes it by a layout. */
export function formatTime(instant: Instant, layout: string): string {
  const civil = localTime(instant);
  let out = '';
  for (const { prefix, element, text } of parseLayout(layout)) {
    out += prefix;
    if (element === undefined) continue;
    if (element === 'offset') out += formatOffset(instant.zone.offset, text);
    else if (element === 'zone') out += instant.zone.name;
    else if (element === 'fraction0' || element === 'fraction9') out += fraction(instant.nanoseconds, text);
    else out += field(civil, element);
  }
  return out;
}

type Field = Exclude<ReturnType<typeof parseLayout>[number]['element'], undefined>;

function field(civil: CivilTime, element: Field): string {
  const { year, month, day, hour, minute, second, weekday, yearDay } = civil;
  const hour12 = hour % 12 === 0 ? 12 : hour % 12;
  switch (element) {
    case 'year':
      return pad(Math.abs(year) % 100, 2);
    case 'longYear':
      return pad(year, 4);
    case 'month':
      return (monthNames[month - 1] ?? '').slice(0, 3);
    case 'longMonth':
      return monthNames[month - 1] ?? '';
    case 'numMonth':
      return String(month);
    case 'zeroMonth':
      return pad(month, 2);
    case 'weekday':
      return (dayNames[weekday] ?? '').slice(0, 3);
    case 'longWeekday':
      return dayNames[weekday] ?? '';
    case 'day':
      return String(day);
    case 'underDay':
      return String(day).padStart(2, ' ');
    case 'zeroDay':
      return pad(day, 2);
    case 'underYearDay':
      return String(yearDay).padStart(3, ' ');
    case 'zeroYearDay':
      return pad(yearDay, 3);
    case 'hour':
      return pad(hour, 2);
    case 'hour12':
      return String(hour12);
    case 'zeroHour12':
      return pad(hour12, 2);
    case 'minute':
      return String(minute);
    case 'zeroMinute':
      return pad(minute, 2);
    case 'second':
      return String(second);
    case 'zeroSecond':
      return pad(second, 2);
    case 'PM':
      return hour >= 12 ? 'PM' : 'AM';
    case 'pm':
      return hour >= 12 ? 'pm' : 'am';
    default:
      return '';
  }
}

function pad(value: number, width: number): string {
  const digits = String(Math.abs(value)).padStart(width, '0');
  return value < 0 ? `-${digits}` : digits;
}

/** An offset in the form of the layout: `Z07:00` writes `Z` for UTC, `-07:00` never. */
function formatOffset(offset: number, form: string): string {
  if (offset === 0 && form.startsWith('Z')) return 'Z';
  const size = Math.abs(offset);
  // Go takes the sign of the whole minutes.
  const sign = Math.trunc(offset / 60) < 0 ? '-' : '+';
  const colon = form.includes(':') ? ':' : '';
  let out = sign + pad(Math.floor(size / 3600), 2);
  const digits = form.replace(/\D/g, '').length;
  if (digits > 2) out += colon + pad(Math.floor((size % 3600) / 60), 2);
  if (digits > 4) out += colon + pad(size % 60, 2);
  return out;
}

function fraction(nanoseconds: number, form: string): string {
  const digits = String(nanoseconds)
    .padStart(9, '0')
    .slice(0, form.length - 1);
  const shown = form[1] === '0' ? digits : digits.replace(/0+$/, '');
  return shown === '' ? '' : (form[0] ?? '.') + shown;
}
