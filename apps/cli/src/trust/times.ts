/** A time in milliseconds since 1970 as RFC 3339 has it, to the second where it is one. */
export function isoTime(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}
