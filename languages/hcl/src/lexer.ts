import type { SourceText } from '@keelson/core';
import { hclError } from './error.ts';
import type { HclLimits } from './limits.ts';
import type { Token, TokenKind } from './token.ts';

/** What the text at hand belongs to: the language itself, or the literal text of a template. */
type Frame =
  | { readonly mode: 'main'; braces: number }
  | { readonly mode: 'quoted' }
  | { readonly mode: 'heredoc'; readonly marker: string; atLineStart: boolean };

const namePattern = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const heredocPattern = /<<(-?)([\p{ID_Start}_][\p{ID_Continue}-]*)\r?\n/uy;
const symbolPattern = /\.\.\.|==|!=|>=|<=|&&|\|\||::|=>|[[\](){}.,*/%+\-=<>!?:]/y;

const wrongCharacters: Readonly<Record<string, string>> = {
  "'": 'text stands in double quotes, not in single ones',
  '`': 'there is no ` in HCL; text of several lines is written as <<END',
  ';': 'there is no ; in HCL: attributes and blocks end with their line',
  '&': 'there is no operator &; && is "and"',
  '|': 'there is no operator |; || is "or"',
  '“': 'text stands in straight double quotes',
  '”': 'text stands in straight double quotes',
};

/**
 * All tokens of a text, the last of kind `end` (HCL native syntax, "Lexical Elements"). What is no token is one of
 * kind `invalid`, so that the parser tells the first fault in the order of the text.
 */
export function readTokens(source: SourceText, limits: HclLimits): Token[] {
  return new Lexer(source, limits).read();
}

class Lexer {
  readonly #source: SourceText;
  readonly #text: string;
  readonly #limits: HclLimits;
  readonly #tokens: Token[] = [];
  readonly #frames: Frame[] = [{ mode: 'main', braces: 0 }];
  #at = 0;

  constructor(source: SourceText, limits: HclLimits) {
    this.#source = source;
    this.#text = source.text;
    this.#limits = limits;
    if (this.#text.startsWith('\ufeff')) this.#at = 1;
  }

  read(): Token[] {
    while (this.#at < this.#text.length) {
      const frame = this.#frames.at(-1);
      if (frame === undefined) break;
      if (frame.mode === 'main') this.#main(frame);
      else if (frame.mode === 'quoted') this.#quoted();
      else this.#heredoc(frame);
      if (this.#tokens.at(-1)?.kind === 'invalid') break;
    }
    this.#add('end', this.#text.length);
    return this.#tokens;
  }

  /** A token from the place at hand to `end`. */
  #add(kind: TokenKind, end: number, text = this.#text.slice(this.#at, end)): void {
    this.#tokens.push({ kind, start: this.#at, end, text });
    this.#at = end;
  }

  #push(frame: Frame): void {
    this.#frames.push(frame);
    if (this.#frames.length > this.#limits.maxDepth)
      throw hclError(
        this.#source,
        'HCL_LIMIT',
        `nested deeper than maxDepth, ${this.#limits.maxDepth}`,
        this.#at,
      );
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text);
  }

