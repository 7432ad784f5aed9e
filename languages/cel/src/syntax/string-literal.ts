import { errorAt } from '../error.ts';
import type { CelLiteral } from './ast.ts';

const simpleEscapes = new Map([
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
  ['\\', 92],
  ['?', 63],
  ['"', 34],
  ["'", 39],
  ['`', 96],
]);

const numericEscape = /\\(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/y;

/** Reads the string or bytes literal at `start`, any prefix and quote. Throws CelError CEL_SYNTAX. */
export function readStringToken(source: string, start: number): { value: CelLiteral; end: number } {
  let at = start;
  let raw = false;
  let bytes = false;
  for (; source[at] !== '"' && source[at] !== "'"; at++) {
    const isRaw = source[at] === 'r' || source[at] === 'R';
    if (isRaw ? raw : bytes) throw errorAt('CEL_SYNTAX', 'a string prefix is repeated', source, start);
    if (isRaw) raw = true;
    else bytes = true;
  }
  const quote = source[at] ?? '';
  const triple = source.startsWith(quote.repeat(3), at);
  const delimiter = triple ? quote.repeat(3) : quote;
  const reader = new StringReader(source, start, at + delimiter.length, bytes);
  const end = reader.read(delimiter, raw);
  return { value: reader.literal(), end };
}

class StringReader {
  readonly #source: string;
  readonly #start: number;
  readonly #bytes: boolean;
  #at: number;
  #text = '';
  readonly #octets: number[] = [];

  constructor(source: string, start: number, at: number, bytes: boolean) {
    this.#source = source;
    this.#start = start;
    this.#at = at;
    this.#bytes = bytes;
  }

  read(delimiter: string, raw: boolean): number {
    while (this.#at < this.#source.length) {
      if (this.#source.startsWith(delimiter, this.#at)) return this.#at + delimiter.length;
      const unit = this.#source[this.#at];
      if (delimiter.length === 1 && (unit === '\n' || unit === '\r')) break;
      if (unit === '\\' && !raw) this.#escape();
      else this.#plain();
    }
    throw errorAt('CEL_SYNTAX', 'a string is not closed', this.#source, this.#start);
  }

  literal(): CelLiteral {
    if (!this.#bytes) return { type: 'string', value: this.#text };
    return { type: 'bytes', value: Uint8Array.from(this.#octets) };
  }

  #plain(): void {
    const code = this.#source.codePointAt(this.#at) ?? 0;
    this.#character(code);
    this.#at += code > 0xffff ? 2 : 1;
  }

  #character(code: number): void {
    if (this.#bytes) this.#octets.push(...new TextEncoder().encode(String.fromCodePoint(code)));
    else this.#text += String.fromCodePoint(code);
  }

  #escape(): void {
    const simple = simpleEscapes.get(this.#source[this.#at + 1] ?? '');
    if (simple !== undefined) {
      this.#character(simple);
      this.#at += 2;
      return;
    }
    numericEscape.lastIndex = this.#at;
    const found = numericEscape.exec(this.#source);
    if (found === null) throw errorAt('CEL_SYNTAX', 'invalid escape sequence', this.#source, this.#at);
    const [, hex, short, long, octal] = found;
    const octet = hex ?? octal;
    const code =
      octet === undefined
        ? Number.parseInt(short ?? long ?? '', 16)
        : Number.parseInt(octet, hex === undefined ? 8 : 16);
    if (octet === undefined) this.#unicode(code);
    else if (this.#bytes) this.#octets.push(code);
    else this.#text += String.fromCodePoint(code);
    this.#at += found[0].length;
  }

  #unicode(code: number): void {
    if (this.#bytes || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      throw errorAt('CEL_SYNTAX', 'invalid Unicode code point', this.#source, this.#at);
    }
    this.#text += String.fromCodePoint(code);
  }
}
