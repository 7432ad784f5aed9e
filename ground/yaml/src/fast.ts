import { createObject, type JsonObject, type JsonValue } from '@keelson/core';
import {
  COLON,
  DASH,
  GREATER,
  HASH,
  LF,
  OPEN_BRACE,
  OPEN_BRACKET,
  PIPE,
  QUOTE,
  SPACE,
} from './characters.ts';
import { Cursor } from './cursor.ts';
import { FlowReader } from './fast-flow.ts';
import { bail, FastText, isSpecial } from './fast-text.ts';
import { resolvePlain, startsText } from './resolve.ts';
import { scanBlock } from './scalars.ts';

/**
 * Reads what manifests really contain: block mappings and lists, scalars, flow collections, comments. At
 * anything else (anchors, tags, `?` keys, duplicate keys, every error) it throws `bail`, and the complete
 * parser reads the document. Only usual characters (`isUsual`) may come here. What it does read it must
 * read exactly as the complete parser, positions included; the suite `yaml-fuzz` holds it to that.
 */
export class FastReader extends FastText {
  readonly #flow = new FlowReader(this);
  /** Column of the next content, which stands at `offset`; -1 at the end. */
  #column = -1;
  /** What `#advance` stepped over. */
  #sawComment = false;
  #blankLines = 0;

  /** The value of the document between two offsets, undefined where there is none. */
  read(start: number, end: number): JsonValue | undefined {
    this.begin(start, end);
    this.#advance();
    if (this.#column < 0) return undefined;
    const record = this.positions.open(-1, -1, this.offset);
    const value = this.#root();
    if (this.#column >= 0) throw bail;
    this.positions.close(record, this.valueEnd);
    // The complete parser counts keys too, so it decides where the bound may be near.
    if (this.positions.length > this.maxNodes) throw bail;
    return value;
  }

  #root(): JsonValue {
    const unit = this.text.charCodeAt(this.offset);
    if (unit !== OPEN_BRACE && unit !== OPEN_BRACKET) return this.#block(this.#column, 0);
    const value = this.#flow.read(0);
    this.#finishLine();
    return value;
  }

  /** From a line's start to the next content. */
  #advance(): void {
    const { text, end } = this;
    let offset = this.offset;
    this.#sawComment = false;
    this.#blankLines = 0;
    for (;;) {
      if (offset >= end) {
        this.offset = end;
        this.#column = -1;
        return;
      }
      const lineStart = offset;
      let unit = text.charCodeAt(offset);
      while (unit === SPACE) unit = text.charCodeAt(++offset);
      if (unit === LF) {
        this.#blankLines++;
        offset++;
      } else if (unit === HASH) {
        this.#sawComment = true;
        offset = text.indexOf('\n', offset) + 1;
      } else {
        this.offset = offset;
        this.#column = offset - lineStart;
        return;
      }
    }
  }

