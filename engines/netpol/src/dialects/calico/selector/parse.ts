import { NetpolError } from '../../../errors.ts';
import { compareCodePoints, type Selector } from './selector.ts';
import { selectorError, type Token, tokensOf } from './tokens.ts';

/** How deep brackets may stand in one another. */
export const maxSelectorDepth = 200;

/**
 * Reads a selector; an empty one is `all()`. `&&` binds tighter than `||`, `!` tighter than both.
 * @throws NetpolError NETPOL_SELECTOR, or NETPOL_LIMIT beyond `maxSelectorLength` and `maxSelectorDepth`
 */
export function parseSelector(text: string): Selector {
  const tokens = tokensOf(text);
  if (tokens.length === 1) return { type: 'all' };
  return new Parser(tokens).selector();
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  selector(): Selector {
    const selector = this.#either(0);
    const rest = this.#take();
    if (rest.type !== 'end') throw selectorError(rest.at, 'more than one expression');
    return selector;
  }

  #either(depth: number): Selector {
    return this.#group('or', '||', () => this.#group('and', '&&', () => this.#operation(depth)));
  }

  #group(type: 'and' | 'or', sign: string, operand: () => Selector): Selector {
    const first = operand();
    const operands = [first];
    while (this.#takeSymbol(sign)) operands.push(operand());
    return operands.length === 1 ? first : { type, operands };
  }

  #operation(depth: number): Selector {
    let isNegated = false;
    while (this.#takeSymbol('!')) isNegated = !isNegated;
    const operand = this.#operand(depth);
    return isNegated ? { type: 'not', operand } : operand;
  }

  #operand(depth: number): Selector {
    const token = this.#take();
    switch (token.type) {
      case 'all':
      case 'global':
        return { type: token.type };
      case 'has':
        return { type: 'has', label: token.text };
      case 'label':
        return this.#comparison(token.text);
      default:
        if (token.type !== 'symbol' || token.text !== '(')
          throw selectorError(token.at, 'no expression where one has to stand');
        return this.#brackets(depth + 1);
    }
  }

  #brackets(depth: number): Selector {
    if (depth > maxSelectorDepth)
      throw new NetpolError('NETPOL_LIMIT', `A selector has brackets deeper than ${maxSelectorDepth}`);
    const inner = this.#either(depth);
    this.#need(')');
    return inner;
  }

  #comparison(label: string): Selector {
    const token = this.#take();
    if (token.type !== 'operator') throw selectorError(token.at, 'no operator behind a label');
    const { text: operator } = token;
    if (operator === 'in' || operator === 'not in')
      return { type: 'set', operator, label, values: this.#values() };
    const value = this.#takeString();
    if (value === undefined) throw selectorError(token.at, 'no string behind an operator');
    return { type: 'compare', operator, label, value };
  }

  /** A comma may stand behind the last value, and there may be no value at all. */
  #values(): string[] {
    this.#need('{');
    const values = new Set<string>();
    for (let value = this.#takeString(); value !== undefined; value = this.#takeString()) {
      values.add(value);
      if (!this.#takeSymbol(',')) break;
    }
    this.#need('}');
    return [...values].sort(compareCodePoints);
  }

  #take(): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) return { type: 'end', at: 0 };
    if (token.type !== 'end') this.#next++;
    return token;
  }

  #takeSymbol(text: string): boolean {
    const token = this.#tokens[this.#next];
    if (token?.type !== 'symbol' || token.text !== text) return false;
    this.#next++;
    return true;
  }

  #takeString(): string | undefined {
    const token = this.#tokens[this.#next];
    if (token?.type !== 'string') return undefined;
    this.#next++;
    return token.text;
  }

  #need(text: string): void {
    if (!this.#takeSymbol(text)) throw selectorError(this.#tokens[this.#next]?.at ?? 0, `no ${text}`);
  }
}
