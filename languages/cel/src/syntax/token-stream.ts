import { type CelError, errorAt } from '../error.ts';
import { type Token, tokenize } from './lexer.ts';

/** The tokens of a text and a place among them. */
export class TokenStream {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  /** Index of the next token. */
  next = 0;

  /** Throws CelError CEL_SYNTAX. */
  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokenize(source);
  }

  /** The token `ahead` of the next one. */
  at(ahead: number): Token | undefined {
    return this.#tokens[this.next + ahead];
  }

  peek(): Token {
    return this.#tokens[Math.min(this.next, this.#tokens.length - 1)] ?? { type: 'end', start: 0, end: 0 };
  }

  isSymbol(text: string): boolean {
    const token = this.peek();
    return token.type === 'symbol' && token.text === text;
  }

  accept(text: string): boolean {
    if (!this.isSymbol(text)) return false;
    this.next++;
    return true;
  }

  expect(text: string): Token {
    const token = this.peek();
    if (!this.accept(text)) throw this.unexpected(text);
    return token;
  }

  lastEnd(): number {
    return this.#tokens[this.next - 1]?.end ?? 0;
  }

  unexpected(wanted?: string): CelError {
    const token = this.peek();
    const found =
      token.type === 'end' ? 'end of expression' : `'${this.#source.slice(token.start, token.end)}'`;
    const hint = wanted === undefined ? '' : `, expecting '${wanted}'`;
    return errorAt('CEL_SYNTAX', `Syntax error: unexpected ${found}${hint}`, this.#source, token.start);
  }

  advance(): Token {
    const token = this.peek();
    this.next++;
    return token;
  }
}
