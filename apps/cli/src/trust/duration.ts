import { CommandError } from '../errors.ts';

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const part = /([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|[smhd])/g;
/** A hundred years: what is meant for longer is meant to have no end. */
const longest = 36_525 * 86_400_000;

/**
 * A duration as programs in Go take it, `1h30m`, and in days.
 *
 * @returns milliseconds, in whole seconds: signatures know no parts of them
 * @throws CommandError USAGE
 */
export function durationOf(flag: string, text: string): number {
  const refuse = (reason: string) => new CommandError('USAGE', `--${flag} ${text}: ${reason}`);
  if (text.startsWith('-')) throw refuse('what is signed would have expired already');
  const parts = [...text.matchAll(part)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text)
    throw refuse('it has the form 1h30m, 720h or 30d');
  const sum = parts.reduce((all, [, count = '', unit = '']) => all + Number(count) * (units[unit] ?? 0), 0);
  if (sum > longest) throw refuse('it is more than a hundred years');
  if (sum < 1_000 || sum % 1_000 !== 0) throw refuse('it is counted in whole seconds, from one on');
  return sum;
}
