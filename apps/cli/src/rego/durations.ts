import { CommandError } from '../errors.ts';

const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Milliseconds of a duration as Go writes it: `500ms`, `1m30s`.
 *
 * @throws CommandError USAGE
 */
export function durationOf(flag: string, text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text)
    throw new CommandError('USAGE', `--${flag} ${text}: a duration is like 500ms, 5s or 1m30s`);
  return parts.reduce((sum, [, count = '0', unit = '']) => sum + Number(count) * (units[unit] ?? 0), 0);
}

/** Nanoseconds as Go prints a duration: `1.5ms`, `2s`. */
export function goDuration(nanoseconds: number): string {
  const sizes = [
    ['s', 1e9],
    ['ms', 1e6],
    ['µs', 1e3],
  ] as const;
  const [unit, size] = sizes.find(([, each]) => nanoseconds >= each) ?? ['ns', 1];
  return `${nanoseconds / size}${unit}`;
}
