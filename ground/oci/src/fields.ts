import { isObject, type JsonObject, JsonSyntaxError, type JsonValue, parseJsonBytes } from '@keelson/core';
import { OciError } from './errors.ts';

/** The members of a JSON object of a known shape, each with its place for messages. */
export class Fields {
  readonly #object: JsonObject;
  readonly #place: string;

  constructor(value: JsonValue | undefined, place: string) {
    if (!isObject(value)) throw invalid(`${place} is no object`);
    this.#object = value;
    this.#place = place;
  }

  /** A member that is null counts as absent: programs in Go write both. */
  value(name: string): JsonValue | undefined {
    return this.#object[name] ?? undefined;
  }

  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  optionalText(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'string') return value;
    throw invalid(`${this.place(name)} is no text`);
  }

  text(name: string): string {
    const value = this.optionalText(name);
    if (value === undefined) throw invalid(`${this.place(name)} is missing`);
    return value;
  }

  /** A whole number from 0 on. */
  count(name: string): number {
    const value = this.value(name);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw invalid(`${this.place(name)} is ${value === undefined ? 'missing' : 'no whole number from 0 on'}`);
  }

  list(name: string): readonly JsonValue[] {
    const value = this.value(name) ?? [];
    if (Array.isArray(value)) return value;
    throw invalid(`${this.place(name)} is no list`);
  }

  texts(name: string): readonly string[] {
    return this.list(name).map((item, at) => {
      if (typeof item === 'string') return item;
      throw invalid(`${this.place(name)}[${at}] is no text`);
    });
  }

  /** Texts by name. */
  map(name: string, maxEntries: number): ReadonlyMap<string, string> {
    const value = this.value(name);
    const found = new Map<string, string>();
    if (value === undefined) return found;
    if (!isObject(value)) throw invalid(`${this.place(name)} is no object`);
    for (const [key, text] of Object.entries(value)) {
      if (typeof text !== 'string') throw invalid(`${this.place(name)}.${key} is no text`);
      found.set(key, text);
    }
    if (found.size > maxEntries)
      throw new OciError('MANIFEST_LIMIT', `${this.place(name)} has more than ${maxEntries} entries`);
    return found;
  }

  /** The member as an object of its own; undefined where it is absent. */
  object(name: string): Fields | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : new Fields(value, this.place(name));
  }

  place(name: string): string {
    return this.#place === '' ? name : `${this.#place}.${name}`;
  }
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
