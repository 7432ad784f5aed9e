import { CelError, errorAt } from '../error.ts';
import type {
  BinaryOperator,
  CallExpr,
  CelExpr,
  ListExpr,
  LogicalExpr,
  MapExpr,
  MessageExpr,
} from './ast.ts';
import type { Token } from './lexer.ts';
import { expandMacro } from './macros.ts';
import { NodeDepths } from './node-depths.ts';
import { TokenStream } from './token-stream.ts';

/** Bounds on a text; passing one is CelError CEL_LIMIT. */
export interface ParseLimits {
  /** UTF-16 code units. Default 100,000. */
  maxLength?: number;
  /** Depth of the tree. Default 1,000 for chains, of which 250 for brackets. */
  maxNesting?: number;
}

export interface ParseOptions extends ParseLimits {
  /** Leave macros as calls. Default false. */
  disableMacros?: boolean;
}

/** Parses a CEL expression. Throws CelError CEL_SYNTAX or CEL_LIMIT. */
export function parseCel(source: string, options: ParseOptions = {}): CelExpr {
  const maxLength = options.maxLength ?? 100_000;
  if (source.length > maxLength) {
    throw new CelError('CEL_LIMIT', `the expression is longer than maxLength (${maxLength})`);
  }
  return new Parser(source, options).parse();
}

