import { existsSync } from 'node:fs';
import { choiceOf } from '../flag-values.ts';
import { readText } from './files.ts';

const algorithms = ['HS', 'RS', 'ES', 'PS'].flatMap((kind) => [`${kind}256`, `${kind}384`, `${kind}512`]);

/** The algorithm of signatures, made and held against. */
export const algorithmFlag = { 'signing-alg': { type: 'string', value: { choices: algorithms } } } as const;

/** @throws CommandError USAGE */
export function algorithmOf(values: { readonly 'signing-alg'?: string | undefined }): string {
  return choiceOf('signing-alg', values['signing-alg'], algorithms) ?? 'RS256';
}

/**
 * The text of a key: PEM as it is, the content of a file of that name, or for a secret what was given.
 *
 * @throws CommandError USAGE
 */
export function keyText(key: string, algorithm: string): string {
  if (key.startsWith('-----BEGIN')) return key;
  return existsSync(key) || !algorithm.startsWith('HS') ? readText(key) : key;
}
