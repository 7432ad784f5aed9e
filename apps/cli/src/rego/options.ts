import type { VerificationKey } from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { readText } from './files.ts';
import type { Sources } from './loading.ts';

const kinds = ['HS', 'RS', 'ES', 'PS'] as const;
const algorithms = kinds.flatMap((kind) => [`${kind}256`, `${kind}384`, `${kind}512`]);

/** Flags that say where policies come from. */
export const sourceFlags = {
  data: { type: 'string', short: 'd', value: 'file', multiple: true },
  bundle: { type: 'string', short: 'b', value: 'file', multiple: true },
  ignore: { type: 'string', multiple: true, list: true },
  'v0-compatible': { type: 'boolean' },
  'verification-key': { type: 'string', value: 'file' },
  'signing-alg': { type: 'string', value: { choices: algorithms } },
  scope: { type: 'string', value: 'text' },
} as const;

export const sourceHelp = `  -d, --data PATH       policies and data: a file or folder; NAME:PATH puts the data of PATH below data.NAME
  -b, --bundle PATH     a bundle: a folder or a .tar.gz
  --ignore NAMES        names of files and folders to leave out, as '.*' or '*_test.rego'
  --v0-compatible       read policies as OPA did before 1.0
  --verification-key K  bundles must be signed: the file of a public key in PEM, or for HS256 and its like the secret
  --signing-alg NAME    the algorithm of the signature (default RS256)
  --scope TEXT          the scope that the signature must have`;

export interface SourceValues {
  readonly data?: readonly string[] | undefined;
  readonly bundle?: readonly string[] | undefined;
  readonly ignore?: readonly string[] | undefined;
  readonly 'v0-compatible'?: boolean | undefined;
  readonly 'verification-key'?: string | undefined;
  readonly 'signing-alg'?: string | undefined;
  readonly scope?: string | undefined;
}

export function sourcesFrom(values: SourceValues): Sources {
  return {
    verification: verificationOf(values),
    data: values.data ?? [],
    bundles: values.bundle ?? [],
    ignore: (values.ignore ?? []).flatMap((names) => names.split(',')).filter((name) => name !== ''),
    version: values['v0-compatible'] === true ? 'v0' : 'v1',
  };
}

function verificationOf(values: SourceValues): VerificationKey | undefined {
  const { 'verification-key': key, 'signing-alg': algorithm = 'RS256', scope = '' } = values;
  if (key !== undefined) return { key: algorithm.startsWith('HS') ? key : readText(key), algorithm, scope };
  if (values['signing-alg'] !== undefined || values.scope !== undefined)
    throw new CommandError('USAGE', '--signing-alg and --scope need --verification-key');
  return undefined;
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
