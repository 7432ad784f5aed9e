import { createObject, type JsonObject, type JsonValue, type SourceText } from '@keelson/core';
import type { YamlLimits } from './document.ts';
import { yamlError } from './error.ts';
import { type DuplicateRecord, type PositionBuilder, recordSize } from './positions.ts';

/** Thrown where a text is not JSON; the YAML reader takes over and names the fault, as kubectl does. */
export const notJson = new Error('not JSON');

const numberSyntax = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;

/**
 * RFC 8259 with positions, for streams that begin with `{`: kubectl hands those to Go's JSON decoder, which
 * takes objects one after another and escapes (`\/`, surrogate pairs) that YAML refuses.
 */
export class JsonReader {
  readonly #source: SourceText;
  readonly #text: string;
  readonly #limits: YamlLimits;
  readonly #positions: PositionBuilder;
  #offset = 0;
  duplicates: DuplicateRecord[] = [];

  constructor(source: SourceText, limits: YamlLimits, positions: PositionBuilder) {
    this.#source = source;
    this.#text = source.text;
    this.#limits = limits;
    this.#positions = positions;
  }

  /** Reads the object at or after `start`; its text is `span`. Undefined where no object begins. */
  read(start: number): { value: JsonValue; span: { start: number; end: number } } | undefined {
    this.#offset = start;
    this.duplicates = [];
    if (this.#skipSpace() !== '{') return undefined;
    const from = this.#offset;
    const value = this.#value(-1, -1, 0);
    return { value, span: { start: from, end: this.#offset } };
  }

  #skipSpace(): string {
    for (;;) {
      const letter = this.#text.charAt(this.#offset);
      if (letter !== ' ' && letter !== '\n' && letter !== '\r' && letter !== '\t') return letter;
      this.#offset++;
    }
  }

  #value(keyStart: number, keyEnd: number, depth: number): JsonValue {
    const letter = this.#skipSpace();
    this.#check(depth);
    const record = this.#positions.open(keyStart, keyEnd, this.#offset);
    const value = this.#content(letter, depth);
    this.#positions.close(record, this.#offset);
    return value;
  }

  #check(depth: number): void {
    const { maxDepth, maxNodes } = this.#limits;
    const isDeep = depth > maxDepth;
    if (!isDeep && this.#positions.length < maxNodes * recordSize) return;
    const message = isDeep
      ? `the document nests deeper than maxDepth, ${maxDepth}`
      : `the document has more nodes than maxNodes, ${maxNodes}`;
    throw yamlError(this.#source, 'YAML_LIMIT', message, this.#offset);
  }

  #content(letter: string, depth: number): JsonValue {
    if (letter === '{') return this.#object(depth);
    if (letter === '[') return this.#array(depth);
    if (letter === '"') return this.#string();
    if (letter === 't') return this.#word('true', true);
    if (letter === 'f') return this.#word('false', false);
    if (letter === 'n') return this.#word('null', null);
    return this.#number();
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#offset)) throw notJson;
    this.#offset += word.length;
    return value;
  }

  #number(): number | bigint {
    numberSyntax.lastIndex = this.#offset;
    const match = numberSyntax.exec(this.#text);
    if (match === null) throw notJson;
    const [written, fraction, exponent] = match;
    this.#offset += written.length;
    const value = Number(written);
    if (!Number.isFinite(value)) throw notJson;
    const isWide = fraction === undefined && exponent === undefined && !Number.isSafeInteger(value);
    // What fits no 64-bit integer is a float for Go.
    if (!isWide || written.length > 20) return value;
    const exact = BigInt(written);
    return exact >= -(2n ** 63n) && exact < 2n ** 64n ? exact : value;
  }

  #string(): string {
    const start = this.#offset;
    const text = this.#text;
    let offset = start + 1;
    for (; ; offset++) {
      const unit = text.charCodeAt(offset);
      if (unit === 34) break;
      if (unit === 92) offset++;
      if (!(unit >= 32)) throw notJson;
    }
    this.#offset = offset + 1;
    const raw = text.slice(start + 1, offset);
    return raw.includes('\\') ? parseString(text.slice(start, offset + 1)) : raw;
  }

  #array(depth: number): JsonValue[] {
    const out: JsonValue[] = [];
    this.#offset++;
    if (this.#skipSpace() === ']') {
      this.#offset++;
      return out;
    }
    for (;;) {
      out.push(this.#value(-1, -1, depth + 1));
      if (!this.#hasMore(']')) return out;
    }
  }

  #hasMore(closing: string): boolean {
    const letter = this.#skipSpace();
    if (letter !== ',' && letter !== closing) throw notJson;
    this.#offset++;
    return letter === ',';
  }

  #object(depth: number): JsonObject {
    const out = createObject();
    const seen = new Map<string, { start: number; end: number }>();
    this.#offset++;
    if (this.#skipSpace() === '}') {
      this.#offset++;
      return out;
    }
    for (;;) {
      if (this.#skipSpace() !== '"') throw notJson;
      const start = this.#offset;
      const key = this.#string();
      const last = { start, end: this.#offset };
      const record = this.#positions.length;
      const first = seen.get(key);
      if (first !== undefined) this.duplicates.push({ record, first, last });
      seen.set(key, last);
      if (this.#skipSpace() !== ':') throw notJson;
      this.#offset++;
      out[key] = this.#value(last.start, last.end, depth + 1);
      if (key.length !== last.end - last.start - 2) this.#positions.noteKey(record, key);
      if (!this.#hasMore('}')) return out;
    }
  }
}

function parseString(quoted: string): string {
  try {
    const value: unknown = JSON.parse(quoted);
    if (typeof value === 'string') return value.toWellFormed();
  } catch {
    // Not an escape that JSON knows.
  }
  throw notJson;
}
