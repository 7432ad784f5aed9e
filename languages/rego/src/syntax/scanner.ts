import {
  backQuote,
  backslash,
  Cursor,
  doubleQuote,
  isDecimal,
  isLetter,
  leftBrace,
  newline,
} from './cursor.ts';
import { type Keywords, type Token, token } from './token.ts';

const noBreakSpace = 0xa0;

const punctuation = new Map<number, Token>([
  [0x5b, token.leftBracket],
  [0x5d, token.rightBracket],
  [0x7b, token.leftBrace],
  [0x7d, token.rightBrace],
  [0x28, token.leftParen],
  [0x29, token.rightParen],
  [0x2c, token.comma],
  [0x2b, token.add],
  [0x2d, token.subtract],
  [0x2a, token.multiply],
  [0x2f, token.divide],
  [0x25, token.remainder],
  [0x26, token.intersect],
  [0x7c, token.union],
  [0x3b, token.semicolon],
  [0x2e, token.dot],
]);

/** Operators of one or two characters: alone, and with `=` behind. */
const comparisons = new Map<number, readonly [Token, Token]>([
  [0x3a, [token.colon, token.assign]],
  [0x3d, [token.unify, token.equal]],
  [0x3e, [token.greater, token.greaterEqual]],
  [0x3c, [token.less, token.lessEqual]],
]);

/** Cuts a text into words, by character codes. The caller keeps and restores its state. */
export class Scanner extends Cursor {
  /** The word just scanned, as it stands in the text (a template's part: without the escapes of `{`). */
  literal = '';

  /** The next word. One character of white space is a word too. */
  scan(keywords: Keywords): Token {
    const code = this.code;
    if (this.atSpace) {
      this.literal = code === newline ? '\n' : ' ';
      this.next();
      return token.whitespace;
    }
    if (isLetter(code)) return this.scanIdentifier(keywords);
    if (isDecimal(code)) return this.scanNumber();
    const start = this.position;
    this.literal = '';
    if (code < 0) return token.eof;
    this.next();
    return this.scanOther(code, start);
  }

  private scanOther(code: number, start: number): Token {
    const simple = punctuation.get(code);
    if (simple !== undefined) return simple;
    const pair = comparisons.get(code);
    if (pair !== undefined) {
      if (this.code !== 0x3d) return pair[0];
      this.next();
      return pair[1];
    }
    switch (code) {
      case 0x23:
        return this.scanComment(start);
      case doubleQuote:
        return this.scanString(start);
      case backQuote:
        return this.scanRawString(start);
      case 0x21:
        if (this.code === 0x3d) {
          this.next();
          return token.notEqual;
        }
        return this.fault('illegal ! character');
      case 0x24:
        return this.scanDollar();
      case noBreakSpace:
        return this.fault('illegal non-breaking space character, use a regular space instead');
      default:
        return token.illegal;
    }
  }

  private scanDollar(): Token {
    const code = this.code;
    if (code !== doubleQuote && code !== backQuote) return this.fault('illegal $ character');
    const start = this.position;
    this.next();
    return code === backQuote ? this.scanRawTemplate(start) : this.scanTemplate(start);
  }

  private fault(message: string): Token {
    this.faults.push(message);
    return token.illegal;
  }

  private scanIdentifier(keywords: Keywords): Token {
    const start = this.position;
    this.skipWord();
    while (this.atWordCharacter) this.next();
    this.literal = this.wordFrom(start);
    return keywords.get(this.literal) ?? token.ident;
  }

  /**
   * The word from `start` to the current character. OPA takes all but one byte of a character beyond ASCII
   * along, so that a word before one is no keyword.
   */
  private wordFrom(start: number): string {
    const word = this.text.slice(start, this.position);
    const { code } = this;
    if (code < 128) return word;
    return word + '\ufffd'.repeat(code < 0x800 ? 1 : code < 0x10000 ? 2 : 3);
  }

