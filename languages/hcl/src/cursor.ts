import type { KeelsonError, SourceText, Span } from '@keelson/core';
import { type HclErrorCode, hclError } from './error.ts';
import { readTokens } from './lexer.ts';
import type { HclLimits } from './limits.ts';
import type { Token, TokenKind } from './token.ts';

const endOfText: Token = { kind: 'end', start: 0, end: 0, text: '' };

/** The tokens of a text, read from first to last. Ends of lines are tokens in bodies and objects, and blanks elsewhere. */
export class Cursor {
  readonly source: SourceText;
  readonly #limits: HclLimits;
  readonly #tokens: readonly Token[];
  #next = 0;
  #newlines = true;
  #depth = 0;

  constructor(source: SourceText, limits: HclLimits) {
    this.source = source;
    this.#limits = limits;
    this.#tokens = readTokens(source, limits);
  }

  peek(): Token {
    while (!this.#newlines && this.#tokens[this.#next]?.kind === 'newline') this.#next++;
    const token = this.#tokens[this.#next] ?? this.#tokens.at(-1) ?? endOfText;
    if (token.kind === 'invalid') throw this.error(token.text, token);
    return token;
  }

  read(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#next++;
    return token;
  }

  /** Where the token that was read last ends. */
  get end(): number {
    return this.#tokens[this.#next - 1]?.end ?? 0;
  }

  /** The span from an offset to the end of the token that was read last. */
  since(start: number): Span {
    return { start, end: this.end };
  }

  is(kind: TokenKind, text?: string): boolean {
    const token = this.peek();
    return token.kind === kind && (text === undefined || token.text === text);
  }

  isSymbol(symbol: string): boolean {
    return this.is('symbol', symbol);
  }

  /** Reads the next token if it is this one. */
  take(kind: TokenKind, text?: string): boolean {
    if (!this.is(kind, text)) return false;
    this.#next++;
    return true;
  }

  /** Reads a symbol that must stand here; `wanted` says what it is for. */
  expect(symbol: string, wanted: string): Token {
    if (!this.isSymbol(symbol)) throw this.unexpected(wanted);
    return this.read();
  }

  /** Reads with ends of lines as tokens, or as blanks, and goes back to what was. */
  withNewlines<T>(newlines: boolean, read: () => T): T {
    const before = this.#newlines;
    this.#newlines = newlines;
    const result = read();
    this.#newlines = before;
    return result;
  }

  /** Reads one level deeper. @throws KeelsonError HCL_LIMIT */
  deeper<T>(read: () => T): T {
    const { maxDepth } = this.#limits;
    if (++this.#depth > maxDepth)
      throw this.error(`nested deeper than maxDepth, ${maxDepth}`, this.peek(), 'HCL_LIMIT');
    const result = read();
    this.#depth--;
    return result;
  }

  error(
    message: string,
    at: { start: number },
    code: HclErrorCode = 'HCL_SYNTAX',
  ): KeelsonError<HclErrorCode> {
    return hclError(this.source, code, message, at.start);
  }

  /** `wanted`, and what stands there instead. */
  unexpected(wanted: string): KeelsonError<HclErrorCode> {
    const token = this.peek();
    return this.error(`${wanted}, not ${nameOf(token)}`, token);
  }
}

function nameOf({ kind, text }: Token): string {
  if (kind === 'end') return 'the end of the file';
  if (kind === 'newline') return 'the end of the line';
  if (kind === 'open-heredoc') return 'a heredoc';
  return kind === 'open-quote' || kind === 'close-quote' ? 'a quote' : JSON.stringify(text.slice(0, 40));
}
