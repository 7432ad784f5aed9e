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

/** Nanoseconds as Go prints a duration: `1.5ms`, `2s`, `1m0.5s`. */
export function goDuration(nanoseconds: number): string {
  const whole = Math.round(nanoseconds);
  if (whole === 0) return '0s';
  if (whole < 1e3) return `${whole}ns`;
  if (whole < 1e6) return `${decimal(whole, 3)}µs`;
  if (whole < 1e9) return `${decimal(whole, 6)}ms`;
  const minutes = Math.floor(whole / 60e9);
  const seconds = `${decimal(whole - minutes * 60e9, 9)}s`;
  if (minutes === 0) return seconds;
  const hours = Math.floor(minutes / 60);
  return `${hours === 0 ? '' : `${hours}h`}${minutes % 60}m${seconds}`;
}

/** The number with that many digits behind the point, zeros at the end left out. */
function decimal(whole: number, digits: number): string {
  const text = String(whole).padStart(digits + 1, '0');
  const fraction = text.slice(-digits).replace(/0+$/, '');
  return `${text.slice(0, -digits)}${fraction === '' ? '' : `.${fraction}`}`;
}