  #main(frame: { braces: number }): void {
    const text = this.#text;
    const character = text[this.#at] ?? '';
    if (character === ' ' || character === '\t') this.#at++;
    else if (character === '\n') this.#add('newline', this.#at + 1);
    else if (text.startsWith('\r\n', this.#at)) this.#add('newline', this.#at + 2);
    else if (character === '#' || text.startsWith('//', this.#at)) this.#lineComment();
    else if (text.startsWith('/*', this.#at)) this.#blockComment();
    else if (character === '"') {
      this.#add('open-quote', this.#at + 1);
      this.#push({ mode: 'quoted' });
    } else if (isDigit(character)) this.#add('number', numberEnd(text, this.#at));
    else if (character === '}' || text.startsWith('~}', this.#at)) this.#closeBrace(frame);
    else this.#word(frame);
  }

  #word(frame: { braces: number }): void {
    const heredoc = this.#match(heredocPattern);
    if (heredoc !== null) {
      const [all, flush = '', marker = ''] = heredoc;
      this.#add('open-heredoc', this.#at + all.length, flush);
      this.#push({ mode: 'heredoc', marker, atLineStart: true });
      return;
    }
    const name = this.#match(namePattern);
    if (name !== null) {
      this.#add('name', this.#at + name[0].length);
      return;
    }
    const symbol = this.#match(symbolPattern);
    if (symbol === null) {
      const character = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
      this.#invalid(wrongCharacters[character] ?? `${JSON.stringify(character)} means nothing here`);
      return;
    }
    if (symbol[0] === '{') frame.braces++;
    this.#add('symbol', this.#at + symbol[0].length);
  }

  #invalid(reason: string): void {
    this.#add('invalid', this.#at + 1, reason);
  }

  /** It ends a line, so it counts as the end of that line. */
  #lineComment(): void {
    const newline = this.#text.indexOf('\n', this.#at);
    this.#at = newline < 0 ? this.#text.length : newline;
  }

  #blockComment(): void {
    const close = this.#text.indexOf('*/', this.#at + 2);
    if (close < 0) this.#invalid('a comment that /* begins has no */');
    else this.#at = close + 2;
  }

  /** The brace that ends `${…}`, or one of an object or block. `~}` ends only templates. */
  #closeBrace(frame: { braces: number }): void {
    const end = this.#text[this.#at] === '~' ? this.#at + 2 : this.#at + 1;
    if (frame.braces === 0 && this.#frames.length > 1) {
      this.#add('end-template', end);
      this.#frames.pop();
      return;
    }
    if (end === this.#at + 2) {
      this.#invalid('~} ends only a template that ${ or %{ begins');
      return;
    }
    frame.braces = Math.max(0, frame.braces - 1);
    this.#add('symbol', end);
  }

  #quoted(): void {
    const text = this.#text;
    let end = this.#at;
    for (; end < text.length; end++) {
      const character = text[end];
      if (character === '"' || character === '\n' || character === '\r') break;
      if (character === '\\' && !/[\r\n]/.test(text[end + 1] ?? '\n')) end++;
      else if (isEscapedTemplate(text, end)) end += 2;
      else if (isTemplate(text, end)) break;
    }
    if (end > this.#at) this.#add('quoted', Math.min(end, text.length));
    if (end >= text.length) return;
    if (this.#opensTemplate()) return;
    if (text[end] === '"') {
      this.#add('close-quote', end + 1);
      this.#frames.pop();
    } else this.#invalid('quoted text must end on its line; text of several lines is written as <<END');
  }

  /** A line of a heredoc, or a part of it before a template. */
  #heredoc(frame: { readonly marker: string; atLineStart: boolean }): void {
    const text = this.#text;
    if (frame.atLineStart && this.#closesHeredoc(frame.marker)) return;
    let end = this.#at;
    for (; end < text.length; end++) {
      const character = text[end];
      if (isEscapedTemplate(text, end)) end += 2;
      else if (character === '\n' || isTemplate(text, end)) break;
      else if (character === '\r' && text[end + 1] !== '\n') break;
    }
    frame.atLineStart = text[end] === '\n';
    if (frame.atLineStart) end++;
    if (end > this.#at) this.#add('text', end);
    if (frame.atLineStart || end >= text.length || this.#opensTemplate()) return;
    this.#invalid('a carriage return must end a line');
  }

  /** A line of nothing but the marker and blanks; its end is no part of it. */
  #closesHeredoc(marker: string): boolean {
    const newline = this.#text.indexOf('\n', this.#at);
    if (newline < 0) return false;
    const end = this.#text[newline - 1] === '\r' ? newline - 1 : newline;
    const line = this.#text.slice(this.#at, Math.max(this.#at, end));
    if (line.trim() !== marker || line.includes('\r')) return false;
    this.#add('close-heredoc', end);
    this.#frames.pop();
    return true;
  }

  #opensTemplate(): boolean {
    if (!isTemplate(this.#text, this.#at)) return false;
    const kind = this.#text[this.#at] === '$' ? '${' : '%{';
    this.#add(kind, this.#at + (this.#text[this.#at + 2] === '~' ? 3 : 2));
    this.#push({ mode: 'main', braces: 0 });
    return true;
  }
}

function isTemplate(text: string, at: number): boolean {
  return (text[at] === '$' || text[at] === '%') && text[at + 1] === '{';
}

/** `$${` and `%%{` stand for `${` and `%{`. */
function isEscapedTemplate(text: string, at: number): boolean {
  return (text[at] === '$' || text[at] === '%') && text[at + 1] === text[at] && text[at + 2] === '{';
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

/** Digits, dots and exponents, up to the last digit: whether they make a number is seen later. */
function numberEnd(text: string, start: number): number {
  let at = start;
  let end = start;
  for (;;) {
    if (isDigit(text[at])) end = ++at;
    else if (text[at] === '.') at++;
    else if (text[at] === 'e' || text[at] === 'E') {
      const sign = text[at + 1] === '+' || text[at + 1] === '-' ? 1 : 0;
      if (!isDigit(text[at + 1 + sign])) return end;
      at += 1 + sign;
    } else return end;
  }
}
