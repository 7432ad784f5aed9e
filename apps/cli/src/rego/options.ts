import type { RegoVersion } from '@keelson/rego';
import { CommandError } from '../errors.ts';

/** Flags that say where policies come from. */
export const sourceFlags = {
  data: { type: 'string', short: 'd', value: 'file', multiple: true },
  bundle: { type: 'string', short: 'b', value: 'file', multiple: true },
  ignore: { type: 'string', multiple: true, list: true },
  'v0-compatible': { type: 'boolean' },
} as const;

export const sourceHelp = `  -d, --data PATH       policies and data: a file or folder; NAME:PATH puts the data of PATH below data.NAME
  -b, --bundle PATH     a bundle: a folder or a .tar.gz
  --ignore NAMES        names of files and folders to leave out, as '.*' or '*_test.rego'
  --v0-compatible       read policies as OPA did before 1.0`;

export interface SourceValues {
  readonly data?: readonly string[] | undefined;
  readonly bundle?: readonly string[] | undefined;
  readonly ignore?: readonly string[] | undefined;
  readonly 'v0-compatible'?: boolean | undefined;
}

export function sourcesFrom(values: SourceValues): {
  data: readonly string[];
  bundles: readonly string[];
  ignore: readonly string[];
  version: RegoVersion;
} {
  return {
    data: values.data ?? [],
    bundles: values.bundle ?? [],
    ignore: (values.ignore ?? []).flatMap((names) => names.split(',')).filter((name) => name !== ''),
    version: values['v0-compatible'] === true ? 'v0' : 'v1',
  };
}

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

/**
 * A whole number that a flag gives.
 *
 * @throws CommandError USAGE
 */
export function countOf(flag: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new CommandError('USAGE', `--${flag} ${text}: a whole number is needed`);
  return Number(text);
}
