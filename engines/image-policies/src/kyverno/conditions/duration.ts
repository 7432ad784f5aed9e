/** Milliseconds of each unit of a duration as Go writes it. */
const units: Readonly<Record<string, number>> = Object.freeze({ h: 3_600_000, m: 60_000, s: 1_000, ms: 1 });

/** The milliseconds of a duration such as `168h` or `1h30m`; undefined where a text is none. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^[+-]?(?:\d{1,12}(?:\.\d{1,9})?(?:ms|h|m|s))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, count = '', unit = ''] of text.matchAll(/([\d.]+)(ms|h|m|s)/g))
    sum += Number(count) * (units[unit] ?? Number.NaN);
  return text.startsWith('-') ? -sum : sum;
}

/** In hours, minutes and seconds: `26h3m4.5s`. */
export function formatDuration(milliseconds: number): string {
  const rest = Math.abs(milliseconds);
  const [hours, minutes] = [Math.floor(rest / 3_600_000), Math.floor((rest % 3_600_000) / 60_000)];
  const seconds = (rest % 60_000) / 1_000;
  return `${milliseconds < 0 ? '-' : ''}${hours}h${minutes}m${seconds}s`;
}
