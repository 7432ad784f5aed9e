import type { JsonValue } from '@keelson/core';

/**
 * The number that an int-or-string of a count stands for: an integer, or a percentage of `total` rounded up or
 * down (`maxSurge` rounds up, `maxUnavailable` down). Undefined for anything else.
 */
export function scaledIntOrPercent(
  value: JsonValue | undefined,
  total: number,
  round: 'up' | 'down',
): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined;
  const match = typeof value === 'string' ? /^(\d{1,9})%$/.exec(value) : null;
  if (match === null) return undefined;
  const exact = (Number(match[1]) * total) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
