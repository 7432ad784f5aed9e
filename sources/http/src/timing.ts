/** The clock of a client; tests give their own. */
export interface Timing {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** From 0 up to 1. */
  random(): number;
}

export const systemTiming: Timing = Object.freeze({
  now: () => Date.now(),
  sleep: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
  random: () => Math.random(),
});

/**
 * Whether the same request may well succeed after an answer. One that the server was too busy for (429) it has not begun (RFC 6585, 4), so
 * even one that would write twice may be sent again.
 */
export function mayRepeat(status: number, isRepeatable: boolean): boolean {
  if (status === 429) return true;
  return isRepeatable && (status === 408 || (status >= 500 && status !== 501 && status !== 505));
}

const firstDelay = 200;
const longestDelay = 5_000;

/**
 * Milliseconds to wait before the next attempt: what the server asks for, or else twice as long each time with a part left to
 * chance. Undefined where the server asks for more than the bound.
 *
 * @param attempt from 1 on.
 */
export function delayBefore(
  attempt: number,
  retryAfter: string | null,
  timing: Timing,
  maxRetryAfterSeconds: number,
): number | undefined {
  const asked = retryAfter === null ? undefined : secondsOf(retryAfter, timing.now());
  if (asked !== undefined) return asked <= maxRetryAfterSeconds ? asked * 1_000 : undefined;
  const delay = Math.min(firstDelay * 2 ** (attempt - 1), longestDelay);
  return delay * (0.5 + timing.random() / 2);
}

/** `Retry-After`: seconds or a date (RFC 9110, 10.2.3). */
function secondsOf(text: string, now: number): number | undefined {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1_000);
}
