import { JsonFields, JsonSyntaxError, type JsonValue, parseJsonBytes } from '@keelson/core';
import { OciError } from './errors.ts';

/**
 * The members of a JSON object of a manifest, a descriptor or a configuration.
 *
 * @throws OciError MANIFEST_INVALID, MANIFEST_LIMIT
 */
export function fieldsOf(value: JsonValue | undefined, place: string): JsonFields {
  return new JsonFields(value, place, {
    invalid: (message) => invalid(message),
    tooMany: (message) => new OciError('MANIFEST_LIMIT', message),
  });
}

/** @throws OciError MANIFEST_INVALID */
export function parseDocument(bytes: Uint8Array, what: string): JsonValue {
  try {
    return parseJsonBytes(bytes);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw invalid(`the ${what} is no JSON: ${error.message}`, error);
    throw error;
  }
}

export function invalid(message: string, cause?: unknown): OciError {
  return new OciError('MANIFEST_INVALID', message, { cause });
}
