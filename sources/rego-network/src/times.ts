import type { HttpRequest } from '@keelson/rego';
import type { NetworkLimits } from './limits.ts';

/** Milliseconds that an exchange may take: what the policy asks for, within the limit. */
export function timeoutOf({ timeout }: HttpRequest, { maxExchangeMilliseconds }: NetworkLimits): number {
  return Math.min(timeout ?? maxExchangeMilliseconds, maxExchangeMilliseconds);
}

/** Milliseconds to wait before a request is tried again. */
export function retryMilliseconds(attempt: number): number {
  return attempt === 0 ? 0 : Math.min(100 * 2 ** (attempt - 1), 2_000);
}
