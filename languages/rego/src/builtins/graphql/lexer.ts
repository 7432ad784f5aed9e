import type { Position } from './node.ts';

export type TokenKind =
  | '<EOF>'
  | '<Invalid>'
  | '!'
  | '$'
  | '&'
  | '('
  | ')'
  | '...'
  | ':'
  | '='
  | '@'
  | '['
  | ']'
  | '{'
  | '}'
  | '|'
  | 'Name'
  | 'Int'
  | 'Float'
  | 'String'
  | 'BlockString'
  | 'Comment';

export interface Token {
  readonly kind: TokenKind;
  readonly value: string;
  readonly position: Position;
}

const punctuation = /[!$&():=@[\]{}|]/;
const isPunctuation = (character: string): character is Extract<TokenKind, string> =>
  punctuation.test(character);

class LexicalFault extends Error {
  readonly position: Position;

  constructor(position: Position) {
    super();
    this.position = position;
  }
}

/** Splits GraphQL (October 2021, section 2.1) into tokens; columns count code points. */
export class Lexer {
  readonly #input: readonly string[];
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(input: string) {
    this.#input = Array.from(input);
  }

  #here(at = this.#at): Position {
    return { line: this.#line, column: at - this.#lineStart + 1 };
  }

  #fault(): LexicalFault {
    return new LexicalFault(this.#here());
  }

  /** The next token. What is none is `<Invalid>` at the place where reading it failed: gqlparser says no more. */
  read(): Token {
    try {
      return this.#read();
    } catch (error) {
      if (!(error instanceof LexicalFault)) throw error;
      return { kind: '<Invalid>', value: '', position: error.position };
    }
  }

  #read(): Token {
    this.#skip();
    const position = this.#here();
    const character = this.#input[this.#at];
    if (character === undefined) return { kind: '<EOF>', value: '', position };
    if (isPunctuation(character)) {
      this.#at++;
      return { kind: character, value: '', position };
    }
    if (character === '.' && this.#input[this.#at + 1] === '.' && this.#input[this.#at + 2] === '.') {
      this.#at += 3;
      return { kind: '...', value: '', position };
    }
    if (character === '#')
      return { kind: 'Comment', value: this.#run(/[^\u0000-\u0008\u000a-\u001f]/), position };
    if (/[A-Za-z_]/.test(character)) return { kind: 'Name', value: this.#run(/\w/), position };
    if (/[-\d]/.test(character)) return this.#number(position);
    if (character === '"') {
      const isBlock = this.#input[this.#at + 1] === '"' && this.#input[this.#at + 2] === '"';
      return isBlock ? this.#block(position) : this.#string(position);
    }
    throw this.#fault();
  }

  #skip(): void {
    for (; ; this.#at++) {
      const character = this.#input[this.#at];
      if (character === '\n' || character === '\r') {
        if (character === '\r' && this.#input[this.#at + 1] === '\n') {
          // The line begins behind the first of the two, as gqlparser counts.
          this.#newLine(1);
          this.#at++;
        } else this.#newLine(1);
      } else if (character === undefined || !/[\t ,\ufeff]/.test(character)) return;
    }
  }

  #newLine(width: number): void {
    this.#line++;
    this.#lineStart = this.#at + width;
  }

  #run(pattern: RegExp): string {
    const start = this.#at;
    for (
      let next = this.#input[this.#at];
      next !== undefined && pattern.test(next);
      next = this.#input[this.#at]
    )
      this.#at++;
    return this.#input.slice(start, this.#at).join('');
  }

  #number(position: Position): Token {
    const start = this.#at;
    let kind: TokenKind = 'Int';
    if (this.#input[this.#at] === '-') this.#at++;
    if (this.#input[this.#at] === '0') {
      this.#at++;
      if (/\d/.test(this.#input[this.#at] ?? '')) throw this.#fault();
    } else this.#digits();
    if (this.#input[this.#at] === '.') {
      this.#at++;
      kind = 'Float';
      this.#digits();
    }
    if (/[eE]/.test(this.#input[this.#at] ?? '')) {
      this.#at++;
      kind = 'Float';
      if (/[-+]/.test(this.#input[this.#at] ?? '')) this.#at++;
      this.#digits();
    }
    return { kind, value: this.#input.slice(start, this.#at).join(''), position };
  }

  #digits(): void {
    if (this.#run(/\d/) === '') throw this.#fault();
  }

  #string(start: Position): Token {
    const position = { line: start.line, column: start.column + 1 };
    let value = '';
    this.#at++;
    for (let next = this.#input[this.#at]; next !== undefined; next = this.#input[this.#at]) {
      if (next === '\n' || next === '\r') break;
      if (next < ' ' && next !== '\t') throw this.#fault();
      if (next === '"') {
        this.#at++;
        return { kind: 'String', value, position };
      }
      if (next === '\\') value += this.#escape();
      else {
        value += next;
        this.#at++;
      }
    }
    throw this.#fault();
  }

  #escape(): string {
    const letter = this.#input[this.#at + 1];
    this.#at++;
    if (letter === undefined) throw this.#fault();
    if (letter === 'u') {
      const digits = this.#input.slice(this.#at + 1, this.#at + 5).join('');
      if (!/^[\da-fA-F]{4}$/.test(digits) || this.#input[this.#at + 5] === undefined) throw this.#fault();
      this.#at += 5;
      return String.fromCharCode(Number.parseInt(digits, 16)).toWellFormed();
    }
    const value = escapes.get(letter);
    if (value === undefined) throw this.#fault();
    this.#at++;
    return value;
  }

  #block(start: Position): Token {
    let raw = '';
    this.#at += 3;
    for (let next = this.#input[this.#at]; next !== undefined; next = this.#input[this.#at]) {
      if (next === '"') {
        const quotes = this.#run(/"/);
        if (quotes.length >= 3) {
          const position = { line: this.#line, column: start.column + 3 };
          return { kind: 'BlockString', value: blockValue(raw + quotes.slice(3)), position };
        }
        raw += quotes;
        continue;
      }
      if (next < ' ' && !/[\t\n\r]/.test(next)) throw this.#fault();
      if (next === '\\' && this.#input.slice(this.#at + 1, this.#at + 4).join('') === '"""') {
        raw += '"""';
        this.#at += 4;
        continue;
      }
      if (next === '\r' && this.#input[this.#at + 1] === '\n') this.#at++;
      raw += next === '\r' ? '\n' : next;
      if (next === '\n' || next === '\r') this.#newLine(1);
      this.#at++;
    }
    throw this.#fault();
  }
}

const escapes = new Map([
  ['"', '"'],
  ['/', '/'],
  ['\\', '\\'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** BlockStringValue of section 2.9.4, but for the indent of the first line, which gqlparser counts too. */
function blockValue(raw: string): string {
  const lines = raw.split('\n');
  const indents = lines.map((line) => line.search(/[^ \t]/));
  const common = Math.min(...indents.filter((indent) => indent >= 0));
  const cut = lines.map((line, i) => (i === 0 || !Number.isFinite(common) ? line : line.slice(common)));
  const first = indents.findIndex((indent) => indent >= 0);
  const last = indents.findLastIndex((indent) => indent >= 0);
  return first < 0 ? '' : cut.slice(first, last + 1).join('\n');
}
