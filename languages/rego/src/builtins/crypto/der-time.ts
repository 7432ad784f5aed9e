import { decodeUtf8 } from '../../values/index.ts';
import { civilTime, daysIn, daysSinceEpoch } from '../time/calendar.ts';
import { type DerElement, DerFault, tags } from './der.ts';

/** Seconds since 1970 of a UTCTime or GeneralizedTime in the form that RFC 5280 section 4.1.2.5 asks for. */
export function parseDerTime({ tag, content }: DerElement): number {
  const text = decodeUtf8(content);
  const isShort = tag === tags.utcTime;
  if (!isShort && tag !== tags.generalizedTime) throw new DerFault('time');
  const found = (
    isShort ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
  ).exec(text);
  if (found === null) throw new DerFault('time');
  const [short = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1)
    .map((digits) => Number(digits ?? 0));
  const year = isShort ? short + (short >= 50 ? 1900 : 2000) : short;
  if (
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > daysIn(month, year) ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  )
    throw new DerFault('time');
  return daysSinceEpoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
}

/** The time as Go prints it in JSON. */
export function goTime(seconds: number): string {
  const { year, month, day, hour, minute, second } = civilTime(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  return `${date}T${two(hour)}:${two(minute)}:${two(second)}Z`;
}
