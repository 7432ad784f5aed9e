import { evidenceError } from './error.ts';

const grammar =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Milliseconds since 1970 of an RFC 3339 time; a leap second counts as the last of its minute. Throws `EVIDENCE_TIME`. */
export function timeOf(text: string): number {
  const value = grammar.test(text)
    ? Date.parse(text.toUpperCase().replace(/:60(?=[.Z+-])/, ':59'))
    : Number.NaN;
  if (Number.isNaN(value))
    throw evidenceError('EVIDENCE_TIME', `not an RFC 3339 time: ${JSON.stringify(text.slice(0, 40))}`);
  return value;
}

/** The end of a day or the time itself: what expires on a day holds through that day, in UTC. */
export function expiryOf(text: string): number {
  return timeOf(text.includes('T') || text.includes('t') ? text : `${text}T23:59:59.999Z`);
}