  private scanNumber(): Token {
    const start = this.position;
    this.skipDigits();
    if (this.skipOne(0x2e, 0x2e)) {
      if (!this.skipDigits()) this.fault('expected fraction');
    }
    if (this.skipOne(0x65, 0x45)) {
      this.skipOne(0x2b, 0x2d);
      if (!this.skipDigits()) this.fault('expected exponent');
    }
    if (isLetter(this.code)) {
      this.fault('illegal number format');
      while (this.atWordCharacter) this.next();
    }
    this.literal = this.wordFrom(start);
    return token.number;
  }

  private scanComment(start: number): Token {
    let end = this.text.indexOf('\n', this.position);
    if (end < 0) end = this.text.length;
    while (this.position < end) this.nextPlain(end);
    this.literal = this.text.slice(start, end);
    return token.comment;
  }

  private scanString(start: number): Token {
    for (;;) {
      const code = this.code;
      if (code === newline || code < 0) {
        this.fault('non-terminated string');
        break;
      }
      this.nextPlain(this.text.length);
      if (code === doubleQuote) break;
      if (code === backslash) this.skipEscape(false);
    }
    this.literal = this.wordFrom(start);
    return token.string;
  }

  private skipEscape(inTemplate: boolean): boolean {
    switch (this.code) {
      case backslash:
      case doubleQuote:
      case 0x2f: // solidus
      case 0x62: // b
      case 0x66: // f
      case 0x6e: // n
      case 0x72: // r
      case 0x74: // t
        this.next();
        return false;
      case 0x75: // u: the last digit is read as a plain character
        for (let count = 0; count < 4; count += 1) this.next();
        return false;
      case leftBrace:
        if (inTemplate) {
          this.next();
          return true;
        }
    }
    this.fault('illegal escape sequence');
    return false;
  }

  private scanRawString(start: number): Token {
    for (;;) {
      const code = this.code;
      if (code < 0) {
        this.fault('non-terminated string');
        break;
      }
      this.nextPlain(this.text.length);
      if (code === backQuote) break;
    }
    this.literal = this.wordFrom(start);
    return token.string;
  }

  /** The text of a template up to its end or to an expression, from behind the brace that closed one. */
  continueTemplate(raw: boolean): Token {
    const start = this.position - 1;
    return raw ? this.scanRawTemplate(start) : this.scanTemplate(start);
  }

  private scanTemplate(start: number): Token {
    let kind: Token = token.templatePart;
    const escapes: number[] = [];
    for (;;) {
      const code = this.code;
      if (code === newline || code < 0) {
        this.fault('non-terminated string');
        break;
      }
      this.nextPlain(this.text.length);
      if (code === doubleQuote) {
        kind = token.templateEnd;
        break;
      }
      if (code === leftBrace) break;
      if (code === backslash) {
        const at = this.position - 1;
        if (this.skipEscape(true)) escapes.push(at);
      }
    }
    this.literal = this.withoutCharacters(start, escapes);
    return kind;
  }

  private scanRawTemplate(start: number): Token {
    let kind: Token = token.rawTemplatePart;
    const escapes: number[] = [];
    for (;;) {
      const code = this.code;
      if (code < 0) {
        this.fault('non-terminated string');
        break;
      }
      this.nextPlain(this.text.length);
      if (code === backQuote) {
        kind = token.rawTemplateEnd;
        break;
      }
      if (code === leftBrace) break;
      if (code === backslash && this.code === leftBrace) {
        escapes.push(this.position - 1);
        this.next();
      }
    }
    this.literal = this.withoutCharacters(start, escapes);
    return kind;
  }

  private withoutCharacters(start: number, removed: readonly number[]): string {
    let from = start;
    let out = '';
    for (const at of removed) {
      out += this.text.slice(from, at);
      from = at + 1;
    }
    return out + this.text.slice(from, this.position);
  }
}
