import type { RegoValue } from '../../values/index.ts';
import { GraphqlFault } from './error.ts';
import { Lexer, type Token, type TokenKind } from './lexer.ts';
import { createNode, type GraphqlNode, type Position, valueKinds } from './node.ts';

/** Nesting of values, types and selections; gqlparser has no bound. */
const maxDepth = 500;

/** What documents of both kinds share: tokens with the comments before them, values, types, directives. */
export class Parser {
  readonly #lexer: Lexer;
  #peeked: Token | undefined;
  #previous: Token = { kind: '<EOF>', value: '', position: { line: 1, column: 1 } };
  #depth = 0;
  /** The comments before the next token. */
  comment: GraphqlNode | undefined;

  constructor(input: string) {
    this.#lexer = new Lexer(input);
  }

  get previous(): Token {
    return this.#previous;
  }

  peek(): Token {
    if (this.#peeked !== undefined) return this.#peeked;
    let token = this.#lexer.read();
    const comments: RegoValue[] = [];
    for (; token.kind === 'Comment'; token = this.#lexer.read()) comments.push({ Value: token.value });
    if (comments.length > 0) this.comment = createNode({ List: comments });
    this.#peeked = token;
    return token;
  }

  next(): Token {
    const token = this.peek();
    this.#peeked = undefined;
    this.comment = undefined;
    this.#previous = token;
    return token;
  }

  position(): Position {
    return this.peek().position;
  }

  fault(token: Token, message: string): GraphqlFault {
    return new GraphqlFault(message, token.position);
  }

  unexpected(token = this.peek()): GraphqlFault {
    return this.fault(token, `Unexpected ${describeToken(token)}`);
  }

  expect(kind: TokenKind): Token {
    const token = this.peek();
    if (token.kind !== kind) throw this.fault(token, `Expected ${kind}, found ${token.kind}`);
    return this.next();
  }

  /** Yields the comments before the keyword. */
  expectKeyword(word: string): GraphqlNode | undefined {
    const token = this.peek();
    const { comment } = this;
    if (token.kind !== 'Name' || token.value !== word)
      throw this.fault(token, `Expected ${JSON.stringify(word)}, found ${describeToken(token)}`);
    this.next();
    return comment;
  }

  skip(kind: TokenKind): boolean {
    if (this.peek().kind !== kind) return false;
    this.next();
    return true;
  }

  isName(word: string): boolean {
    return this.peek().value === word;
  }

  name(): string {
    return this.expect('Name').value;
  }

  nested<T>(read: () => T): T {
    if (++this.#depth > maxDepth) throw this.fault(this.peek(), 'nested too deeply');
    const value = read();
    this.#depth--;
    return value;
  }

  /** What stands between two brackets, at least once where the first bracket is there. */
  some<T>(
    open: TokenKind,
    close: TokenKind,
    read: () => T,
  ): { items: T[]; comment: GraphqlNode | undefined } {
    const items: T[] = [];
    if (!this.skip(open)) return { items, comment: undefined };
    this.nested(() => {
      while (this.peek().kind !== close) items.push(read());
    });
    if (items.length === 0)
      throw this.fault(this.peek(), `expected at least one definition, found ${this.peek().kind}`);
    const { comment } = this;
    this.next();
    return { items, comment };
  }

  #many<T>(open: TokenKind, close: TokenKind, read: () => T): T[] {
    const items: T[] = [];
    this.expect(open);
    this.nested(() => {
      while (this.peek().kind !== close) items.push(read());
    });
    this.next();
    return items;
  }

  directives(isConst: boolean): GraphqlNode[] {
    const found: GraphqlNode[] = [];
    while (this.skip('@')) {
      const position = this.position();
      found.push(
        createNode({ Name: this.name(), Arguments: this.arguments(isConst), Location: '' }, position),
      );
    }
    return found;
  }

  arguments(isConst: boolean): GraphqlNode[] {
    return this.some('(', ')', () => this.#argument(isConst)).items;
  }

  /** `name: value`, as arguments and the fields of an object are written. */
  #argument(isConst: boolean): GraphqlNode {
    const position = this.position();
    const { comment } = this;
    const name = this.name();
    this.expect(':');
    return createNode({ Name: name, Value: this.value(isConst), Comment: comment }, position);
  }

  type(): GraphqlNode {
    const isList = this.skip('[');
    const position = this.position();
    const item = isList ? this.nested(() => this.type()) : undefined;
    const name = isList ? '' : this.name();
    if (isList) this.expect(']');
    return createNode({ NamedType: name, Elem: item, NonNull: this.skip('!') }, position);
  }

  value(isConst: boolean): GraphqlNode {
    const token = this.peek();
    const { comment } = this;
    switch (token.kind) {
      case '[': {
        const items = this.#many('[', ']', () => createNode({ Name: '', Value: this.value(isConst) }));
        return valueNode(token, '', valueKinds.list, items, comment);
      }
      case '{': {
        const fields = this.#many('{', '}', () => this.#argument(isConst));
        return valueNode(token, '', valueKinds.object, fields, comment);
      }
      case '$':
        if (isConst) throw this.unexpected();
        this.next();
        return valueNode(token, this.name(), valueKinds.variable);
    }
    const kind = scalarKind(token);
    if (kind === undefined) throw this.unexpected();
    this.next();
    return valueNode(token, token.value, kind);
  }
}

function valueNode(
  { position }: Token,
  raw: string,
  kind: number,
  children: readonly GraphqlNode[] = [],
  comment?: GraphqlNode,
): GraphqlNode {
  return createNode(
    { Raw: raw, Children: children, Kind: kind, Comment: comment, ExpectedTypeHasDefault: false },
    position,
  );
}

function scalarKind({ kind, value }: Token): number | undefined {
  switch (kind) {
    case 'Int':
      return valueKinds.int;
    case 'Float':
      return valueKinds.float;
    case 'String':
      return valueKinds.string;
    case 'BlockString':
      return valueKinds.block;
    case 'Name':
      if (value === 'true' || value === 'false') return valueKinds.boolean;
      return value === 'null' ? valueKinds.null : valueKinds.enum;
    default:
      return undefined;
  }
}

function describeToken({ kind, value }: Token): string {
  return value === '' ? kind : `${kind} ${JSON.stringify(value)}`;
}
