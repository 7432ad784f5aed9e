import { JsonFields, JsonSyntaxError, type JsonValue, parseJsonBytes } from '@keelson/core';

/** Why a service does not do what it is asked. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
  }
}

/** The members of a request in JSON. @throws Refusal 400 */
export function requestFields(bytes: Uint8Array, what: string): JsonFields {
  let value: JsonValue;
  try {
    value = parseJsonBytes(bytes);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new Refusal(400, `${what}: ${error.message}`);
  }
  const invalid = (message: string) => new Refusal(400, message);
  return new JsonFields(value, what, { invalid, tooMany: invalid });
}
