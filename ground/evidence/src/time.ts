import { evidenceError } from './error.ts';

const grammar =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Milliseconds since 1970 of an RFC 3339 time; a leap second counts as the last of its minute. Throws `EVIDENCE_TIME`. */
export function timeOf(text: string): number {
  const value =
    grammar.test(text) && isDay(text.slice(0, 10))
      ? Date.parse(text.toUpperCase().replace(/:60(?=[.Z+-])/, ':59'))
      : Number.NaN;
  if (Number.isNaN(value))
    throw evidenceError('EVIDENCE_TIME', `not an RFC 3339 time: ${JSON.stringify(text.slice(0, 40))}`);
  return value;
}

/** `Date.parse` takes the 30th of February for the 1st of March; RFC 3339, section 5.7, has no such day. */
function isDay(date: string): boolean {
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}

/** The end of a day or the time itself: what expires on a day holds through that day, in UTC. Throws `EVIDENCE_TIME`. */
export function expiryOf(text: string): number {
  return timeOf(text.includes('T') || text.includes('t') ? text : `${text}T23:59:59.999Z`);
}
