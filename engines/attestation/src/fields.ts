import { JsonFields, JsonSyntaxError, type JsonValue, parseJsonBytes } from '@keelson/core';
import { AttestationError, type AttestationErrorCode } from './errors.ts';
import { type AttestationLimits, beyond } from './limits.ts';

const jsonLimits = { maxDepth: 64, maxValues: 1_000_000 };

/**
 * The JSON value of a document.
 *
 * @param what for messages: `the layout`
 * @throws AttestationError with `code`, or ATTESTATION_LIMIT
 */
export function parsed(
  bytes: Uint8Array,
  what: string,
  code: AttestationErrorCode,
  limits: AttestationLimits,
): JsonValue {
  if (bytes.length > limits.maxDocumentBytes) throw beyond(what, 'maxDocumentBytes', limits);
  try {
    return parseJsonBytes(bytes, jsonLimits);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new AttestationError(code, `${what} is no JSON that can be trusted: ${error.message}`, {
      cause: error,
    });
  }
}

/** The members of a document that was read. */
export function fieldsOf(value: JsonValue | undefined, what: string, code: AttestationErrorCode): JsonFields {
  return new JsonFields(value, what, {
    invalid: (message) => new AttestationError(code, message),
    tooMany: (message) => new AttestationError('ATTESTATION_LIMIT', message),
  });
}

/**
 * The members of a document.
 *
 * @param what for messages: `the layout`
 * @throws AttestationError with `code`, or ATTESTATION_LIMIT
 */
export function documentFields(
  bytes: Uint8Array,
  what: string,
  code: AttestationErrorCode,
  limits: AttestationLimits,
): JsonFields {
  return fieldsOf(parsed(bytes, what, code, limits), what, code);
}
