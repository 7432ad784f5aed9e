import { createObject, type JsonObject, type JsonValue } from '@keelson/core';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  HASH,
  LF,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
} from './characters.ts';
import { bail, type FastText, isSpecial } from './fast-text.ts';
import { resolvePlain } from './resolve.ts';

/** `[…]` and `{…}` of the fast path, and so JSON too. Comments and plain scalars over lines are left to the other. */
export class FlowReader {
  readonly #at: FastText;

  constructor(at: FastText) {
    this.#at = at;
  }

  /** The collection at `offset`, which is left behind its bracket. */
  read(depth: number): JsonValue {
    const at = this.#at;
    if (depth > at.maxDepth) throw bail;
    const isMapping = at.text.charCodeAt(at.offset) === OPEN_BRACE;
    at.offset++;
    const value = isMapping ? this.#mapping(depth) : this.#sequence(depth);
    at.valueEnd = at.offset;
    return value;
  }

  #skipSpace(): number {
    const at = this.#at;
    const { text, end } = at;
    let { offset } = at;
    let unit = text.charCodeAt(offset);
    while (unit === SPACE || unit === LF) {
      unit = text.charCodeAt(++offset);
      if (offset >= end) throw bail;
    }
    at.offset = offset;
    return unit;
  }

  #sequence(depth: number): JsonValue[] {
    const at = this.#at;
    const out: JsonValue[] = [];
    while (this.#skipSpace() !== CLOSE_BRACKET) {
      out.push(this.#node(-1, -1, depth));
      if (!this.#separated(CLOSE_BRACKET)) break;
    }
    at.offset++;
    return out;
  }

  /** Steps over `,`; false at the closing bracket. */
  #separated(closing: number): boolean {
    const unit = this.#skipSpace();
    if (unit === closing) return false;
    if (unit !== COMMA) throw bail;
    this.#at.offset++;
    return true;
  }

  #mapping(depth: number): JsonObject {
    const at = this.#at;
    const object = createObject();
    while (this.#skipSpace() !== CLOSE_BRACE) {
      const start = at.offset;
      const key = this.#key();
      const keyEnd = at.offset;
      if (keyEnd - start > 1000 || at.text.charCodeAt(keyEnd) !== COLON) throw bail;
      at.offset++;
      const unit = this.#skipSpace();
      if (unit === COMMA || unit === CLOSE_BRACE) throw bail;
      const record = at.positions.length;
      const value = this.#node(start, keyEnd, depth);
      at.noteKey(record, start, keyEnd - start, key);
      if (object[key] !== undefined) throw bail;
      object[key] = value;
      if (!this.#separated(CLOSE_BRACE)) break;
    }
    at.offset++;
    return object;
  }

  #key(): string {
    const at = this.#at;
    const { text } = at;
    const start = at.offset;
    const first = text.charCodeAt(start);
    if (first === QUOTE || first === 39) {
      const key = at.quoted();
      if (text.slice(start, at.offset).includes('\n')) throw bail;
      return key;
    }
    if (isSpecial(first)) throw bail;
    const written = this.#plain();
    const value = resolvePlain(written);
    if (typeof value === 'boolean') return String(value);
    if (typeof value !== 'string' || written === '<<') throw bail;
    return value;
  }

  #node(keyStart: number, keyEnd: number, depth: number): JsonValue {
    const at = this.#at;
    const { text } = at;
    const unit = text.charCodeAt(at.offset);
    const record = at.positions.open(keyStart, keyEnd, at.offset);
    let value: JsonValue;
    if (unit === OPEN_BRACE || unit === OPEN_BRACKET) value = this.read(depth + 1);
    else if (unit === QUOTE || unit === 39) value = at.quoted();
    else if (isSpecial(unit) && !this.#isNegative(unit)) throw bail;
    else {
      value = resolvePlain(this.#plain());
      // JSON has no infinities; the complete parser says so.
      if (typeof value === 'number' && !Number.isFinite(value)) throw bail;
    }
    at.positions.close(record, at.valueEnd);
    return value;
  }

  #isNegative(unit: number): boolean {
    const after = this.#at.text.charCodeAt(this.#at.offset + 1);
    return unit === 45 && after >= 48 && after <= 57;
  }

  /** A plain scalar on one line; `offset` is left behind its last letter. */
  #plain(): string {
    const at = this.#at;
    const { text } = at;
    const start = at.offset;
    let offset = start;
    for (; ; offset++) {
      const unit = text.charCodeAt(offset);
      if (unit === COMMA || unit === CLOSE_BRACKET || unit === CLOSE_BRACE || unit === LF) break;
      if (unit === COLON) {
        const after = text.charCodeAt(offset + 1);
        if (after === SPACE || after === LF) break;
      } else if (unit === HASH || unit === 63 || unit === OPEN_BRACE || unit === OPEN_BRACKET) throw bail;
    }
    while (text.charCodeAt(offset - 1) === SPACE) offset--;
    at.offset = offset;
    at.valueEnd = offset;
    if (text.charCodeAt(start) === 46 && text.startsWith('...', start)) throw bail;
    return text.slice(start, offset);
  }
}
