import type { SourceText, Span } from '@keelson/core';
import {
  AMPERSAND,
  APOSTROPHE,
  ASTERISK,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  DASH,
  EXCLAMATION,
  GREATER,
  HASH,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isBreakOrEnd,
  OPEN_BRACE,
  OPEN_BRACKET,
  PERCENT,
  PIPE,
  QUESTION,
  QUOTE,
  SPACE,
  TAB,
} from './characters.ts';
import { Cursor } from './cursor.ts';
import { scanAnchor, scanDirective, scanTag } from './properties.ts';
import { scanBlock, scanPlain, scanQuoted } from './scalars.ts';
import { makeToken, type SimpleKey, type Token, type TokenKind } from './token.ts';

/** A key without `?` may be this long, in code points (YAML 1.1 section 9.1.2). */
const longestSimpleKey = 1024;

/**
 * Tokens of one document in the way of libyaml, whose Go translation kubectl uses: indentation becomes
 * start and end tokens, and a simple key is put before what was read once its `:` is met.
 */
export class Scanner {
  readonly #cursor: Cursor;
  readonly #comments: Span[] | undefined;
  #queue: Token[] = [];
  #head = 0;
  #taken = 0;
  #indents: number[] = [];
  /** One slot per flow level. */
  #keys: (SimpleKey | undefined)[] = [undefined];
  #done = false;

  /** `comments`, when given, is filled with the span of every comment passed. */
  constructor(source: SourceText, start: number, end: number, comments?: Span[]) {
    this.#cursor = new Cursor(source, start, end);
    this.#comments = comments;
  }

  peek(): Token {
    while (!this.#done && (this.#head === this.#queue.length || this.#mayBeKey(this.#queue[this.#head]))) {
      this.#fetch();
    }
    return this.#queue[this.#head] ?? makeToken('stream-end', this.#cursor.end, this.#cursor.end);
  }

  next(): Token {
    const token = this.peek();
    this.#head++;
    this.#taken++;
    if (this.#head > 64 && this.#head * 2 > this.#queue.length) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
    return token;
  }

  #mayBeKey(token: Token | undefined): boolean {
    return token?.candidate !== undefined && this.#isValid(token.candidate);
  }

  #isValid(key: SimpleKey): boolean {
    if (!key.possible) return false;
    const cursor = this.#cursor;
    if (key.lineStart === cursor.lineStart && !this.#isTooFar(key)) return true;
    if (key.required) throw cursor.syntax("a key has no ':' behind it on its line", key.offset);
    key.possible = false;
    return false;
  }

