import { isObject, type JsonObject, JsonSyntaxError, parseJsonBytes } from '@keelson/core';

/** The object in an answer's body; an empty one where the body is anything else, whose members are then missing. */
export function objectIn(bytes: Uint8Array): JsonObject {
  try {
    const value = parseJsonBytes(bytes);
    return isObject(value) ? value : {};
  } catch (error) {
    if (error instanceof JsonSyntaxError) return {};
    throw error;
  }
}
