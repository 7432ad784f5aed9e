import { createNode, type GraphqlNode, type Position } from './node.ts';
import { Parser } from './parser.ts';

/** A type system document (section 3). Throws `GraphqlFault`. */
export function parseSchema(input: string): GraphqlNode {
  return new SchemaParser(input).document();
}

interface Description {
  readonly text: string;
  readonly comment: GraphqlNode | undefined;
}

const noDescription: Description = { text: '', comment: undefined };

const kindNames: Readonly<Record<string, string>> = {
  scalar: 'SCALAR',
  type: 'OBJECT',
  interface: 'INTERFACE',
  union: 'UNION',
  enum: 'ENUM',
  input: 'INPUT_OBJECT',
};

const locations: ReadonlySet<string> = new Set([
  'QUERY',
  'MUTATION',
  'SUBSCRIPTION',
  'FIELD',
  'FRAGMENT_DEFINITION',
  'FRAGMENT_SPREAD',
  'INLINE_FRAGMENT',
  'VARIABLE_DEFINITION',
  'SCHEMA',
  'SCALAR',
  'OBJECT',
  'FIELD_DEFINITION',
  'ARGUMENT_DEFINITION',
  'INTERFACE',
  'UNION',
  'ENUM',
  'ENUM_VALUE',
  'INPUT_OBJECT',
  'INPUT_FIELD_DEFINITION',
]);

class SchemaParser extends Parser {
  document(): GraphqlNode {
    const schema: GraphqlNode[] = [];
    const schemaExtensions: GraphqlNode[] = [];
    const directives: GraphqlNode[] = [];
    const definitions: GraphqlNode[] = [];
    const extensions: GraphqlNode[] = [];
    while (this.peek().kind !== '<EOF>') {
      const description = this.#description();
      const token = this.peek();
      if (token.kind !== 'Name') throw this.unexpected();
      if (Object.hasOwn(kindNames, token.value)) definitions.push(this.#definition(description));
      else if (token.value === 'schema') schema.push(this.#schema(description, this.expectKeyword('schema')));
      else if (token.value === 'directive') directives.push(this.#directive(description));
      else if (token.value === 'extend') {
        if (description.text !== '') throw this.unexpected(this.previous);
        const comment = this.expectKeyword('extend');
        if (this.isName('schema')) schemaExtensions.push(this.#schemaExtension(comment));
        else extensions.push(this.#extension(comment));
      } else throw this.unexpected();
    }
    return createNode({
      Schema: schema,
      SchemaExtension: schemaExtensions,
      Directives: directives,
      Definitions: definitions,
      Extensions: extensions,
      Comment: this.comment,
    });
  }

  #description(): Description {
    const { kind } = this.peek();
    if (kind !== 'BlockString' && kind !== 'String') return noDescription;
    const { comment } = this;
    return { text: this.next().value, comment };
  }

  #schema(description: Description, comment: GraphqlNode | undefined): GraphqlNode {
    const position = this.position();
    const directives = this.directives(true);
    const operations = this.some('{', '}', () => this.#operationType());
    return createNode(
      {
        Description: description.text,
        Directives: directives,
        OperationTypes: operations.items,
        BeforeDescriptionComment: description.comment,
        AfterDescriptionComment: comment,
        EndOfDefinitionComment: operations.comment,
      },
      position,
    );
  }

  #schemaExtension(comment: GraphqlNode | undefined): GraphqlNode {
    this.expectKeyword('schema');
    const extension = this.#schema(noDescription, comment);
    if (!('Directives' in extension || 'OperationTypes' in extension)) throw this.unexpected();
    return extension;
  }

  #operationType(): GraphqlNode {
    const position = this.position();
    const { comment } = this;
    const token = this.next();
    if (!/^(?:query|mutation|subscription)$/.test(token.value)) throw this.unexpected(token);
    this.expect(':');
    return createNode({ Operation: token.value, Type: this.name(), Comment: comment }, position);
  }

  #definition(description: Description): GraphqlNode {
    const word = this.peek().value;
    const comment = this.expectKeyword(word);
    return this.#typeBody(word, description, comment, this.position(), false);
  }

  #extension(comment: GraphqlNode | undefined): GraphqlNode {
    const word = this.peek().value;
    if (!Object.hasOwn(kindNames, word)) throw this.unexpected();
    this.next();
    const extension = this.#typeBody(word, noDescription, comment, this.position(), true);
    const parts = ['Interfaces', 'Directives', 'Fields', 'Types', 'EnumValues'];
    if (!parts.some((part) => part in extension)) throw this.unexpected();
    return extension;
  }