  #isTooFar(key: SimpleKey): boolean {
    const { offset, text } = this.#cursor;
    if (offset - key.offset <= longestSimpleKey) return false;
    key.limit ??= offsetAfter(text, key.offset, longestSimpleKey);
    return offset > key.limit;
  }

  #append(kind: TokenKind, length: number): void {
    const { offset } = this.#cursor;
    this.#cursor.offset += length;
    this.#queue.push(makeToken(kind, offset, offset + length));
  }

  /** Notes that the token about to be read may be a simple key. */
  #saveKey(): SimpleKey | undefined {
    const cursor = this.#cursor;
    if (!cursor.simpleKeyAllowed) return undefined;
    this.#removeKey();
    const key: SimpleKey = {
      possible: true,
      required: cursor.flowLevel === 0 && cursor.indent === cursor.column,
      tokenNumber: this.#taken + this.#queue.length - this.#head,
      offset: cursor.offset,
      limit: undefined,
      column: cursor.column,
      lineStart: cursor.lineStart,
    };
    this.#keys[this.#keys.length - 1] = key;
    return key;
  }

  #removeKey(): void {
    const key = this.#keys.at(-1);
    if (key?.possible !== true) return;
    if (key.required) throw this.#cursor.syntax("a key has no ':' behind it", key.offset);
    key.possible = false;
  }

  #rollIndent(column: number, kind: TokenKind, offset: number, place?: number): void {
    const cursor = this.#cursor;
    if (cursor.flowLevel > 0 || cursor.indent >= column) return;
    this.#indents.push(cursor.indent);
    cursor.indent = column;
    const token = makeToken(kind, offset, offset);
    if (place === undefined) this.#queue.push(token);
    else this.#queue.splice(place, 0, token);
  }

  #unrollIndent(column: number): void {
    const cursor = this.#cursor;
    if (cursor.flowLevel > 0) return;
    while (cursor.indent > column) {
      this.#queue.push(makeToken('block-end', cursor.offset, cursor.offset));
      cursor.indent = this.#indents.pop() ?? -1;
    }
  }

  #fetch(): void {
    const cursor = this.#cursor;
    this.#skipToToken();
    this.#unrollIndent(cursor.column);
    const unit = cursor.at();
    if (unit === 0 && cursor.offset >= cursor.end) this.#fetchEnd();
    else if (cursor.column === 0 && unit === PERCENT) this.#fetchDirective();
    else if (cursor.atDocumentIndicator()) {
      this.#resetBlock();
      this.#append(unit === DASH ? 'document-start' : 'document-end', 3);
    } else if (unit === OPEN_BRACKET) this.#fetchFlowStart('flow-sequence-start');
    else if (unit === OPEN_BRACE) this.#fetchFlowStart('flow-mapping-start');
    else if (unit === CLOSE_BRACKET) this.#fetchFlowEnd('flow-sequence-end');
    else if (unit === CLOSE_BRACE) this.#fetchFlowEnd('flow-mapping-end');
    else if (unit === COMMA) {
      this.#removeKey();
      cursor.simpleKeyAllowed = true;
      this.#append('flow-entry', 1);
    } else if (!this.#fetchIndicator(unit)) this.#fetchContent(unit);
  }

  #resetBlock(): void {
    this.#unrollIndent(-1);
    this.#removeKey();
    this.#cursor.simpleKeyAllowed = false;
  }

  #fetchEnd(): void {
    this.#resetBlock();
    this.#append('stream-end', 0);
    this.#done = true;
  }

  #fetchDirective(): void {
    this.#resetBlock();
    this.#queue.push(scanDirective(this.#cursor));
  }

  #fetchFlowStart(kind: TokenKind): void {
    const cursor = this.#cursor;
    const key = this.#saveKey();
    this.#keys.push(undefined);
    cursor.flowLevel++;
    cursor.simpleKeyAllowed = true;
    this.#append(kind, 1);
    this.#attach(key);
  }

  #attach(key: SimpleKey | undefined): void {
    const token = this.#queue.at(-1);
    if (token !== undefined) token.candidate = key;
  }

  #fetchFlowEnd(kind: TokenKind): void {
    const cursor = this.#cursor;
    this.#removeKey();
    if (cursor.flowLevel > 0) {
      cursor.flowLevel--;
      if (this.#keys.pop() === undefined) this.#release(this.#keys.at(-1));
    }
    cursor.simpleKeyAllowed = false;
    this.#append(kind, 1);
  }

  /** go-yaml does not hold a closed flow collection without scalars back to see whether it is a key. */
  #release(key: SimpleKey | undefined): void {
    if (key === undefined) return;
    const token = this.#queue[key.tokenNumber - this.#taken + this.#head];
    if (token !== undefined) token.candidate = undefined;
  }

  /** `-`, `?` and `:` where a blank makes them indicators; in flow context `?` and `:` always are. */
  #fetchIndicator(unit: number): boolean {
    const cursor = this.#cursor;
    const isFlow = cursor.flowLevel > 0;
    if (unit !== DASH && unit !== QUESTION && unit !== COLON) return false;
    if (!isBlankOrEnd(cursor.at(1)) && !(isFlow && unit !== DASH)) return false;
    if (unit === COLON) {
      this.#fetchValue();
      return true;
    }
    const isEntry = unit === DASH;
    if (!isFlow) {
      if (!cursor.simpleKeyAllowed) {
        throw cursor.syntax(
          isEntry ? "'-' may not begin a list item here" : 'a mapping key may not stand here',
        );
      }
      this.#rollIndent(
        cursor.column,
        isEntry ? 'block-sequence-start' : 'block-mapping-start',
        cursor.offset,
      );
    }
    this.#removeKey();
    cursor.simpleKeyAllowed = isEntry || !isFlow;
    this.#append(isEntry ? 'block-entry' : 'key', 1);
    return true;
  }

  #fetchValue(): void {
    const cursor = this.#cursor;
    const key = this.#keys.at(-1);
    if (key !== undefined && this.#isValid(key)) {
      const index = key.tokenNumber - this.#taken + this.#head;
      const place = index < this.#head ? this.#queue.length : index;
      this.#queue.splice(place, 0, makeToken('key', key.offset, key.offset));
      this.#rollIndent(key.column, 'block-mapping-start', key.offset, place);
      key.possible = false;
      cursor.simpleKeyAllowed = false;
    } else {
      if (cursor.flowLevel === 0) {
        if (!cursor.simpleKeyAllowed) throw cursor.syntax("a mapping value (after ':') may not stand here");
        this.#rollIndent(cursor.column, 'block-mapping-start', cursor.offset);
      }
      cursor.simpleKeyAllowed = cursor.flowLevel === 0;
    }
    this.#append('value', 1);
  }

  #fetchContent(unit: number): void {
    const cursor = this.#cursor;
    if ((unit === PIPE || unit === GREATER) && cursor.flowLevel === 0) {
      this.#removeKey();
      cursor.simpleKeyAllowed = true;
      const header = cursor.offset;
      this.#queue.push(scanBlock(cursor, unit === PIPE));
      if (this.#comments !== undefined) this.#noteHeaderComment(header);
      return;
    }
    const token = this.#scanWithKey(unit);
    this.#queue.push(token);
  }

  #scanWithKey(unit: number): Token {
    const cursor = this.#cursor;
    if (!this.#mayStart(unit)) throw cursor.syntax('found a character that cannot start any token');
    const key = this.#saveKey();
    cursor.simpleKeyAllowed = false;
    const token = this.#scanKeyed(unit);
    token.candidate = key;
    return token;
  }

  #scanKeyed(unit: number): Token {
    const cursor = this.#cursor;
    if (unit === ASTERISK) return scanAnchor(cursor, 'alias');
    if (unit === AMPERSAND) return scanAnchor(cursor, 'anchor');
    if (unit === EXCLAMATION) return scanTag(cursor);
    if (unit === APOSTROPHE || unit === QUOTE) return scanQuoted(cursor, unit);
    return scanPlain(cursor);
  }

  /** libyaml lets `-` start a plain scalar before anything but a blank, `?` and `:` only in block context. */
  #mayStart(unit: number): boolean {
    const cursor = this.#cursor;
    if (unit === DASH) return !isBlank(cursor.at(1));
    if (unit === QUESTION || unit === COLON) return cursor.flowLevel === 0 && !isBlankOrEnd(cursor.at(1));
    return !isBlankOrEnd(unit) && !refusedFirst.has(unit);
  }

  #skipToToken(): void {
    const cursor = this.#cursor;
    for (;;) {
      let unit = cursor.at();
      while (unit === SPACE || (unit === TAB && (cursor.flowLevel > 0 || !cursor.simpleKeyAllowed))) {
        cursor.offset++;
        unit = cursor.at();
      }
      if (unit === HASH) {
        const start = cursor.offset;
        while (!isBreakOrEnd(cursor.at())) cursor.offset++;
        this.#comments?.push({ start, end: cursor.offset });
        unit = cursor.at();
      }
      if (!isBreak(unit)) return;
      cursor.skipBreak();
      if (cursor.flowLevel === 0) cursor.simpleKeyAllowed = true;
    }
  }

  #noteHeaderComment(header: number): void {
    const { text, end } = this.#cursor;
    let start = header;
    while (start < end && text.charCodeAt(start) !== HASH && !isBreak(text.charCodeAt(start))) start++;
    if (start >= end || text.charCodeAt(start) !== HASH) return;
    let stop = start;
    while (stop < end && !isBreak(text.charCodeAt(stop))) stop++;
    this.#comments?.push({ start, end: stop });
  }
}

/** The offset `count` code points behind `from`. */
function offsetAfter(text: string, from: number, count: number): number {
  let offset = from;
  for (let i = 0; i < count; i++) offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  return offset;
}

const refusedFirst: ReadonlySet<number> = new Set([...'%@`#|>,]}[{'].map((letter) => letter.charCodeAt(0)));
