import { createObject, type JsonObject, type JsonValue } from './json.ts';

/** Bounds on a JSON text from outside. */
export interface JsonLimits {
  /** Arrays and objects one in the other. */
  readonly maxDepth: number;
  /** Values of all kinds, keys not counted. */
  readonly maxValues: number;
}

export const defaultJsonLimits: JsonLimits = Object.freeze({ maxDepth: 64, maxValues: 1_000_000 });

/** A text that is no JSON, or that readers could take to mean different things. */
export class JsonSyntaxError extends Error {
  /** In UTF-16 code units. */
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(`${reason} at offset ${offset}`);
    this.name = 'JsonSyntaxError';
    this.offset = offset;
  }
}

/**
 * Reads JSON as RFC 8259 has it, and stricter where programs differ: a key that stands twice in an object and a lone
 * surrogate in a text are errors, so nobody downstream can see another value than keelson did.
 *
 * @throws JsonSyntaxError
 */
export function parseJson(text: string, limits: JsonLimits = defaultJsonLimits): JsonValue {
  return new Reader(text, limits).document();
}

/**
 * The same for bytes, which must be UTF-8 without a byte order mark.
 *
 * @throws JsonSyntaxError
 */
export function parseJsonBytes(bytes: Uint8Array, limits: JsonLimits = defaultJsonLimits): JsonValue {
  return parseJson(decodeUtf8(bytes), limits);
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new JsonSyntaxError('bytes that are not UTF-8', 0);
  }
}

const numberPattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const controls = /[\u0000-\u001f]/;
const noString = 'no text in double quotes';
const blankPattern = /[ \t\n\r]*/y;
const literals = new Map<string, JsonValue>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const int64 = { least: -(2n ** 63n), most: 2n ** 64n - 1n };

class Reader {
  readonly #text: string;
  readonly #limits: JsonLimits;
  #at = 0;
  #values = 0;

  constructor(text: string, limits: JsonLimits) {
    this.#text = text;
    this.#limits = limits;
  }

  document(): JsonValue {
    const value = this.#value(0);
    this.#blank();
    if (this.#at < this.#text.length) throw this.#fault('something behind the value');
    return value;
  }

  #value(depth: number): JsonValue {
    this.#values++;
    if (this.#values > this.#limits.maxValues)
      throw this.#fault(`more than maxValues (${this.#limits.maxValues}) values`);
    this.#blank();
    const first = this.#text[this.#at];
    if (first === '"') return this.#string();
    if (first !== '{' && first !== '[') return this.#scalar();
    if (depth >= this.#limits.maxDepth) throw this.#fault(`deeper than maxDepth (${this.#limits.maxDepth})`);
    this.#at++;
    return first === '{' ? this.#object(depth + 1) : this.#array(depth + 1);
  }

  #object(depth: number): JsonObject {
    const object = createObject();
    if (this.#take('}')) return object;
    do {
      this.#blank();
      const at = this.#at;
      const key = this.#string();
      if (Object.hasOwn(object, key)) throw new JsonSyntaxError(`the key ${shown(key)} stands twice`, at);
      this.#expect(':');
      object[key] = this.#value(depth);
    } while (this.#take(','));
    this.#expect('}');
    return object;
  }

  #array(depth: number): JsonValue[] {
    const items: JsonValue[] = [];
    if (this.#take(']')) return items;
    do items.push(this.#value(depth));
    while (this.#take(','));
    this.#expect(']');
    return items;
  }

  // Searched, not matched: a regular expression that repeats a choice overflows the stack on a text of some megabytes.
  #string(): string {
    const raw = this.#quoted();
    const text = raw.includes('\\') ? this.#unescaped(raw) : this.#plain(raw);
    this.#at += raw.length;
    if (!text.isWellFormed()) throw this.#fault('a lone surrogate');
    return text;
  }

  /** Up to the first quote that no backslash stands before, or an even number of them. */
  #quoted(): string {
    const start = this.#at;
    if (this.#text[start] !== '"') throw this.#fault(noString);
    for (let end = start; ; ) {
      end = this.#text.indexOf('"', end + 1);
      if (end < 0) throw this.#fault(noString);
      let backslashes = 0;
      while (this.#text[end - 1 - backslashes] === '\\') backslashes++;
      if (backslashes % 2 === 0) return this.#text.slice(start, end + 1);
    }
  }

  #plain(raw: string): string {
    if (controls.test(raw)) throw this.#fault(noString);
    return raw.slice(1, -1);
  }

  #unescaped(raw: string): string {
    try {
      return String(JSON.parse(raw));
    } catch {
      throw this.#fault(noString);
    }
  }

  #scalar(): JsonValue {
    for (const [word, value] of literals) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    const at = this.#at;
    const raw = this.#match(numberPattern);
    if (raw === undefined) throw this.#fault(/\S/.test(this.#text) ? 'no JSON value' : 'an empty text');
    const value = Number(raw);
    if (!Number.isFinite(value)) throw new JsonSyntaxError('a number beyond a double', at);
    if (/[.eE]/.test(raw) || Number.isSafeInteger(value)) return value;
    const whole = raw.length > 20 ? undefined : BigInt(raw);
    if (whole === undefined || whole < int64.least || whole > int64.most)
      throw new JsonSyntaxError('a whole number beyond 64 bits', at);
    return whole;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const raw = pattern.exec(this.#text)?.[0];
    this.#at += raw?.length ?? 0;
    return raw;
  }

  #blank(): void {
    this.#match(blankPattern);
  }

  #take(character: string): boolean {
    this.#blank();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #expect(character: string): void {
    if (!this.#take(character)) throw this.#fault(`no ${character}`);
  }

  #fault(reason: string): JsonSyntaxError {
    return new JsonSyntaxError(reason, this.#at);
  }
}

function shown(key: string): string {
  return JSON.stringify(key.length > 64 ? `${key.slice(0, 64)}…` : key);
}