  /** Only blanks and a comment may follow a value on its line. */
  #finishLine(): void {
    const { text } = this;
    let { offset } = this;
    let unit = text.charCodeAt(offset);
    if (unit === SPACE) {
      do unit = text.charCodeAt(++offset);
      while (unit === SPACE);
      if (unit === HASH) {
        offset = text.indexOf('\n', offset);
        unit = LF;
      }
    }
    if (unit !== LF) throw bail;
    this.offset = offset + 1;
    this.#advance();
  }

  /** The block collection that begins at `offset`, in `column`. */
  #block(column: number, depth: number): JsonValue {
    if (depth > this.maxDepth) throw bail;
    if (this.#isEntry(this.offset)) return this.#sequence(column, depth);
    const length = this.keyLength();
    if (length < 0) throw bail;
    return this.#mapping(column, depth, length);
  }

  #isEntry(offset: number): boolean {
    if (this.text.charCodeAt(offset) !== DASH) return false;
    const after = this.text.charCodeAt(offset + 1);
    return after === SPACE || after === LF;
  }

  #mapping(column: number, depth: number, firstLength: number): JsonObject {
    const object = createObject();
    let length = firstLength;
    for (;;) {
      const start = this.offset;
      const keyEnd = start + length;
      const key = this.key(start, length);
      this.offset = keyEnd + 1;
      const record = this.positions.length;
      const value = this.#value(start, keyEnd, column, depth);
      this.noteKey(record, start, length, key);
      if (object[key] !== undefined) throw bail;
      object[key] = value;
      if (this.#column !== column) break;
      length = this.keyLength();
      if (length < 0) throw bail;
    }
    if (this.#column > column) throw bail;
    return object;
  }

  #value(keyStart: number, keyEnd: number, indent: number, depth: number): JsonValue {
    const { text } = this;
    let offset = this.offset;
    let unit = text.charCodeAt(offset);
    while (unit === SPACE) unit = text.charCodeAt(++offset);
    this.offset = offset;
    if (unit !== LF && unit !== HASH) return this.#scalar(keyStart, keyEnd, indent, depth);
    this.offset = unit === LF ? offset + 1 : text.indexOf('\n', offset) + 1;
    this.#advance();
    if (this.#column > indent || (this.#column === indent && this.#isEntry(this.offset))) {
      return this.#nested(keyStart, keyEnd, depth);
    }
    return this.#missing(keyStart, keyEnd, keyEnd + 1);
  }

  #missing(keyStart: number, keyEnd: number, offset: number): null {
    this.positions.close(this.positions.open(keyStart, keyEnd, offset), offset);
    this.valueEnd = offset;
    return null;
  }

  #nested(keyStart: number, keyEnd: number, depth: number): JsonValue {
    const record = this.positions.open(keyStart, keyEnd, this.offset);
    const value = this.#block(this.#column, depth + 1);
    this.positions.close(record, this.valueEnd);
    return value;
  }

  #sequence(column: number, depth: number): JsonValue[] {
    const { text } = this;
    const out: JsonValue[] = [];
    do {
      const dash = this.offset;
      let offset = dash + 1;
      let unit = text.charCodeAt(offset);
      while (unit === SPACE) unit = text.charCodeAt(++offset);
      this.offset = offset;
      if (unit === LF || unit === HASH) {
        this.offset = unit === LF ? offset + 1 : text.indexOf('\n', offset) + 1;
        this.#advance();
        out.push(this.#column > column ? this.#nested(-1, -1, depth) : this.#missing(-1, -1, dash + 1));
      } else out.push(this.#item(column, offset - dash, depth));
    } while (this.#column === column && this.#isEntry(this.offset));
    if (this.#column > column) throw bail;
    return out;
  }

  /** An item that begins on the line of its dash, `shift` columns behind it. */
  #item(column: number, shift: number, depth: number): JsonValue {
    const isNested = this.#isEntry(this.offset);
    const length = isNested ? -1 : this.keyLength();
    if (!isNested && length < 0) return this.#scalar(-1, -1, column, depth);
    if (depth + 1 > this.maxDepth) throw bail;
    const record = this.positions.open(-1, -1, this.offset);
    const inner = column + shift;
    const value = isNested ? this.#sequence(inner, depth + 1) : this.#mapping(inner, depth + 1, length);
    this.positions.close(record, this.valueEnd);
    return value;
  }

  #scalar(keyStart: number, keyEnd: number, indent: number, depth: number): JsonValue {
    const unit = this.text.charCodeAt(this.offset);
    const record = this.positions.open(keyStart, keyEnd, this.offset);
    let value: JsonValue;
    if (!isSpecial(unit)) value = this.#plain(indent);
    else if (unit === QUOTE || unit === 39) {
      value = this.quoted();
      this.#finishLine();
    } else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
      value = this.#flow.read(depth + 1);
      this.#finishLine();
    } else if (unit === PIPE || unit === GREATER) value = this.#blockScalar(unit === PIPE, indent);
    else if (unit === DASH && !this.#isEntry(this.offset)) value = this.#plain(indent);
    else throw bail;
    this.positions.close(record, this.valueEnd);
    return value;
  }

  #plain(indent: number): JsonValue {
    const start = this.offset;
    const isCommented = this.#plainLine();
    const text = this.text.slice(start, this.valueEnd);
    this.offset = (isCommented ? this.text.indexOf('\n', this.offset) : this.offset) + 1;
    this.#advance();
    if (this.#column > indent) {
      if (isCommented || this.#sawComment) throw bail;
      return resolvePlain(this.#foldedPlain(text, indent));
    }
    if (startsText(text.charCodeAt(0))) return text;
    const value = resolvePlain(text);
    // JSON has no infinities; the complete parser says so.
    if (typeof value === 'number' && !Number.isFinite(value)) throw bail;
    return value;
  }

  /** Reads the rest of the line as part of a plain scalar; true when a comment ends it. */
  #plainLine(): boolean {
    const { text } = this;
    let offset = this.offset;
    let unit = text.charCodeAt(offset);
    for (; unit !== LF; unit = text.charCodeAt(++offset)) {
      if (unit === COLON) {
        const after = text.charCodeAt(offset + 1);
        if (after === SPACE || after === LF) throw bail;
      } else if (unit === HASH && text.charCodeAt(offset - 1) === SPACE) break;
    }
    this.offset = offset;
    let end = offset;
    while (text.charCodeAt(end - 1) === SPACE) end--;
    this.valueEnd = end;
    return unit === HASH;
  }

  #foldedPlain(first: string, indent: number): string {
    let out = first;
    while (this.#column > indent && !this.#sawComment) {
      const joint = this.#blankLines === 0 ? ' ' : '\n'.repeat(this.#blankLines);
      const start = this.offset;
      const isCommented = this.#plainLine();
      out += joint + this.text.slice(start, this.valueEnd);
      this.offset = (isCommented ? this.text.indexOf('\n', this.offset) : this.offset) + 1;
      this.#advance();
      if (isCommented) break;
    }
    if (this.#column > indent) throw bail;
    return out;
  }

  #blockScalar(isLiteral: boolean, indent: number): string {
    const cursor = new Cursor(this.source, this.offset, this.sourceEnd);
    cursor.indent = indent;
    // `scanBlock` needs a column only behind the header line.
    const token = scanBlock(cursor, isLiteral);
    this.valueEnd = token.end;
    this.offset = cursor.offset >= this.sourceEnd ? this.end : cursor.lineStart;
    this.#advance();
    return token.value;
  }
}
