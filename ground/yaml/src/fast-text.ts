import type { SourceText } from '@keelson/core';
import { COLON, HASH, LF, QUOTE, SPACE } from './characters.ts';
import { Cursor } from './cursor.ts';
import type { YamlLimits } from './document.ts';
import type { PositionBuilder } from './positions.ts';
import { resolvePlain } from './resolve.ts';
import { scanQuoted } from './scalars.ts';

/** Thrown where the complete parser must take over; one object, so that throwing costs nothing. */
export const bail = new Error('not for the fast path');

const special = new Uint8Array(128);
for (const letter of '-?:,[]{}#&*!|>\'"%@`') special[letter.charCodeAt(0)] = 1;

/** True when a scalar that begins so is not plain, or only under conditions. */
export function isSpecial(unit: number): boolean {
  return unit < 128 && special[unit] === 1;
}

/** Longer keys go to the complete parser, which knows the bound of 1024 code points. */
const longestKey = 1000;

interface InternedKey {
  written: string;
  key: string;
}

const cacheSize = 4096;
/** Keys as written, with what they resolve to; shared by all readers, so it may only hold short texts. */
const cache: (InternedKey | undefined)[] = new Array(cacheSize).fill(undefined);

/** What the block and the flow part of the fast path share: the text, the place in it, keys and quotes. */
export class FastText {
  readonly source: SourceText;
  /** The text with a line feed at its end. */
  readonly text: string;
  readonly positions: PositionBuilder;
  readonly maxDepth: number;
  readonly maxNodes: number;
  offset = 0;
  /** End of the document; a line feed stands before it. */
  end = 0;
  /** The same, but never past the text as it was given. */
  sourceEnd = 0;
  /** Where the value read last ends. */
  valueEnd = 0;
  #hash = 0;

  constructor(source: SourceText, limits: YamlLimits, positions: PositionBuilder) {
    this.source = source;
    this.text = source.text.endsWith('\n') ? source.text : `${source.text}\n`;
    this.positions = positions;
    this.maxDepth = limits.maxDepth;
    this.maxNodes = limits.maxNodes;
  }

  begin(start: number, end: number): void {
    this.offset = start;
    this.sourceEnd = end;
    this.end = end === this.source.text.length ? this.text.length : end;
  }

  /** Length of the key at `offset`, whose `:` a blank follows; -1 when there is none on this line. */
  keyLength(): number {
    const { text } = this;
    const start = this.offset;
    const first = text.charCodeAt(start);
    if (isSpecial(first))
      return first === QUOTE || first === 39 ? this.#quotedKeyLength(first) : this.#oddKeyLength();
    let hash = 0;
    for (let offset = start; ; offset++) {
      const unit = text.charCodeAt(offset);
      if (unit === COLON) {
        const after = text.charCodeAt(offset + 1);
        if (after === SPACE || after === LF) {
          const length = offset - start;
          if (length > longestKey || text.charCodeAt(offset - 1) === SPACE) throw bail;
          this.#hash = hash;
          return length;
        }
      } else if (unit === LF) return -1;
      else if (unit === HASH && text.charCodeAt(offset - 1) === SPACE) return -1;
      hash = (Math.imul(hash, 31) + unit) | 0;
    }
  }

  /** `-x: 1` may be a key, but is rare; so is everything else that begins with an indicator. */
  #oddKeyLength(): number {
    const { text } = this;
    const unit = text.charCodeAt(this.offset);
    if (unit === 123 || unit === 91) return -1;
    const line = text.slice(this.offset, text.indexOf('\n', this.offset));
    if (line.includes(': ') || line.endsWith(':')) throw bail;
    return -1;
  }

  #quotedKeyLength(quote: number): number {
    const { text } = this;
    const start = this.offset;
    for (let offset = start + 1; ; offset++) {
      const unit = text.charCodeAt(offset);
      if (unit === LF) return -1;
      if (unit === 92 && quote === QUOTE) {
        // An escaped line break ends what can be a key.
        if (text.charCodeAt(++offset) === LF) return -1;
      } else if (unit === quote) {
        if (quote !== QUOTE && text.charCodeAt(offset + 1) === quote) offset++;
        else {
          const colon = text.charCodeAt(offset + 1);
          if (colon !== COLON) return -1;
          const after = text.charCodeAt(offset + 2);
          const length = offset + 1 - start;
          if ((after !== SPACE && after !== LF) || length > longestKey) throw bail;
          return length;
        }
      }
    }
  }

  /** The key that `keyLength` has just found. */
  key(start: number, length: number): string {
    const first = this.text.charCodeAt(start);
    if (first === QUOTE || first === 39) {
      this.offset = start;
      return this.quoted();
    }
    return this.#interned(start, length);
  }

  #interned(start: number, length: number): string {
    const slot = (this.#hash ^ (this.#hash >>> 15)) & (cacheSize - 1);
    const known = cache[slot];
    if (
      known !== undefined &&
      known.written.length === length &&
      this.text.startsWith(known.written, start)
    ) {
      return known.key;
    }
    const written = this.text.slice(start, start + length);
    const key = resolveKey(written);
    if (length <= 64) cache[slot] = { written: detach(written), key };
    return key;
  }

  /** Keys that are not what stands between their offsets (or quotes) are noted for `locate`. */
  noteKey(record: number, start: number, length: number, key: string): void {
    const { text } = this;
    const first = text.charCodeAt(start);
    const isQuoted = first === QUOTE || first === 39;
    if (key.length !== (isQuoted ? length - 2 : length)) this.positions.noteKey(record, key);
    else if (!text.startsWith(key, isQuoted ? start + 1 : start)) this.positions.noteKey(record, key);
  }

  /** The quoted scalar at `offset`, which is left behind it. */
  quoted(): string {
    const { text } = this;
    const start = this.offset;
    const quote = text.charCodeAt(start);
    let offset = start + 1;
    let unit = text.charCodeAt(offset);
    while (unit !== quote && unit !== LF && unit !== 92) unit = text.charCodeAt(++offset);
    const isSimple = unit === quote && (quote === QUOTE || text.charCodeAt(offset + 1) !== quote);
    if (!isSimple) return this.#complexQuoted(quote);
    this.offset = offset + 1;
    this.valueEnd = offset + 1;
    return text.slice(start + 1, offset);
  }

  #complexQuoted(quote: number): string {
    const cursor = new Cursor(this.source, this.offset, this.sourceEnd);
    cursor.lineStart--;
    const token = scanQuoted(cursor, quote);
    this.offset = token.end;
    this.valueEnd = token.end;
    return token.value;
  }
}

function resolveKey(written: string): string {
  const value = resolvePlain(written);
  // Numbers, null and merges are left to the complete parser, which knows how Go prints them.
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'string' || written === '<<') throw bail;
  return value;
}

/** A copy that does not keep the whole text alive, as a slice would. */
function detach(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
