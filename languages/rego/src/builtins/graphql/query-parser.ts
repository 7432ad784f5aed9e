import { createNode, type GraphqlNode } from './node.ts';
import { Parser } from './parser.ts';

/** An executable document (section 2.2). Throws `GraphqlFault`. */
export function parseQuery(input: string): GraphqlNode {
  return new QueryParser(input).document();
}

class QueryParser extends Parser {
  document(): GraphqlNode {
    const operations: GraphqlNode[] = [];
    const fragments: GraphqlNode[] = [];
    for (let token = this.peek(); token.kind !== '<EOF>'; token = this.peek()) {
      const isWord = token.kind === 'Name';
      if (token.kind === '{' || (isWord && /^(?:query|mutation|subscription)$/.test(token.value)))
        operations.push(this.#operation());
      else if (isWord && token.value === 'fragment') fragments.push(this.#fragment());
      else throw this.unexpected();
    }
    return createNode({ Operations: operations, Fragments: fragments });
  }

  #operation(): GraphqlNode {
    const position = this.position();
    if (this.peek().kind === '{')
      return createNode({ Operation: 'query', Name: '', SelectionSet: this.#required() }, position);
    const { comment } = this;
    const operation = this.next().value;
    const name = this.peek().kind === 'Name' ? this.next().value : '';
    return createNode(
      {
        Operation: operation,
        Name: name,
        VariableDefinitions: this.#variables(),
        Directives: this.directives(false),
        SelectionSet: this.#required(),
        Comment: comment,
      },
      position,
    );
  }

  #variables(): GraphqlNode[] {
    return this.some('(', ')', () => {
      const position = this.position();
      const { comment } = this;
      this.expect('$');
      const variable = this.name();
      this.expect(':');
      const type = this.type();
      const value = this.skip('=') ? this.value(true) : undefined;
      return createNode(
        {
          Variable: variable,
          Type: type,
          DefaultValue: value,
          Directives: this.directives(false),
          Comment: comment,
          Used: false,
        },
        position,
      );
    }).items;
  }

  #required(): GraphqlNode[] {
    const token = this.peek();
    if (token.kind !== '{') throw this.fault(token, `Expected {, found ${token.kind}`);
    return this.some('{', '}', () => (this.peek().kind === '...' ? this.#spread() : this.#field())).items;
  }

  #field(): GraphqlNode {
    const position = this.position();
    const { comment } = this;
    const alias = this.name();
    const name = this.skip(':') ? this.name() : alias;
    return createNode(
      {
        Alias: alias,
        Name: name,
        Arguments: this.arguments(false),
        Directives: this.directives(false),
        SelectionSet: this.peek().kind === '{' ? this.#required() : [],
        Comment: comment,
      },
      position,
      'field',
    );
  }

  #spread(): GraphqlNode {
    const { comment } = this;
    this.expect('...');
    const token = this.peek();
    const { position } = token;
    if (token.kind === 'Name' && token.value !== 'on') {
      const name = this.#fragmentName();
      return createNode(
        { Name: name, Directives: this.directives(false), Comment: comment },
        position,
        'spread',
      );
    }
    let condition = '';
    if (token.value === 'on') {
      this.next();
      condition = this.name();
    }
    const directives = this.directives(false);
    const selection = this.#required();
    return createNode(
      { TypeCondition: condition, Directives: directives, SelectionSet: selection, Comment: comment },
      position,
      'inline',
    );
  }

  #fragment(): GraphqlNode {
    const position = this.position();
    const { comment } = this;
    this.expectKeyword('fragment');
    const name = this.#fragmentName();
    const variables = this.#variables();
    this.expectKeyword('on');
    return createNode(
      {
        Name: name,
        VariableDefinition: variables,
        TypeCondition: this.name(),
        Directives: this.directives(false),
        SelectionSet: this.#required(),
        Comment: comment,
      },
      position,
    );
  }

  #fragmentName(): string {
    if (this.isName('on')) throw this.unexpected();
    return this.name();
  }
}
