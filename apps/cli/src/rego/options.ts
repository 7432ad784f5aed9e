import type { VerificationKey } from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { choiceOf } from '../flag-values.ts';
import type { Sources } from './loading.ts';
import { algorithmFlag, algorithmOf, keyText } from './signature-keys.ts';

/** Flags that say where policies come from. */
export const sourceFlags = {
  data: { type: 'string', short: 'd', value: 'file', multiple: true },
  bundle: { type: 'string', short: 'b', value: 'file', multiple: true },
  ignore: { type: 'string', multiple: true, list: true },
  'v0-compatible': { type: 'boolean' },
  'verification-key': { type: 'string', value: 'file' },
  ...algorithmFlag,
  scope: { type: 'string', value: 'text' },
} as const;

export const sourceHelp = `  -d, --data PATH       policies and data: a file or folder; NAME:PATH puts the data of PATH below data.NAME
  -b, --bundle PATH     a bundle: a folder, a .tar.gz, a URL or oci://REGISTRY/NAME:TAG
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

/** Flags of verbs that take paths of policies instead of `--data` and `--bundle`. */
export const pathFlags = {
  bundle: { type: 'boolean', short: 'b' },
  ignore: sourceFlags.ignore,
  'v0-compatible': sourceFlags['v0-compatible'],
} as const;

export const pathHelp = `  -b, --bundle          the paths are bundles
  --ignore NAMES        names of files and folders to leave out, as '.*' or '*_test.rego'
  --v0-compatible       read policies as OPA did before 1.0`;

/** @throws CommandError USAGE where there is no path. */
export function sourcesAt(
  paths: readonly string[],
  values: Omit<SourceValues, 'data' | 'bundle'> & { readonly bundle?: boolean | undefined },
): Sources {
  if (paths.length === 0) throw new CommandError('USAGE', 'name a file or folder of policies');
  const { bundle, ...rest } = values;
  return sourcesFrom({ ...rest, ...(bundle === true ? { bundle: paths } : { data: paths }) });
}

function verificationOf(values: SourceValues): VerificationKey | undefined {
  const { 'verification-key': key, scope = '' } = values;
  if (key !== undefined) {
    const algorithm = algorithmOf(values);
    return { key: keyText(key, algorithm), algorithm, scope };
  }
  if (values['signing-alg'] !== undefined || values.scope !== undefined)
    throw new CommandError('USAGE', '--signing-alg and --scope need --verification-key');
  return undefined;
}

/**
 * A switch that is on where it is not given, as `--fail=false` switches it off.
 *
 * @throws CommandError USAGE
 */
export function switchOf(flag: string, value: string | undefined): boolean {
  return choiceOf(flag, value, ['true', 'false']) !== 'false';
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
