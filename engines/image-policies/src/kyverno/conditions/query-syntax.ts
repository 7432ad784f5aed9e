import { JsonSyntaxError, type JsonValue, parseJson } from '@keelson/core';

/** A query that keelson cannot read or evaluate: what asks it is not met. */
export class QueryFault extends Error {}

/**
 * A query in JMESPath (jmespath.org/specification), but for slices and references to expressions; `.*` over the members of an object is
 * left out too. What a projection does to each item is what stands behind it, up to a pipe.
 */
export type QueryNode =
  | { readonly kind: 'current' }
  | { readonly kind: 'literal'; readonly value: JsonValue }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly at: number }
  | { readonly kind: 'chain'; readonly first: QueryNode; readonly next: QueryNode }
  | {
      readonly kind: 'projection';
      readonly of: QueryNode;
      readonly flattens: boolean;
      readonly where?: QueryNode;
      readonly each: QueryNode;
    }
  | { readonly kind: 'not'; readonly operand: QueryNode }
  | { readonly kind: 'and' | 'or'; readonly left: QueryNode; readonly right: QueryNode }
  | {
      readonly kind: 'compare';
      readonly operator: string;
      readonly left: QueryNode;
      readonly right: QueryNode;
    }
  | { readonly kind: 'list'; readonly items: readonly QueryNode[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, QueryNode])[] }
  | { readonly kind: 'call'; readonly name: string; readonly values: readonly QueryNode[] };

const maxQueryCharacters = 10_000;
const maxQueryDepth = 50;