  #typeBody(
    word: string,
    description: Description,
    comment: GraphqlNode | undefined,
    position: Position,
    isExtension: boolean,
  ): GraphqlNode {
    const name = this.name();
    const hasInterfaces = word === 'type' || (word === 'interface' && !isExtension);
    const interfaces = hasInterfaces ? this.#interfaces() : [];
    const directives = this.directives(!(isExtension && word === 'input'));
    const types = word === 'union' ? this.#unionTypes() : [];
    const isEnum = word === 'enum';
    const isInput = word === 'input';
    const hasBody = isEnum || isInput || word === 'type' || word === 'interface';
    const body = hasBody
      ? this.some('{', '}', () => (isEnum ? this.#enumValue() : this.#field(isInput)))
      : { items: [], comment: undefined };
    return createNode(
      {
        Kind: kindNames[word] ?? '',
        Description: description.text,
        Name: name,
        Directives: directives,
        Interfaces: interfaces,
        Fields: isEnum ? [] : body.items,
        Types: types,
        EnumValues: isEnum ? body.items : [],
        BuiltIn: false,
        BeforeDescriptionComment: description.comment,
        AfterDescriptionComment: comment,
        EndOfDefinitionComment: body.comment,
      },
      position,
    );
  }

  #interfaces(): string[] {
    if (!this.isName('implements')) return [];
    this.next();
    this.skip('&');
    const names = [this.name()];
    while (this.skip('&')) names.push(this.name());
    return names;
  }

  #unionTypes(): string[] {
    if (!this.skip('=')) return [];
    this.skip('|');
    const names = [this.name()];
    while (this.skip('|')) names.push(this.name());
    return names;
  }

  /** What fields, arguments and enum values begin with. */
  #head(): {
    readonly position: Position;
    readonly fields: { readonly [name: string]: GraphqlNode | string | undefined };
  } {
    const description = this.#description();
    const before = description.text === '' ? undefined : description.comment;
    const position = this.position();
    const fields = {
      Description: description.text,
      BeforeDescriptionComment: before,
      AfterDescriptionComment: this.comment,
    };
    return { position, fields: { ...fields, Name: this.name() } };
  }

  #enumValue(): GraphqlNode {
    const { position, fields } = this.#head();
    return createNode({ ...fields, Directives: this.directives(true) }, position);
  }

  #field(isInput: boolean): GraphqlNode {
    if (isInput) return this.#argument();
    const { position, fields } = this.#head();
    const args = this.#arguments();
    this.expect(':');
    const type = this.type();
    return createNode(
      { ...fields, Arguments: args, Type: type, Directives: this.directives(true) },
      position,
    );
  }

  #arguments(): GraphqlNode[] {
    return this.some('(', ')', () => this.#argument()).items;
  }

  #argument(): GraphqlNode {
    const { position, fields } = this.#head();
    this.expect(':');
    const type = this.type();
    const value = this.skip('=') ? this.value(true) : undefined;
    return createNode(
      { ...fields, DefaultValue: value, Type: type, Directives: this.directives(true) },
      position,
    );
  }

  #directive(description: Description): GraphqlNode {
    const comment = this.expectKeyword('directive');
    this.expect('@');
    const position = this.position();
    const name = this.name();
    const args = this.#arguments();
    const isRepeatable = this.peek().kind === 'Name' && this.isName('repeatable');
    if (isRepeatable) this.next();
    this.expectKeyword('on');
    this.skip('|');
    const found = [this.#location()];
    while (this.skip('|')) found.push(this.#location());
    return createNode(
      {
        Description: description.text,
        Name: name,
        Arguments: args,
        Locations: found,
        IsRepeatable: isRepeatable,
        BeforeDescriptionComment: description.comment,
        AfterDescriptionComment: comment,
      },
      position,
    );
  }

  #location(): string {
    const token = this.expect('Name');
    if (!locations.has(token.value)) throw this.unexpected(token);
    return token.value;
  }
}
