import type { SourceText } from '@keelson/core';
import { createObject, type JsonObject, type JsonValue, type Span } from '@keelson/core';
import { configurationError } from '../error.ts';
import type { FormatReader } from '../format.ts';
import { LineReader } from '../line-reader.ts';
import { Places } from '../places.ts';
import { goBoolean, goNumber } from '../scalars.ts';

/** Sections of keys, as Go's package ini reads them; what stands before the first section, or in DEFAULT, is left out. */
export const readIni: FormatReader = (source) => {
  const reader = new IniReader(source);
  const value = reader.read();
  return [{ value, locate: reader.places.within(value) }];
};

class IniReader {
  readonly places = new Places();
  readonly #source: SourceText;
  readonly #lines: LineReader;
  readonly #sections = createObject();
  #section: JsonObject = createObject();
  /** The number of the next key that is written `-`. */
  #count = 1;

  constructor(source: SourceText) {
    this.#source = source;
    this.#lines = new LineReader(source.text);
  }

  read(): JsonObject {
    for (let line = this.#lines.next(); line !== undefined; line = this.#lines.next()) {
      const text = line.text.trimStart();
      if (text === '' || text.startsWith('#') || text.startsWith(';')) continue;
      if (text.startsWith('[')) this.#open(text, line.span);
      else this.#key(text, line.span);
    }
    return this.#sections;
  }

  #fault(message: string, { start }: Span): Error {
    return configurationError(this.#source, 'CONFIGURATION_SYNTAX', message, start);
  }

  #open(line: string, span: Span): void {
    const close = line.lastIndexOf(']');
    if (close < 0) throw this.#fault('a section has no ] that ends its name', span);
    const name = line.slice(1, close);
    if (name === '') throw this.#fault('a section has no name', span);
    this.#count = 1;
    if (name === 'DEFAULT') {
      this.#section = createObject();
      return;
    }
    const known = Object.hasOwn(this.#sections, name) ? this.#sections[name] : undefined;
    if (typeof known === 'object' && known !== null && !Array.isArray(known)) {
      this.#section = known;
      return;
    }
    this.#section = createObject();
    this.#sections[name] = this.#section;
    this.places.mark(this.#sections, name, span);
  }

  #key(line: string, span: Span): void {
    const { name, rest } = this.#name(line, span);
    const value = this.#value(rest.trimStart(), span);
    const key = name === '-' ? `#${this.#count++}` : name;
    if (key === '') throw this.#fault('a key has no name', span);
    this.#section[key] = scalar(value);
    this.places.mark(this.#section, key, { start: span.start, end: this.#lines.end });
  }

  /** The name before `=` or `:`, and what stands behind that. Quotes keep `=` and `:` in a name. */
  #name(line: string, span: Span): { name: string; rest: string } {
    const quote = /^(?:"""(?=[\s\S]{4})|"|`)/.exec(line)?.[0] ?? '';
    const close = quote === '' ? 0 : line.indexOf(quote, quote.length);
    if (close < 0) throw this.#fault('the name of a key has no quote that ends it', span);
    const from = quote === '' ? 0 : close + quote.length;
    const at = line.slice(from).search(/[=:]/) + from;
    if (at < from) throw this.#fault('a line must be [section] or key = value', span);
    if (at === 0) throw this.#fault('a key has no name', span);
    const name = quote === '' ? line.slice(0, at) : line.slice(quote.length, close);
    return { name: name.trim(), rest: line.slice(at + 1) };
  }

  #value(start: string, span: Span): string {
    const quote = start.startsWith('"""') && start.length > 3 ? '"""' : start.startsWith('`') ? '`' : '';
    if (quote !== '') {
      const close = start.lastIndexOf(quote);
      return close >= quote.length
        ? start.slice(quote.length, close)
        : this.#severalLines(start.slice(quote.length), quote, span);
    }
    const line = start.trimEnd();
    if (line.endsWith('\\')) return this.#continued(line.slice(0, -1));
    const comment = line.search(/[#;]/);
    return unquoted(comment < 0 ? line : line.slice(0, comment).trimEnd());
  }

  /** Lines up to the one with the quote that ends the value, newlines kept. */
  #severalLines(first: string, quote: string, span: Span): string {
    const parts = [first];
    for (let line = this.#lines.next(); line !== undefined; line = this.#lines.next()) {
      const close = line.text.lastIndexOf(quote);
      parts.push(close < 0 ? line.text : line.text.slice(0, close));
      if (close >= 0) return parts.join('');
    }
    throw this.#fault('a value has no quote that ends it', span);
  }

  /** Lines that end in a backslash, and the one behind them. */
  #continued(first: string): string {
    const parts = [first];
    for (let line = this.#lines.next(); line !== undefined; line = this.#lines.next()) {
      const text = line.text.trim();
      parts.push(text.endsWith('\\') ? text.slice(0, -1) : text);
      if (!text.endsWith('\\')) break;
    }
    return parts.join('');
  }
}

/** Without quotes around it, when none of them stands within. */
function unquoted(value: string): string {
  const quote = value[0];
  if (value.length < 2 || (quote !== '"' && quote !== "'")) return value;
  return value.indexOf(quote, 1) === value.length - 1 ? value.slice(1, -1) : value;
}

function scalar(value: string): JsonValue {
  return goNumber(value) ?? goBoolean(value) ?? value;
}
