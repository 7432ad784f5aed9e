import {
  decodeBase64,
  JsonFields,
  JsonSyntaxError,
  type JsonValue,
  parseJson,
  parseJsonBytes,
} from '@keelson/core';
import { SigningError, type SigningErrorCode } from './errors.ts';
import { defaultSigningLimits, type SigningLimits } from './limits.ts';

const jsonLimits = { maxDepth: 32, maxValues: 100_000 };

/** A document as text or bytes, or what was read from one. */
export type JsonSource = string | Uint8Array | JsonValue;

/**
 * The members of a JSON document.
 *
 * @param what for messages: `the bundle`
 * @throws SigningError with `code`, or SIGNING_LIMIT
 */
export function documentFields(
  source: JsonSource,
  what: string,
  code: SigningErrorCode,
  limits: SigningLimits = defaultSigningLimits,
): JsonFields {
  return fieldsOf(parsed(source, what, code, limits), what, code);
}

/** The members of a part of a document that was read already. */
export function fieldsOf(value: JsonValue | undefined, what: string, code: SigningErrorCode): JsonFields {
  return new JsonFields(value, what, {
    invalid: (message) => new SigningError(code, message),
    tooMany: (message) => new SigningError('SIGNING_LIMIT', message),
  });
}

function parsed(source: JsonSource, what: string, code: SigningErrorCode, limits: SigningLimits): JsonValue {
  if (typeof source !== 'string' && !(source instanceof Uint8Array)) return source;
  if (source.length > limits.maxDocumentBytes)
    throw new SigningError(
      'SIGNING_LIMIT',
      `${what} has ${source.length} bytes, more than maxDocumentBytes (${limits.maxDocumentBytes})`,
    );
  try {
    return typeof source === 'string' ? parseJson(source, jsonLimits) : parseJsonBytes(source, jsonLimits);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new SigningError(code, `${what} is no JSON that can be trusted: ${error.message}`, {
      cause: error,
    });
  }
}

/** The bytes of a base64 member; none where it is absent, since the JSON form of Protocol Buffers leaves out what is empty. */
export function optionalBytes(fields: JsonFields, name: string): Uint8Array {
  const text = fields.optionalText(name) ?? '';
  // The readers in Go pass over the line breaks that the program base64 writes.
  const bytes = decodeBase64(text.includes('\n') ? text.replaceAll(/\r?\n/g, '') : text, 'any');
  if (bytes === undefined) throw fields.invalid(name, 'is no base64');
  return bytes;
}

/** The bytes of a base64 member that must be there. */
export function bytes(fields: JsonFields, name: string): Uint8Array {
  const found = optionalBytes(fields, name);
  if (found.length === 0) throw fields.invalid(name, 'is missing');
  return found;
}

/** A 64-bit number from 0 on, which stands as a text or a number; 0 where it is absent. */
export function int64(fields: JsonFields, name: string): bigint {
  const value = fields.value(name) ?? 0;
  const number =
    typeof value === 'string' && /^(?:0|[1-9][0-9]{0,18})$/.test(value)
      ? BigInt(value)
      : typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))
        ? BigInt(value)
        : -1n;
  if (number < 0n || number >= 1n << 63n) throw fields.invalid(name, 'is no 64-bit number from 0 on');
  return number;
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** A time of RFC 3339 in milliseconds since 1970; undefined where it is absent. */
export function optionalTime(fields: JsonFields, name: string): number | undefined {
  const text = fields.optionalText(name);
  if (text === undefined) return undefined;
  const time = rfc3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw fields.invalid(name, 'is no time of RFC 3339');
  return time;
}
