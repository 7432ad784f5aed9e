import { BuiltinError } from '../builtin.ts';
import type { HttpResponse } from '../host.ts';
import { parseTime } from '../time/parse.ts';
import { cacheDirectives, headerOf } from './headers.ts';

/** The status codes of responses that may be kept (RFC 9110 section 15.1). */
export const keptStatuses: ReadonlySet<number> = new Set([
  200, 203, 204, 206, 300, 301, 404, 405, 410, 414, 501,
]);

/** Whether the server lets a response be kept. */
export function mayBeKept(response: HttpResponse): boolean {
  return !cacheDirectives(response).has('no-store');
}

const billion = 1_000_000_000n;
const longest = 2 ** 31 - 1;

/** When a response gets stale, in nanoseconds since 1970; undefined where that cannot be known. */
export function expiryOf(response: Pick<HttpResponse, 'headers'>): bigint | undefined {
  const age = cacheDirectives(response).get('max-age');
  if (age === undefined) return httpTime(headerOf(response, 'expires')) ?? 0n;
  const made = httpTime(headerOf(response, 'date'));
  if (made === undefined || !/^\d+$/.test(age)) return undefined;
  return made + BigInt(Math.min(Number(age), longest)) * billion;
}

const layouts = [
  'Mon, 02 Jan 2006 15:04:05 GMT',
  'Monday, 02-Jan-06 15:04:05 MST',
  'Mon Jan _2 15:04:05 2006',
];

/** A time in one of the three ways of HTTP (RFC 9110 section 5.6.7). */
function httpTime(text: string): bigint | undefined {
  for (const layout of layouts) {
    try {
      return parseTime(layout, text);
    } catch (error) {
      if (!(error instanceof BuiltinError)) throw error;
    }
  }
  return undefined;
}
