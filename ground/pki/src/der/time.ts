import { type DerElement, derFault, tags } from './element.ts';

/**
 * UTCTime or GeneralizedTime in the forms of DER: seconds are there, the zone is Z (X.690 sections 11.7 and 11.8;
 * RFC 5280 section 4.1.2.5). Fractions of a second are taken only where timestamps have them (RFC 3161 section 2.4.2),
 * and cut to milliseconds.
 * @returns milliseconds since the epoch
 */
export function time(element: DerElement, options: { readonly fraction?: boolean } = {}): number {
  const { source, contentStart, end, tag } = element;
  const yearDigits = tag === tags.utcTime ? 2 : tag === tags.generalizedTime ? 4 : 0;
  if (yearDigits === 0) throw derFault('a time was expected', element.start);
  const number = (at: number, digits: number): number => {
    let value = 0;
    for (let each = at; each < at + digits; each++) {
      const digit = each < end ? (source[each] ?? 0) - 0x30 : -1;
      if (digit < 0 || digit > 9) throw derFault('a time has no digit where one must be', element.start);
      value = value * 10 + digit;
    }
    return value;
  };
  const after = contentStart + yearDigits;
  const year = number(contentStart, yearDigits);
  const parts = [0, 2, 4, 6, 8].map((at) => number(after + at, 2));
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  const seconds = new Date(0);
  // RFC 5280 section 4.1.2.5.1: two digits from 50 on are of the twentieth century.
  seconds.setUTCFullYear(yearDigits === 4 ? year : year + (year < 50 ? 2000 : 1900), month - 1, day);
  if (
    seconds.getUTCMonth() !== month - 1 ||
    seconds.getUTCDate() !== day ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  )
    throw derFault('a time is no date of the calendar', element.start);
  const ms = seconds.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
  const zone = after + 10;
  if (source[zone] === 0x5a && zone + 1 === end) return ms;
  if (options.fraction === true && tag === tags.generalizedTime && source[zone] === 0x2e)
    return ms + fraction(element, zone + 1);
  throw derFault('a time does not end in Z after its seconds', element.start);
}

function fraction(element: DerElement, start: number): number {
  const { source, end } = element;
  const last = end - 1;
  let ms = 0;
  for (let at = start, unit = 100; at < last; at++, unit /= 10) {
    const digit = (source[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9)
      throw derFault('a fraction of a second has no digit where one must be', element.start);
    ms += digit * unit;
  }
  // X.690 section 11.7: no zeros at the end.
  if (source[last] !== 0x5a || last <= start || source[last - 1] === 0x30)
    throw derFault('a fraction of a second is not in its shortest form', element.start);
  return Math.floor(ms);
}
