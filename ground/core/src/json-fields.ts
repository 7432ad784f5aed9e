import { isObject, type JsonObject, type JsonValue } from './json.ts';
import { JsonSyntaxError, parseJsonBytes } from './parse-json.ts';

/** The errors of the package that reads: each gets a message that names the place. */
export interface FieldFaults {
  /** A member is missing or of another type than it should be. */
  readonly invalid: (message: string) => Error;
  /** A member has more entries than a bound, which the message names. */
  readonly tooMany: (message: string) => Error;
}

/**
 * The members of a JSON object of a known shape, each with its place for messages. A member that is null counts as absent: programs in
 * Go write both, and so does the JSON form of Protocol Buffers.
 */
export class JsonFields {
  readonly #object: JsonObject;
  readonly #place: string;
  readonly #faults: FieldFaults;

  /** @throws the `invalid` of `faults` where the value is no object */
  constructor(value: JsonValue | undefined, place: string, faults: FieldFaults) {
    if (!isObject(value)) throw faults.invalid(`${place === '' ? 'the document' : place} is no object`);
    this.#object = value;
    this.#place = place;
    this.#faults = faults;
  }

  value(name: string): JsonValue | undefined {
    return this.#object[name] ?? undefined;
  }

  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  /** The names of all members. */
  names(): readonly string[] {
    return Object.keys(this.#object);
  }

  optionalText(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'string') return value;
    throw this.invalid(name, 'is no text');
  }

  text(name: string): string {
    const value = this.optionalText(name);
    if (value === undefined) throw this.invalid(name, 'is missing');
    return value;
  }

  /** A whole number from 0 on. */
  count(name: string): number {
    const value = this.value(name);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw this.invalid(name, value === undefined ? 'is missing' : 'is no whole number from 0 on');
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.invalid(name, 'is neither true nor false');
  }

  /** An empty list where the member is absent. */
  list(name: string, maxEntries = Number.POSITIVE_INFINITY): readonly JsonValue[] {
    const value = this.value(name) ?? [];
    if (!Array.isArray(value)) throw this.invalid(name, 'is no list');
    this.#bounded(name, value.length, maxEntries);
    return value;
  }

  texts(name: string, maxEntries?: number): readonly string[] {
    return this.list(name, maxEntries).map((item, at) => {
      if (typeof item === 'string') return item;
      throw this.invalid(`${name}[${at}]`, 'is no text');
    });
  }

  /** Texts by name. */
  map(name: string, maxEntries: number): ReadonlyMap<string, string> {
    const value = this.value(name);
    const found = new Map<string, string>();
    if (value === undefined) return found;
    if (!isObject(value)) throw this.invalid(name, 'is no object');
    for (const [key, text] of Object.entries(value)) {
      if (typeof text !== 'string') throw this.invalid(`${name}.${key}`, 'is no text');
      found.set(key, text);
    }
    this.#bounded(name, found.size, maxEntries);
    return found;
  }

  /** The member as fields of its own; undefined where it is absent. */
  object(name: string): JsonFields | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : new JsonFields(value, this.place(name), this.#faults);
  }

  /** The member as fields of its own. */
  required(name: string): JsonFields {
    const fields = this.object(name);
    if (fields === undefined) throw this.invalid(name, 'is missing');
    return fields;
  }

  /** The objects of a list; none where the member is absent. */
  objects(name: string, maxEntries?: number): readonly JsonFields[] {
    return this.list(name, maxEntries).map(
      (item, at) => new JsonFields(item, `${this.place(name)}[${at}]`, this.#faults),
    );
  }

  /** Where a member stands, as it is written in messages; the object itself for the empty name. */
  place(name: string): string {
    if (name === '') return this.#place;
    return this.#place === '' ? name : `${this.#place}.${name}`;
  }

  /** The error for a member. */
  invalid(name: string, reason: string): Error {
    return this.#faults.invalid(`${this.place(name)} ${reason}`);
  }

  #bounded(name: string, size: number, most: number): void {
    if (size > most) throw this.#faults.tooMany(`${this.place(name)} has more than ${most} entries`);
  }
}

/** The same for who reads a whole document: why it is no JSON is the cause. */
export interface DocumentFaults extends FieldFaults {
  readonly invalid: (message: string, cause?: unknown) => Error;
}

/**
 * The members of a document in JSON.
 *
 * @param what for messages: `the answer of the log`
 * @throws the `invalid` of `faults` for what is no JSON, or no object
 */
export function fieldsOfJson(bytes: Uint8Array, what: string, faults: DocumentFaults): JsonFields {
  return new JsonFields(parsed(bytes, what, faults), what, faults);
}

function parsed(bytes: Uint8Array, what: string, { invalid }: DocumentFaults): JsonValue {
  try {
    return parseJsonBytes(bytes);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw invalid(`${what} is no JSON: ${error.message}`, error);
  }
}