const reserved = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);
const binaryLevels: readonly (readonly BinaryOperator[])[] = [
  ['<', '<=', '>', '>=', '==', '!=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
];

class Parser {
  readonly #source: string;
  readonly #stream: TokenStream;
  readonly #macros: boolean;
  readonly #maxNesting: number;
  readonly #depths: NodeDepths;
  #nesting = 0;

  constructor(source: string, options: ParseOptions) {
    this.#source = source;
    this.#depths = new NodeDepths(source);
    this.#stream = new TokenStream(source);
    this.#macros = options.disableMacros !== true;
    this.#maxNesting = options.maxNesting ?? 250;
  }

  parse(): CelExpr {
    const expr = this.#expression();
    if (this.#stream.peek().type !== 'end') throw this.#stream.unexpected();
    return expr;
  }

  #made<T extends CelExpr>(expr: T, children: readonly (CelExpr | undefined)[]): T {
    return this.#depths.note(expr, children);
  }

  #expression(): CelExpr {
    if (++this.#nesting > this.#maxNesting) {
      throw errorAt(
        'CEL_LIMIT',
        `the expression is nested deeper than maxNesting (${this.#maxNesting})`,
        this.#source,
        this.#stream.peek().start,
      );
    }
    const condition = this.#logical('||');
    let expr = condition;
    if (this.#stream.accept('?')) {
      const whenTrue = this.#logical('||');
      this.#stream.expect(':');
      const whenFalse = this.#expression();
      expr = this.#made(
        { kind: 'conditional', condition, whenTrue, whenFalse, start: condition.start, end: whenFalse.end },
        [condition, whenTrue, whenFalse],
      );
    }
    this.#nesting--;
    return expr;
  }

  #logical(operator: '&&' | '||'): CelExpr {
    const operand = () => (operator === '||' ? this.#logical('&&') : this.#binary());
    const first = operand();
    if (!this.#stream.isSymbol(operator)) return first;
    const operands = [first];
    while (this.#stream.accept(operator)) operands.push(operand());
    const node: LogicalExpr = {
      kind: 'logical',
      operator,
      operands,
      start: first.start,
      end: this.#stream.lastEnd(),
    };
    return this.#made(node, operands);
  }

  /** Operators of one level, joined from the left; levels go from the weakest to the strongest. */
  #binary(level = 0): CelExpr {
    const operators = binaryLevels[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const token = this.#stream.peek();
      const operator = token.type === 'symbol' ? operators.find((text) => text === token.text) : undefined;
      if (operator === undefined) return left;
      this.#stream.next++;
      const right = this.#binary(level + 1);
      left = this.#made({ kind: 'binary', operator, left, right, start: left.start, end: right.end }, [
        left,
        right,
      ]);
    }
  }

  #unary(): CelExpr {
    const token = this.#stream.peek();
    if (token.type !== 'symbol' || (token.text !== '!' && token.text !== '-'))
      return this.#member(this.#primary());
    const operator = token.text;
    const starts: number[] = [];
    while (this.#stream.isSymbol(operator)) starts.push(this.#stream.advance().start);
    const digits = this.#stream.peek();
    if (operator === '-' && digits.type === 'literal') {
      const folded = this.#negativeLiteral(digits, starts.at(-1) ?? 0);
      if (folded !== undefined) {
        starts.pop();
        return this.#unaries(operator, starts, this.#member(folded));
      }
    }
    return this.#unaries(operator, starts, this.#member(this.#primary()));
  }

  #unaries(operator: '!' | '-', starts: readonly number[], operand: CelExpr): CelExpr {
    let expr = operand;
    for (const start of [...starts].reverse()) {
      expr = this.#made({ kind: 'unary', operator, operand: expr, start, end: operand.end }, [expr]);
    }
    return expr;
  }

  /** A minus sign belongs to the number after it, so that -9223372036854775808 is an int. */
  #negativeLiteral(token: Token, start: number): CelExpr | undefined {
    if (token.type !== 'literal') return undefined;
    const value = token.value;
    if (value.type !== 'int' && value.type !== 'double') return undefined;
    this.#stream.next++;
    const negated =
      value.type === 'int'
        ? { type: value.type, value: -value.value }
        : { type: value.type, value: -value.value };
    return this.#made({ kind: 'literal', value: negated, start, end: token.end }, []);
  }

  #member(first: CelExpr): CelExpr {
    let expr = first;
    for (;;) {
      if (this.#stream.accept('.')) expr = this.#dot(expr);
      else if (this.#stream.accept('[')) {
        const optional = this.#stream.accept('?');
        const index = this.#expression();
        this.#stream.expect(']');
        expr = this.#made(
          { kind: 'index', operand: expr, index, optional, start: expr.start, end: this.#stream.lastEnd() },
          [expr, index],
        );
      } else return expr;
    }
  }

  #dot(operand: CelExpr): CelExpr {
    const optional = this.#stream.accept('?');
    const token = this.#stream.peek();
    if (token.type !== 'ident') throw this.#stream.unexpected();
    this.#stream.next++;
    const start = operand.start;
    if (!optional && !token.quoted && this.#stream.accept('(')) {
      const args = this.#arguments(')');
      return this.#call({
        kind: 'call',
        name: token.text,
        target: operand,
        args,
        absolute: false,
        start,
        end: this.#stream.lastEnd(),
      });
    }
    const node: CelExpr = { kind: 'select', operand, field: token.text, optional, start, end: token.end };
    return this.#made(node, [operand]);
  }

  #call(call: CallExpr): CelExpr {
    const children = call.target === undefined ? call.args : [call.target, ...call.args];
    this.#made(call, children);
    if (!this.#macros || call.absolute) return call;
    const expanded = expandMacro(call, this.#source);
    return expanded === undefined ? call : this.#made(expanded, [call]);
  }

  #arguments(close: string): CelExpr[] {
    const args: CelExpr[] = [];
    if (this.#stream.accept(close)) return args;
    do args.push(this.#expression());
    while (this.#stream.accept(','));
    this.#stream.expect(close);
    return args;
  }

  #primary(): CelExpr {
    const token = this.#stream.advance();
    const { start } = token;
    if (token.type === 'literal') return this.#literal(token);
    if (token.type === 'ident') {
      this.#stream.next--;
      return this.#name(start, false);
    }
    if (token.type === 'symbol') {
      if (token.text === '.') return this.#name(start, true);
      if (token.text === '[') return this.#list(start);
      if (token.text === '{') return this.#map(start);
      if (token.text === '(') {
        const expr = this.#expression();
        this.#stream.expect(')');
        return expr;
      }
    }
    this.#stream.next--;
    throw this.#stream.unexpected();
  }

  #literal(token: Token & { type: 'literal' }): CelExpr {
    const { value, start, end } = token;
    if (value.type === 'int' && value.value >= 2n ** 63n) {
      throw errorAt('CEL_SYNTAX', 'invalid int literal', this.#source, start);
    }
    return this.#made({ kind: 'literal', value, start, end }, []);
  }

  /** An identifier, a call by a plain name, or a message `a.b.C{…}`. */
  #name(start: number, absolute: boolean): CelExpr {
    const token = this.#stream.peek();
    if (token.type !== 'ident' || token.quoted) throw this.#stream.unexpected();
    const message = this.#messageName();
    if (message !== undefined) return this.#message(message, start, absolute);
    this.#stream.next++;
    if (reserved.has(token.text)) {
      throw errorAt('CEL_SYNTAX', `reserved identifier: ${token.text}`, this.#source, token.start);
    }
    if (this.#stream.accept('(')) {
      const args = this.#arguments(')');
      const end = this.#stream.lastEnd();
      return this.#call({ kind: 'call', name: token.text, target: undefined, args, absolute, start, end });
    }
    return this.#made({ kind: 'ident', name: token.text, absolute, start, end: token.end }, []);
  }

  /** Looks ahead for `a.b.C{`; takes the tokens and yields the name only where it stands. */
  #messageName(): string | undefined {
    const parts: string[] = [];
    for (let at = 0; ; at += 2) {
      const name = this.#stream.at(at);
      const after = this.#stream.at(at + 1);
      if (name?.type !== 'ident' || name.quoted || after?.type !== 'symbol') return undefined;
      parts.push(name.text);
      if (after.text === '{') {
        this.#stream.next += at + 2;
        return parts.join('.');
      }
      if (after.text !== '.') return undefined;
    }
  }

  #message(name: string, start: number, absolute: boolean): CelExpr {
    const fields = this.#entries('}', (optional) => {
      const field = this.#stream.advance();
      if (field.type !== 'ident') {
        this.#stream.next--;
        throw this.#stream.unexpected();
      }
      this.#stream.expect(':');
      return { name: field.text, value: this.#expression(), optional };
    });
    const node: MessageExpr = { kind: 'message', name, absolute, fields, start, end: this.#stream.lastEnd() };
    return this.#made(
      node,
      fields.map((field) => field.value),
    );
  }

  /** What stands between brackets, each perhaps behind a `?`; a comma may follow the last. */
  #entries<T>(close: string, read: (optional: boolean) => T): T[] {
    const entries: T[] = [];
    while (!this.#stream.isSymbol(close)) {
      entries.push(read(this.#stream.accept('?')));
      if (!this.#stream.accept(',')) break;
    }
    this.#stream.expect(close);
    return entries;
  }

  #list(start: number): CelExpr {
    const elements = this.#entries(']', (optional) => ({ value: this.#expression(), optional }));
    const node: ListExpr = { kind: 'list', elements, start, end: this.#stream.lastEnd() };
    return this.#made(
      node,
      elements.map((element) => element.value),
    );
  }

  #map(start: number): CelExpr {
    const entries = this.#entries('}', (optional) => {
      const key = this.#expression();
      this.#stream.expect(':');
      return { key, value: this.#expression(), optional };
    });
    const node: MapExpr = { kind: 'map', entries, start, end: this.#stream.lastEnd() };
    return this.#made(
      node,
      entries.flatMap((entry) => [entry.key, entry.value]),
    );
  }
}
