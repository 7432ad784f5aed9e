import { expiryOf } from '@keelson/sigstore-testing';

/** When the tests take place. */
export const today = Date.parse('2030-06-01T00:00:00Z');
export const day = 24 * 60 * 60 * 1000;

/** A date as metadata has it. */
export function inDays(days: number): string {
  return expiryOf(today + days * day);
}
