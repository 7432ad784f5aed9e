import { NetpolError } from '../../../errors.ts';

/** A piece of a selector, with where it starts. */
export type Token =
  | { type: 'symbol'; text: Symbol; at: number }
  | { type: 'operator'; text: Operator; at: number }
  | { type: 'label' | 'string' | 'has'; text: string; at: number }
  | { type: 'all' | 'global' | 'end'; at: number };

type Symbol = '(' | ')' | '{' | '}' | ',' | '!' | '&&' | '||';

/** What may stand between a label and what it is compared with. */
export type Operator = '==' | '!=' | 'in' | 'not in' | 'contains' | 'starts with' | 'ends with';

/** Length of a selector that is still read, in UTF-16 units. */
export const maxSelectorLength = 1_000_000;

const symbols: readonly Symbol[] = ['(', ')', '{', '}', ',', '&&', '||'];
/** Two words of an operator may be written as one; no operator needs a space behind it. */
const wordOperators: readonly [first: string, second: string, operator: Operator][] = [
  ['contains', '', 'contains'],
  ['starts', 'with', 'starts with'],
  ['ends', 'with', 'ends with'],
  ['not', 'in', 'not in'],
  ['in', '', 'in'],
];
const names = /[a-zA-Z0-9_./-]+/y;
const spaces = /[ \t]*/y;

/**
 * The pieces of a Calico selector, ended by one of type `end`. Only blanks and tabs separate; strings have no escapes.
 * @throws NetpolError NETPOL_SELECTOR, NETPOL_LIMIT
 */
export function tokensOf(text: string): Token[] {
  if (text.length > maxSelectorLength)
    throw new NetpolError('NETPOL_LIMIT', `A selector has more than ${maxSelectorLength} characters`);
  const lexer = new Lexer(text);
  const tokens: Token[] = [];
  for (;;) {
    const token = lexer.next(tokens.at(-1));
    tokens.push(token);
    if (token.type === 'end') return tokens;
  }
}

class Lexer {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(last: Token | undefined): Token {
    this.#skipSpaces();
    const at = this.#at;
    if (at === this.#text.length) return { type: 'end', at };
    const symbol = symbols.find((each) => this.#take(each));
    if (symbol !== undefined) return { type: 'symbol', text: symbol, at };
    if (this.#take('==')) return { type: 'operator', text: '==', at };
    if (this.#take('!=')) return { type: 'operator', text: '!=', at };
    if (this.#take('!')) return { type: 'symbol', text: '!', at };
    const quote = this.#text[at];
    if (quote === '"' || quote === "'") return { type: 'string', text: this.#string(quote), at };
    return last?.type === 'label' ? this.#operator(at) : this.#call(at);
  }

  #string(quote: string): string {
    const start = this.#at + 1;
    const end = this.#text.indexOf(quote, start);
    if (end < 0) throw selectorError(this.#at, 'a string that does not end');
    this.#at = end + 1;
    return this.#text.slice(start, end);
  }

  #operator(at: number): Token {
    for (const [first, second, operator] of wordOperators) {
      if (!this.#take(first)) continue;
      if (second === '') return { type: 'operator', text: operator, at };
      this.#skipSpaces();
      if (this.#take(second)) return { type: 'operator', text: operator, at };
      break;
    }
    throw selectorError(at, 'something that is no operator, behind a label');
  }

  /** `has(label)`, `all()`, `global()` or a label; the bracket stands right behind the word. */
  #call(at: number): Token {
    if (this.#take('has(')) {
      this.#skipSpaces();
      const label = this.#match(names);
      if (label === '') throw selectorError(this.#at, 'has() without a label');
      this.#close();
      return { type: 'has', text: label, at };
    }
    for (const type of ['all', 'global'] as const) {
      if (!this.#take(`${type}(`)) continue;
      this.#close();
      return { type, at };
    }
    const label = this.#match(names);
    if (label === '') throw selectorError(at, 'a character that may not stand there');
    return { type: 'label', text: label, at };
  }

  #close(): void {
    this.#skipSpaces();
    if (!this.#take(')')) throw selectorError(this.#at, 'no closing bracket');
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #skipSpaces(): void {
    this.#match(spaces);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found = ''] = pattern.exec(this.#text) ?? [];
    this.#at += found.length;
    return found;
  }
}

/** A fault of a selector: what stands at a place of its text. */
export function selectorError(at: number, what: string): NetpolError {
  return new NetpolError('NETPOL_SELECTOR', `The selector has ${what} (character ${at + 1})`);
}
