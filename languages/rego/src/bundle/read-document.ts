import { isKeelsonError, type JsonValue } from '@keelson/core';
import { parseFirstDocument } from '@keelson/yaml';
import { RegoError } from '../errors.ts';
import {
  fromJson,
  JsonSyntaxError,
  numberFromBigInt,
  numberFromDouble,
  type RegoValue,
} from '../values/index.ts';
import { emptyDocument } from './documents.ts';

/**
 * The value of a JSON text, or of the first document of a YAML text (YAML 1.2, core schema), as OPA reads data and input.
 *
 * @throws RegoError `bundle_error` where the text cannot be read.
 */
export function readDocument(file: string, text: string, format: 'json' | 'yaml'): RegoValue {
  try {
    return format === 'json' ? fromJson(text) : fromYamlValue(parseFirstDocument(text));
  } catch (error) {
    if (error instanceof JsonSyntaxError)
      throw new RegoError('bundle_error', `${file}: ${error.message}`, { cause: error });
    if (isKeelsonError(error))
      throw new RegoError('bundle_error', `${file}: ${error.format()}`, { cause: error });
    throw error;
  }
}

/** A value of the YAML reader's as a value of Rego. */
export function fromYamlValue(value: JsonValue): RegoValue {
  if (typeof value === 'bigint') return numberFromBigInt(value);
  if (typeof value === 'number') return numberFromDouble(value);
  if (Array.isArray(value)) return value.map(fromYamlValue);
  if (typeof value !== 'object' || value === null) return value;
  const members = emptyDocument();
  for (const [name, member] of Object.entries(value)) members[name] = fromYamlValue(member ?? null);
  return members;
}
