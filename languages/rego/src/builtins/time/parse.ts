import { builtinError } from '../builtin.ts';
import { dayNames, daysBefore, daysIn, daysSinceEpoch, isLeap, monthNames } from './calendar.ts';
import { type LayoutChunk, parseLayout } from './layout.ts';
import { quote } from './quote.ts';

/** Nanoseconds since 1970 of a text by a layout, as Go's `time.Parse` reads it. Throws its errors. */
export function parseTime(layout: string, value: string): bigint {
  return new TimeParser(layout, value).parse();
}

const unreadable = Symbol('unreadable');

class TimeParser {
  readonly #layout: string;
  readonly #value: string;
  #rest: string;
  #year = 0;
  #month = -1;
  #day = -1;
  #yearDay = -1;
  #hour = 0;
  #minute = 0;
  #second = 0;
  #nanoseconds = 0;
  #half: 'am' | 'pm' | undefined;
  #offset = 0;
  /** What is out of its range, where something is. */
  #range = '';

  constructor(layout: string, value: string) {
    this.#layout = layout;
    this.#value = value;
    this.#rest = value;
  }

  parse(): bigint {
    const chunks = parseLayout(this.#layout);
    for (const [index, chunk] of chunks.entries()) {
      this.#skip(chunk.prefix);
      const { element } = chunk;
      if (element === undefined) break;
      const hold = this.#rest;
      const failure = this.#read({ ...chunk, element }, chunks[index + 1]);
      if (this.#range !== '') throw this.#fault(`: ${this.#range} out of range`);
      if (failure === unreadable) throw this.#unreadable(hold, chunk.text);
    }
    if (this.#rest !== '') throw this.#fault(`: extra text: ${quote(this.#rest)}`);
    return this.#result();
  }

  #fault(message: string): Error {
    return builtinError(`parsing time ${quote(this.#value)}${message}`);
  }

  #unreadable(value: string, element: string): Error {
    const [layout, text] = [quote(this.#layout), quote(value)];
    return this.#fault(` as ${layout}: cannot parse ${text} as ${quote(element)}`);
  }

  /** Text of the layout; a run of blanks in it matches any run, none too at the end. */
  #skip(prefix: string): void {
    let left = prefix;
    while (left !== '') {
      if (left.startsWith(' ')) {
        if (this.#rest !== '' && !this.#rest.startsWith(' ')) throw this.#unreadable(this.#rest, prefix);
        left = left.replace(/^ +/, '');
        this.#rest = this.#rest.replace(/^ +/, '');
      } else if (this.#rest[0] === left[0]) {
        left = left.slice(1);
        this.#rest = this.#rest.slice(1);
      } else throw this.#unreadable(this.#rest, prefix);
    }
  }

  #take(length: number): string {
    const text = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    return text;
  }

  /** One or two digits, or with `fixed` two. */
  #number(fixed: boolean): number | typeof unreadable {
    const found = (fixed ? /^\d\d/ : /^\d\d?/).exec(this.#rest);
    return found === null ? unreadable : Number(this.#take(found[0].length));
  }

  #ranged(fixed: boolean, low: number, high: number, name: string): number | typeof unreadable {
    const value = this.#number(fixed);
    if (typeof value === 'number' && (value < low || value > high)) this.#range = name;
    return value;
  }

  #name(names: readonly string[]): number | typeof unreadable {
    const lower = this.#rest.toLowerCase();
    const index = names.findIndex((name) => lower.startsWith(name.toLowerCase()));
    if (index < 0) return unreadable;
    this.#take(names[index]?.length ?? 0);
    return index + 1;
  }

  #read(
    chunk: LayoutChunk & { element: NonNullable<LayoutChunk['element']> },
    next: LayoutChunk | undefined,
  ): typeof unreadable | undefined {
    const keep = (value: number | typeof unreadable, set: (value: number) => void) => {
      if (value === unreadable) return unreadable;
      set(value);
      return undefined;
    };
    const fixed = chunk.element.startsWith('zero');
    switch (chunk.element) {
      case 'year':
      case 'longYear':
        return this.#readYear(chunk.element === 'longYear');
      case 'month':
        return keep(this.#name(monthNames.map((name) => name.slice(0, 3))), (month) => {
          this.#month = month;
        });
      case 'longMonth':
        return keep(this.#name(monthNames), (month) => {
          this.#month = month;
        });
      case 'numMonth':
      case 'zeroMonth':
        return keep(this.#ranged(fixed, 1, 12, 'month'), (month) => {
          this.#month = month;
        });
      case 'weekday':
        return keep(this.#name(dayNames.map((name) => name.slice(0, 3))), () => undefined);
      case 'longWeekday':
        return keep(this.#name(dayNames), () => undefined);
      case 'day':
      case 'underDay':
      case 'zeroDay':
        if (chunk.element === 'underDay') this.#rest = this.#rest.replace(/^ /, '');
        return keep(this.#number(fixed), (day) => {
          this.#day = day;
        });
      case 'underYearDay':
      case 'zeroYearDay':
        return this.#readYearDay(fixed);
      case 'hour':
        return keep(this.#ranged(false, 0, 23, 'hour'), (hour) => {
          this.#hour = hour;
        });
      case 'hour12':
      case 'zeroHour12':
        return keep(this.#ranged(fixed, 0, 12, 'hour'), (hour) => {
          this.#hour = hour;
        });
      case 'minute':
      case 'zeroMinute':
        return keep(this.#ranged(fixed, 0, 59, 'minute'), (minute) => {
          this.#minute = minute;
        });
      case 'second':
      case 'zeroSecond':
        return this.#readSecond(fixed, next);
      case 'PM':
      case 'pm':
        return this.#readHalf(chunk.element);
      case 'offset':
        return this.#readOffset(chunk.text);
      case 'zone':
        return this.#readZone();
      case 'fraction0':
        if (this.#rest.length < chunk.text.length) return unreadable;
        return this.#readFraction(this.#take(chunk.text.length));
      case 'fraction9': {
        const found = /^[.,]\d+/.exec(this.#rest);
        return found === null ? undefined : this.#readFraction(this.#take(found[0].length));
      }
    }
  }

  #readYear(long: boolean): typeof unreadable | undefined {
    const found = (long ? /^\d{4}/ : /^[+-]?\d+/).exec(this.#rest.slice(0, long ? 4 : 2));
    if (found === null || found[0].length < (long ? 4 : 2)) return unreadable;
    const year = Number(this.#take(found[0].length));
    this.#year = long ? year : year >= 69 ? year + 1900 : year + 2000;
    return undefined;
  }

  #readYearDay(fixed: boolean): typeof unreadable | undefined {
    if (!fixed) this.#rest = this.#rest.replace(/^ {1,2}/, '');
    const found = (fixed ? /^\d{3}/ : /^\d{1,3}/).exec(this.#rest);
    if (found === null) return unreadable;
    this.#yearDay = Number(this.#take(found[0].length));
    return undefined;
  }

  /** A fraction behind seconds is read although the layout has none. */
  #readSecond(fixed: boolean, next: LayoutChunk | undefined): typeof unreadable | undefined {
    const second = this.#ranged(fixed, 0, 59, 'second');
    if (second === unreadable || this.#range !== '') return second === unreadable ? second : undefined;
    this.#second = second;
    const found = /^[.,]\d+/.exec(this.#rest);
    if (found === null || next?.element === 'fraction0' || next?.element === 'fraction9') return undefined;
    return this.#readFraction(this.#take(found[0].length));
  }

  #readFraction(text: string): typeof unreadable | undefined {
    if (!/^[.,][+-]?\d+$/.test(text)) return unreadable;
    const digits = text.slice(1, 10);
    this.#nanoseconds = Number(digits) * 10 ** (9 - digits.length);
    if (this.#nanoseconds < 0) this.#range = 'fractional second';
    return undefined;
  }

  #readHalf(form: 'PM' | 'pm'): typeof unreadable | undefined {
    const text = this.#take(2);
    const [am, pm] = form === 'PM' ? ['AM', 'PM'] : ['am', 'pm'];
    if (text !== am && text !== pm) return unreadable;
    this.#half = text === am ? 'am' : 'pm';
    return undefined;
  }

  #readOffset(form: string): typeof unreadable | undefined {
    if (form.startsWith('Z') && this.#rest.startsWith('Z')) {
      this.#take(1);
      return undefined;
    }
    const shape = form.slice(1);
    const text = this.#take(shape.length + 1);
    const parts = /^(.)(..)(?::?(..))?(?::?(..))?$/su.exec(text);
    const colons = [3, 6].every((at) => form[at] !== ':' || text[at] === ':');
    if (parts === null || text.length !== shape.length + 1 || !colons) return unreadable;
    const [, sign, ...digits] = parts;
    if (digits.some((item) => item !== undefined && !/^\d\d$/.test(item))) return unreadable;
    const [hours = 0, minutes = 0, seconds = 0] = digits.map((item) => Number(item ?? 0));
    if (hours > 24) this.#range = 'time zone offset hour';
    if (minutes > 60) this.#range = 'time zone offset minute';
    if (seconds > 60) this.#range = 'time zone offset second';
    if (sign !== '+' && sign !== '-') return unreadable;
    this.#offset = (sign === '-' ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
    return undefined;
  }

  /** An abbreviation. Without a local zone that knows it, Go takes it for UTC, even `GMT+3`. */
  #readZone(): typeof unreadable | undefined {
    const found =
      /^(?:UTC|ChST|MeST|GMT(?:[+-]0*(?:1?\d|2[0-3])(?!\d))?|[+-]0*(?:1?\d|2[0-3])(?!\d))/.exec(this.#rest) ??
      /^(?:[A-Z]{4}T(?![A-Z])|(?:[A-Z]{3}T|WITA)(?![A-Z])|[A-Z]{3}(?![A-Z]))/.exec(this.#rest);
    if (found === null) return unreadable;
    this.#take(found[0].length);
    return undefined;
  }

  #result(): bigint {
    if (this.#half === 'pm' && this.#hour < 12) this.#hour += 12;
    else if (this.#half === 'am' && this.#hour === 12) this.#hour = 0;
    if (this.#yearDay >= 0) this.#applyYearDay();
    if (this.#month < 0) this.#month = 1;
    if (this.#day < 0) this.#day = 1;
    if (this.#day < 1 || this.#day > daysIn(this.#month, this.#year)) throw this.#fault(': day out of range');
    const days = daysSinceEpoch(this.#year, this.#month, this.#day);
    const seconds = days * 86_400 + this.#hour * 3600 + this.#minute * 60 + this.#second - this.#offset;
    return BigInt(seconds) * 1_000_000_000n + BigInt(this.#nanoseconds);
  }

  #applyYearDay(): void {
    let yearDay = this.#yearDay;
    let [month, day] = [0, 0];
    if (isLeap(this.#year)) {
      if (yearDay === 31 + 29) [month, day] = [2, 29];
      else if (yearDay > 31 + 29) yearDay--;
    }
    if (yearDay < 1 || yearDay > 365) throw this.#fault(': day-of-year out of range');
    if (month === 0) {
      month = 1;
      while (month < 12 && daysBefore(month + 1) < yearDay) month++;
      day = yearDay - daysBefore(month);
    }
    if (this.#month >= 0 && this.#month !== month) throw this.#fault(': day-of-year does not match month');
    if (this.#day >= 0 && this.#day !== day) throw this.#fault(': day-of-year does not match day');
    this.#month = month;
    this.#day = day;
  }
}
