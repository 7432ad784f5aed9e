import {
  isObject,
  type JsonObject,
  JsonSyntaxError,
  type JsonValue,
  parseJson,
  parseJsonBytes,
} from '@keelson/core';
import { EnvelopeError, type EnvelopeErrorCode } from './errors.ts';
import { defaultEnvelopeLimits, type EnvelopeLimits, holdBound } from './limits.ts';

// Envelopes and headers are shallow. Deeper JSON is for nobody.
const jsonLimits = { maxDepth: 32, maxValues: 10_000 };

/**
 * The object that a JSON text is. A member that stands twice is refused (RFC 7515, section 4), for all envelopes.
 *
 * @param what for messages: `the envelope`
 * @throws EnvelopeError with `code`, or ENVELOPE_LIMIT
 */
export function objectFrom(
  source: string | Uint8Array | JsonObject,
  what: string,
  code: EnvelopeErrorCode,
  limits: EnvelopeLimits = defaultEnvelopeLimits,
): JsonObject {
  const value =
    typeof source === 'string' || source instanceof Uint8Array ? parse(source, what, code, limits) : source;
  if (isObject(value)) return value;
  throw new EnvelopeError(code, `${what} is no JSON object`);
}

function parse(
  source: string | Uint8Array,
  what: string,
  code: EnvelopeErrorCode,
  limits: EnvelopeLimits,
): JsonValue {
  holdBound(what, source.length, limits, 'maxEnvelopeBytes');
  try {
    return typeof source === 'string' ? parseJson(source, jsonLimits) : parseJsonBytes(source, jsonLimits);
  } catch (error) {
    if (error instanceof JsonSyntaxError)
      throw new EnvelopeError(code, `${what} is no JSON that can be trusted: ${error.message}`, {
        cause: error,
      });
    throw error;
  }
}