const token =
  /\s*(?:([A-Za-z_][A-Za-z0-9_]*)|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`|(-?\d{1,9})|(\|\||&&|[=!<>]=|[[\]().,:@*?!<>|{}]))/y;

interface Token {
  readonly kind: 'name' | 'literal' | 'number' | 'sign' | 'end';
  readonly text: string;
  readonly value?: JsonValue;
}

/** @throws QueryFault */
export function parseQuery(text: string): QueryNode {
  const parser = new QueryParser(tokensOf(text));
  const node = parser.expression();
  parser.expectEnd();
  return node;
}

function tokensOf(text: string): readonly Token[] {
  if (text.length > maxQueryCharacters)
    throw new QueryFault(`a query has more than maxQueryCharacters (${maxQueryCharacters}) characters`);
  const tokens: Token[] = [];
  const source = text.trimEnd();
  for (let at = 0; at < source.length; at = token.lastIndex) {
    token.lastIndex = at;
    const [whole, name, quoted, raw, json, number, sign] = token.exec(source) ?? [];
    if (whole === undefined)
      throw new QueryFault(`keelson cannot read the query at ${JSON.stringify(source.slice(at, at + 40))}`);
    if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (quoted !== undefined) tokens.push({ kind: 'name', text: String(jsonOf(`"${quoted}"`)) });
    else if (raw !== undefined)
      tokens.push({ kind: 'literal', text: raw, value: raw.replaceAll("\\'", "'") });
    else if (json !== undefined)
      tokens.push({ kind: 'literal', text: json, value: jsonOf(json.replaceAll('\\`', '`')) });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else tokens.push({ kind: 'sign', text: sign ?? '' });
  }
  return tokens;
}

function jsonOf(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError)
      throw new QueryFault(`a literal of a query is no JSON: ${error.message}`);
    throw error;
  }
}

const end: Token = { kind: 'end', text: 'its end' };
const current: QueryNode = { kind: 'current' };

class QueryParser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** Pipes bind least. */
  expression(): QueryNode {
    if (++this.#depth > maxQueryDepth)
      throw new QueryFault(`a query nests deeper than maxQueryDepth (${maxQueryDepth})`);
    let node = this.#or();
    while (this.#take('|')) node = { kind: 'chain', first: node, next: this.#or() };
    this.#depth--;
    return node;
  }

  expectEnd(): void {
    if (this.#peek().kind !== 'end') throw this.#fault();
  }

  #or(): QueryNode {
    let left = this.#and();
    while (this.#take('||')) left = { kind: 'or', left, right: this.#and() };
    return left;
  }

  #and(): QueryNode {
    let left = this.#comparison();
    while (this.#take('&&')) left = { kind: 'and', left, right: this.#comparison() };
    return left;
  }

  #comparison(): QueryNode {
    const left = this.#unary();
    const { kind, text: operator } = this.#peek();
    if (kind !== 'sign' || !/^(?:[=!<>]=|[<>])$/.test(operator)) return left;
    this.#at++;
    return { kind: 'compare', operator, left, right: this.#unary() };
  }

  #unary(): QueryNode {
    if (!this.#take('!')) return this.#path(this.#primary());
    if (++this.#depth > maxQueryDepth)
      throw new QueryFault(`a query nests deeper than maxQueryDepth (${maxQueryDepth})`);
    const operand = this.#unary();
    this.#depth--;
    return { kind: 'not', operand };
  }

  #primary(): QueryNode {
    const { kind, text, value } = this.#peek();
    if (kind === 'literal' && value !== undefined) {
      this.#at++;
      return { kind: 'literal', value };
    }
    if (kind === 'name') return this.#named();
    if (text === '[' && kind === 'sign') return this.#isBracketOfPath() ? current : this.#list();
    if (this.#take('{')) return this.#object();
    if (this.#take('@')) return current;
    if (this.#take('(')) {
      const node = this.expression();
      this.#expect(')');
      return node;
    }
    throw this.#fault();
  }

  /** `[0]`, `[]`, `[*]` and `[?…]` go on with a path; any other bracket begins a list. */
  #isBracketOfPath(): boolean {
    const next = this.#tokens[this.#at + 1] ?? end;
    return next.kind === 'number' || (next.kind === 'sign' && [']', '*', '?'].includes(next.text));
  }

  #named(): QueryNode {
    const { text } = this.#peek();
    this.#at++;
    if (!this.#take('(')) return { kind: 'field', name: text };
    const values: QueryNode[] = [];
    while (!this.#take(')')) {
      if (values.length > 0) this.#expect(',');
      values.push(this.expression());
    }
    return { kind: 'call', name: text, values };
  }

  #list(): QueryNode {
    this.#expect('[');
    const items = [this.expression()];
    while (this.#take(',')) items.push(this.expression());
    this.#expect(']');
    return { kind: 'list', items };
  }

  #object(): QueryNode {
    const entries: [string, QueryNode][] = [];
    do {
      const { kind, text } = this.#peek();
      if (kind !== 'name') throw this.#fault();
      this.#at++;
      this.#expect(':');
      entries.push([text, this.expression()]);
    } while (this.#take(','));
    this.#expect('}');
    return { kind: 'object', entries };
  }

  /** What stands behind a node: members, indexes, and projections, which take in all that follows. */
  #path(first: QueryNode): QueryNode {
    let node = first;
    for (;;) {
      if (this.#take('.')) node = { kind: 'chain', first: node, next: this.#member() };
      else if (this.#peek().text === '[' && this.#peek().kind === 'sign' && this.#isBracketOfPath()) {
        this.#at++;
        const { kind, text } = this.#peek();
        if (kind === 'number') {
          this.#at++;
          this.#expect(']');
          node = { kind: 'chain', first: node, next: { kind: 'index', at: Number(text) } };
        } else node = this.#projection(node);
      } else return node;
    }
  }

  #projection(of: QueryNode): QueryNode {
    const flattens = this.#take(']');
    let where: QueryNode | undefined;
    if (!flattens) {
      if (this.#take('?')) where = this.expression();
      else this.#expect('*');
      this.#expect(']');
    }
    const next = this.#peek();
    // A flattening ends the projection before it: what that gives is flattened as a whole.
    const isFlattening =
      next.text === '[' && next.kind === 'sign' && this.#tokens[this.#at + 1]?.text === ']';
    const each = isFlattening ? current : this.#behindProjection();
    return { kind: 'projection', of, flattens, each, ...(where === undefined ? {} : { where }) };
  }

  /** The path that each item of a projection goes, up to the next flattening. */
  #behindProjection(): QueryNode {
    let node: QueryNode = current;
    for (;;) {
      const { kind, text } = this.#peek();
      if (kind !== 'sign' || (text !== '.' && text !== '[')) return node;
      if (text === '[' && (this.#tokens[this.#at + 1]?.text === ']' || !this.#isBracketOfPath())) return node;
      if (this.#take('.')) node = { kind: 'chain', first: node, next: this.#member() };
      else {
        this.#at++;
        const { kind: inner, text: index } = this.#peek();
        if (inner !== 'number') return this.#projection(node);
        this.#at++;
        this.#expect(']');
        node = { kind: 'chain', first: node, next: { kind: 'index', at: Number(index) } };
      }
    }
  }

  #member(): QueryNode {
    const { kind, text } = this.#peek();
    if (kind === 'name') return this.#named();
    if (text === '[') return this.#list();
    if (this.#take('{')) return this.#object();
    throw this.#fault();
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? end;
  }

  #take(sign: string): boolean {
    const { kind, text } = this.#peek();
    if (kind !== 'sign' || text !== sign) return false;
    this.#at++;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw this.#fault();
  }

  #fault(): QueryFault {
    return new QueryFault(
      `keelson cannot read the query at ${JSON.stringify(this.#peek().text.slice(0, 40))}`,
    );
  }
}
