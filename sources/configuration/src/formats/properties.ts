import { createObject, type JsonObject, type SourceText, type Span } from '@keelson/core';
import { configurationError } from '../error.ts';
import type { FormatReader } from '../format.ts';
import { Places } from '../places.ts';
import { checkReferences } from './property-references.ts';

/** Java's properties. `${name}` in values stays as it is written, but must name no value that leads back to it. */
export const readProperties: FormatReader = (source) => {
  const reader = new PropertiesReader(source);
  const value = reader.read();
  return [{ value, locate: reader.places.within(value) }];
};

const escapes: Readonly<Record<string, string>> = { f: '\f', n: '\n', r: '\r', t: '\t' };

class PropertiesReader {
  readonly places = new Places();
  readonly #source: SourceText;
  readonly #text: string;
  #at = 0;

  constructor(source: SourceText) {
    this.#source = source;
    this.#text = source.text;
  }

  read(): JsonObject {
    const values = new Map<string, { text: string; start: number }>();
    const out = createObject();
    for (;;) {
      this.#skip(/[ \t\f\r\n]*/y);
      if (this.#at >= this.#text.length) break;
      const start = this.#at;
      if (/[#!]/.test(this.#text[start] ?? '')) {
        this.#skip(/[^\r\n]*/y);
        continue;
      }
      const key = this.#until(/[ \f\t\r\n:=]/);
      if (key === '') throw this.#fault('a line begins without a key', start);
      this.#skip(/[ \t\f]*[:=]?[ \t\f]*/y);
      const text = this.#until(/[\r\n]/);
      values.set(key, { text, start });
      out[key] = text;
      this.places.mark(out, key, { start, end: this.#at } satisfies Span);
    }
    checkReferences(values, (message, at) => this.#fault(message, at));
    return out;
  }

  #fault(message: string, offset: number): Error {
    return configurationError(this.#source, 'CONFIGURATION_SYNTAX', message, offset);
  }

  #skip(blanks: RegExp): void {
    blanks.lastIndex = this.#at;
    this.#at += blanks.exec(this.#text)?.[0].length ?? 0;
  }

  /** Text up to a character that ends it, escapes undone. A backslash at the end of a line goes on with the next. */
  #until(end: RegExp): string {
    const inKey = end.source.includes(':');
    let out = '';
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at] ?? '';
      if (character === '\\') out += this.#escape(inKey);
      else if (end.test(character)) break;
      else out += character;
    }
    return out;
  }

  /** What a backslash and the characters behind it mean; the last of them is left to the caller. */
  #escape(inKey: boolean): string {
    const start = this.#at++;
    const character = this.#text[this.#at];
    if (character === undefined) throw this.#fault('the file ends with a backslash', start);
    if (!inKey && (character === '\n' || character === '\r')) {
      this.#at++;
      this.#skip(/[ \t\f]*/y);
      this.#at--;
      return '';
    }
    if (character !== 'u') return escapes[character] ?? character;
    const digits = this.#text.slice(this.#at + 1, this.#at + 5);
    if (!/^[\da-fA-F]{4}$/.test(digits)) throw this.#fault('\\u needs four hexadecimal digits', start);
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16)).toWellFormed();
  }
}
