import { RegoError } from '../errors.ts';
import { parseTerm } from '../syntax/parse.ts';
import type { RegoValue } from '../values/index.ts';
import { constantValue } from './generator/terms.ts';

/**
 * The value that a term of Rego writes, such as `{"a": {1, 2}}`.
 *
 * @throws RegoError rego_parse_error where the text is no term or has something to evaluate in it.
 */
export function parseValue(text: string): RegoValue {
  const value = constantValue(parseTerm(text));
  if (value === undefined) throw new RegoError('rego_parse_error', 'the term is no constant');
  return value;
}
