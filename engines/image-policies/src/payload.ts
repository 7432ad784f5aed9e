import { JsonSyntaxError, type JsonValue, parseJsonBytes } from '@keelson/core';

/** What was signed, as JSON; null for what is none, of which no rule holds that asks for something. */
export function payloadJson(payload: Uint8Array): JsonValue {
  try {
    return parseJsonBytes(payload);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return null;
    throw error;
  }
}
