import { isObject, type JsonValue, stringifyJson } from '@keelson/core';
import { Regex, RegexSyntaxError } from '@keelson/regex';
import { formatDuration } from './duration.ts';
import { QueryFault } from './query-syntax.ts';

/** What queries know besides their document. */
export interface QueryClock {
  /** The time, in milliseconds since 1970; without one whoever asks for it fails. */
  readonly now?: number;
  /** Objects of which not all is known: whoever asks for a member that they do not have fails, and is not told that there is none. */
  readonly partial?: readonly JsonValue[];
}

type QueryFunction = (values: readonly JsonValue[], clock: QueryClock) => JsonValue | undefined;

/** An RFC 3339 time; Date alone takes other texts too. */
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

function timeOf(value: JsonValue | undefined): number {
  const time = typeof value === 'string' && timePattern.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw new QueryFault('a time is not of the form 2026-01-02T15:04:05Z');
  return time;
}

const ofText =
  (change: (text: string) => JsonValue): QueryFunction =>
  (values) =>
    typeof values[0] === 'string' && values.length === 1 ? change(values[0]) : undefined;
const ofTexts =
  (judge: (one: string, other: string) => JsonValue): QueryFunction =>
  ([one, other, ...more]) =>
    typeof one === 'string' && typeof other === 'string' && more.length === 0 ? judge(one, other) : undefined;

/** JMESPath's functions, and Kyverno's, as far as queries over statements need them. */
const functions: Readonly<Record<string, QueryFunction>> = Object.freeze({
  length: ([value]) => {
    if (typeof value === 'string') return Array.from(value).length;
    if (Array.isArray(value)) return value.length;
    return isObject(value) ? Object.keys(value).length : undefined;
  },
  contains: ([where, what]) => {
    if (typeof where === 'string') return typeof what === 'string' ? where.includes(what) : undefined;
    // Lists and objects are not compared.
    if (what === undefined || (typeof what === 'object' && what !== null)) return undefined;
    return Array.isArray(where) ? where.includes(what) : undefined;
  },
  starts_with: ofTexts((text, start) => text.startsWith(start)),
  ends_with: ofTexts((text, end) => text.endsWith(end)),
  split: ofTexts((text, separator) => text.split(separator)),
  to_upper: ofText((text) => text.toUpperCase()),
  to_lower: ofText((text) => text.toLowerCase()),
  to_string: ([value]) =>
    value === undefined ? undefined : typeof value === 'string' ? value : stringifyJson(value),
  // What a variable in quotation marks inside another becomes.
  resolved_text: ([value]) =>
    typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined,
  keys: ([value]) => (isObject(value) ? Object.keys(value) : undefined),
  values: ([value]) => (isObject(value) ? Object.values(value).map((each) => each ?? null) : undefined),
  not_null: (values) => values.find((value) => value !== null) ?? null,
  regex_match: ([pattern, text]) => {
    if (typeof pattern !== 'string' || (typeof text !== 'string' && typeof text !== 'number'))
      return undefined;
    try {
      return new Regex(pattern).test(String(text));
    } catch (error) {
      if (error instanceof RegexSyntaxError) throw new QueryFault(`a pattern is none: ${error.message}`);
      throw error;
    }
  },
  time_after: ([one, other]) => timeOf(one) > timeOf(other),
  time_before: ([one, other]) => timeOf(one) < timeOf(other),
  time_now_utc: (values, { now }) => {
    if (now === undefined) throw new QueryFault('the time is not known');
    return values.length === 0 ? new Date(now).toISOString() : undefined;
  },
  time_since: ([layout, from, to], { now }) => {
    if (layout !== '') return undefined;
    const end = to === '' ? now : timeOf(to);
    if (end === undefined) throw new QueryFault('the time is not known');
    return formatDuration(end - timeOf(from));
  },
});

/** @throws QueryFault for a function that keelson does not have, or values that it does not take */
export function callFunction(name: string, values: readonly JsonValue[], clock: QueryClock): JsonValue {
  const called = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (called === undefined) throw new QueryFault(`keelson does not have the function ${name}`);
  const result = called(values, clock);
  if (result === undefined) throw new QueryFault(`${name} does not take these values`);
  return result;
}
