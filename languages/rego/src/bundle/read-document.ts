import { isKeelsonError, type KeelsonError } from '@keelson/core';
import { parseDocuments, parseFirstDocument } from '@keelson/yaml';
import { RegoError } from '../errors.ts';
import { fromJson, JsonSyntaxError, type RegoValue } from '../values/index.ts';
import { fromYamlValue } from '../values/yaml-value.ts';

/**
 * The value of a JSON text, or of the first document of a YAML text (YAML 1.2, core schema), as OPA reads data and input.
 *
 * @throws RegoError `bundle_error` where the text cannot be read, naming the file, and for YAML the line and column.
 */
export function readDocument(file: string, text: string, format: 'json' | 'yaml'): RegoValue {
  return reading(file, () => (format === 'json' ? fromJson(text) : fromYamlValue(parseFirstDocument(text))));
}

/** The values of all documents of a YAML text, those without content left out. @throws as readDocument */
export function readDocuments(file: string, text: string): RegoValue[] {
  return reading(file, () => parseDocuments(text).map(fromYamlValue));
}

function reading<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof JsonSyntaxError)
      throw new RegoError('bundle_error', `${file}: ${error.message}`, { cause: error });
    if (isKeelsonError(error))
      throw new RegoError('bundle_error', `${placeIn(file, error)}: ${error.message}`, { cause: error });
    throw error;
  }
}

function placeIn(file: string, { location }: KeelsonError): string {
  return location?.line === undefined ? file : `${file}:${location.line}:${location.column ?? 1}`;
}
