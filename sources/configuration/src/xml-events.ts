import type { SourceText, Span } from '@keelson/core';
import { configurationError } from './error.ts';

export interface XmlAttribute {
  /** With its prefix. */
  readonly name: string;
  readonly value: string;
  readonly span: Span;
}

/** What is told of an XML text, in its order. */
export interface XmlHandler {
  open(name: string, attributes: readonly XmlAttribute[], span: Span): void;
  text(text: string): void;
  /** `end` is where the element ends that was opened last. */
  close(end: number): void;
}

const namePattern = /[\p{L}_:][\p{L}\p{M}\p{N}_:.\-\u00b7]*/uy;
const blankPattern = /[ \t\r\n]*/y;
const entityPattern = /&(?:(lt|gt|amp|apos|quot)|#(\d{1,7})|#x([\da-fA-F]{1,6}));/y;
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' };
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/**
 * Reads well-formed XML 1.0. A document type is passed over: entities that it declares are not known, so none is ever
 * expanded, and nothing outside of the text is read.
 *
 * @throws KeelsonError CONFIGURATION_SYNTAX, CONFIGURATION_LIMIT
 */
export function readXmlEvents(source: SourceText, maxDepth: number, handler: XmlHandler): void {
  new XmlReader(source, maxDepth, handler).read();
}

class XmlReader {
  readonly #source: SourceText;
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #handler: XmlHandler;
  readonly #open: { readonly name: string; readonly start: number }[] = [];
  #at = 0;

  constructor(source: SourceText, maxDepth: number, handler: XmlHandler) {
    this.#source = source;
    this.#text = source.text;
    this.#maxDepth = maxDepth;
    this.#handler = handler;
  }

  read(): void {
    while (this.#at < this.#text.length) {
      if (this.#text[this.#at] !== '<') this.#characters();
      else if (this.#begins('</')) this.#closeTag();
      else if (this.#begins('<?')) this.#to('?>', 'a processing instruction', 2);
      else if (this.#begins('<!--')) this.#comment();
      else if (this.#begins('<![CDATA[')) this.#cdata();
      else if (this.#begins('<!DOCTYPE')) this.#documentType();
      else this.#openTag();
    }
    const open = this.#open.at(-1);
    if (open !== undefined) throw this.#fault(`<${open.name}> has no tag that closes it`, open.start);
  }

  #fault(message: string, offset = this.#at): Error {
    return configurationError(this.#source, 'CONFIGURATION_SYNTAX', message, offset);
  }

  #begins(start: string): boolean {
    return this.#text.startsWith(start, this.#at);
  }

  /** Passes over what `end` ends, and gives what stands before that. */
  #to(end: string, what: string, skipped: number): string {
    const from = this.#at + skipped;
    const found = this.#text.indexOf(end, from);
    if (found < 0) throw this.#fault(`${what} has no ${end} that ends it`);
    this.#at = found + end.length;
    return this.#text.slice(from, found);
  }

  #comment(): void {
    const start = this.#at;
    if (this.#to('-->', 'a comment', 4).includes('--')) throw this.#fault('a comment holds --', start);
  }

  #cdata(): void {
    const start = this.#at;
    this.#handler.text(this.#normal(this.#to(']]>', 'a CDATA section', 9), start));
  }

  /** Passes over declarations, which have their own `<` and `>` and their own quotes. */
  #documentType(): void {
    const start = this.#at;
    let depth = 0;
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at] ?? '';
      if (this.#begins('<!--')) {
        this.#comment();
        continue;
      }
      if (character === '"' || character === "'") {
        this.#to(character, 'a text in quotes', 1);
        continue;
      }
      if (character === '<') depth++;
      this.#at++;
      if (character === '>' && --depth === 0) return;
    }
    throw this.#fault('a document type has no > that ends it', start);
  }

  #characters(): void {
    const start = this.#at;
    const next = this.#text.indexOf('<', start);
    const end = next < 0 ? this.#text.length : next;
    const written = this.#text.slice(start, end);
    const close = written.indexOf(']]>');
    if (close >= 0) throw this.#fault(']]> ends no CDATA section here', start + close);
    this.#at = end;
    this.#handler.text(this.#meant(written, start));
  }

  #openTag(): void {
    const start = this.#at++;
    const name = this.#name('a name must follow <');
    const attributes: XmlAttribute[] = [];
    for (;;) {
      this.#skipBlanks();
      if (this.#begins('/>') || this.#begins('>')) break;
      attributes.push(this.#attribute());
    }
    if (this.#open.length >= this.#maxDepth)
      throw configurationError(
        this.#source,
        'CONFIGURATION_LIMIT',
        `nested deeper than maxDepth, ${this.#maxDepth}`,
        start,
      );
    const isEmpty = this.#begins('/>');
    this.#at += isEmpty ? 2 : 1;
    this.#handler.open(name, attributes, { start, end: this.#at });
    if (isEmpty) this.#handler.close(this.#at);
    else this.#open.push({ name, start });
  }

  #attribute(): XmlAttribute {
    const start = this.#at;
    const name = this.#name('an attribute or > must stand here');
    this.#skipBlanks();
    if (!this.#begins('=')) throw this.#fault('= must follow the name of an attribute');
    this.#at++;
    this.#skipBlanks();
    const quote = this.#text[this.#at];
    if (quote !== '"' && quote !== "'") throw this.#fault('the value of an attribute stands in quotes');
    const from = this.#at + 1;
    const written = this.#to(quote, 'the value of an attribute', 1);
    if (written.includes('<')) throw this.#fault('the value of an attribute holds <', from);
    return { name, value: this.#meant(written, from), span: { start, end: this.#at } };
  }

  #closeTag(): void {
    const start = this.#at;
    this.#at += 2;
    const name = this.#name('a name must follow </');
    this.#skipBlanks();
    if (!this.#begins('>')) throw this.#fault('> must end a tag');
    this.#at++;
    const open = this.#open.pop();
    if (open?.name !== name)
      throw this.#fault(`</${name}> closes ${open === undefined ? 'nothing' : `<${open.name}>`}`, start);
    this.#handler.close(this.#at);
  }

  #name(wanted: string): string {
    namePattern.lastIndex = this.#at;
    const name = namePattern.exec(this.#text)?.[0];
    if (name === undefined) throw this.#fault(wanted);
    if (name.indexOf(':') !== name.lastIndexOf(':')) throw this.#fault(`${name} has two prefixes`);
    this.#at += name.length;
    return name;
  }

  #skipBlanks(): void {
    blankPattern.lastIndex = this.#at;
    this.#at += blankPattern.exec(this.#text)?.[0].length ?? 0;
  }

  /** Text with its references as the characters that they stand for. */
  #meant(written: string, start: number): string {
    const text = this.#normal(written, start);
    if (!text.includes('&')) return text;
    const parts: string[] = [];
    let from = 0;
    for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', from)) {
      entityPattern.lastIndex = at;
      const match = entityPattern.exec(text);
      const character = match === null ? undefined : characterOf(match);
      if (match === null || character === undefined)
        throw this.#fault('& begins no character that is known', start + written.indexOf('&'));
      parts.push(text.slice(from, at), character);
      from = at + match[0].length;
    }
    return parts.join('') + text.slice(from);
  }

  /** Every end of a line as one newline (XML 1.0, 2.11). */
  #normal(written: string, start: number): string {
    const wrong = written.search(forbidden);
    if (wrong >= 0) throw this.#fault('a character that XML does not have', start + wrong);
    return written.replace(/\r\n?/g, '\n');
  }
}

function characterOf([, name, digits, hexadecimal]: RegExpExecArray): string | undefined {
  if (name !== undefined) return entities[name];
  const code = digits === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(digits);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  const character = String.fromCodePoint(code);
  return forbidden.test(character) ? undefined : character;
}
