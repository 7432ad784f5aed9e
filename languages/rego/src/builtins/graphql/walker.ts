import {
  child,
  type GraphqlNode,
  named,
  nodes,
  type Position,
  selectionKind,
  text,
  typeName,
  valueKind,
  valueKinds,
} from './node.ts';
import type { Schema } from './schema.ts';

/** What was found about a value on the way to it. */
export interface ValueFacts {
  type: GraphqlNode | undefined;
  definition: GraphqlNode | undefined;
  hasDefault: boolean;
  variable: GraphqlNode | undefined;
}

export interface FieldFacts {
  readonly parent: GraphqlNode | undefined;
  readonly definition: GraphqlNode | undefined;
}

export interface DirectiveFacts {
  readonly definition: GraphqlNode | undefined;
  readonly location: string;
}

/** What a rule looks at. A node is shown after everything in it. */
export interface Rule {
  operation?(node: GraphqlNode): void;
  field?(node: GraphqlNode, facts: FieldFacts): void;
  fragment?(node: GraphqlNode): void;
  inline?(node: GraphqlNode, parent: GraphqlNode | undefined): void;
  spread?(node: GraphqlNode, parent: GraphqlNode | undefined, fragment: GraphqlNode | undefined): void;
  directive?(node: GraphqlNode, facts: DirectiveFacts): void;
  directives?(list: readonly GraphqlNode[]): void;
  value?(node: GraphqlNode, facts: ValueFacts): void;
  variable?(node: GraphqlNode): void;
}

const noFacts: ValueFacts = {
  type: undefined,
  definition: undefined,
  hasDefault: false,
  variable: undefined,
};

/** Nesting of selections that is followed through fragments. */
const maxDepth = 1000;

/** Goes through a query and gathers the faults that the rules find, in gqlparser's order. */
export class Walker {
  readonly schema: Schema;
  readonly document: GraphqlNode;
  readonly #rules: readonly Rule[];
  readonly #fields = new Map<GraphqlNode, FieldFacts>();
  readonly #usedVariables = new Set<GraphqlNode>();
  #walkedSpreads = new Set<string>();
  #depth = 0;
  operation: GraphqlNode | undefined;
  readonly faults: { readonly message: string; readonly position: Position | undefined }[] = [];

  constructor(schema: Schema, document: GraphqlNode, rules: (walker: Walker) => readonly Rule[]) {
    this.schema = schema;
    this.document = document;
    this.#rules = rules(this);
  }

  get fragments(): readonly GraphqlNode[] {
    return nodes(this.document, 'Fragments');
  }

  /** What was found about a field that has been walked. */
  factsOf(field: GraphqlNode): FieldFacts {
    return this.#fields.get(field) ?? { parent: undefined, definition: undefined };
  }

  isUsed(variable: GraphqlNode): boolean {
    return this.#usedVariables.has(variable);
  }

  report(message: string, position: Position | undefined): void {
    this.faults.push({ message, position });
  }

  walk(): void {
    for (const operation of nodes(this.document, 'Operations')) {
      this.#walkedSpreads = new Set();
      this.#walkOperation(operation);
    }
    for (const fragment of this.fragments) {
      this.#walkedSpreads = new Set();
      const definition = this.schema.types.get(text(fragment, 'TypeCondition'));
      this.#directives(nodes(fragment, 'Directives'), 'FRAGMENT_DEFINITION');
      this.#selections(fragment, definition);
      for (const rule of this.#rules) rule.fragment?.(fragment);
    }
  }

  #walkOperation(operation: GraphqlNode): void {
    this.operation = operation;
    const variables = nodes(operation, 'VariableDefinitions');
    for (const variable of variables) for (const rule of this.#rules) rule.variable?.(variable);
    for (const variable of variables) {
      const value = child(variable, 'DefaultValue');
      if (value !== undefined) this.#value(value, this.#expecting(child(variable, 'Type')));
      this.#directives(nodes(variable, 'Directives'), 'VARIABLE_DEFINITION');
    }
    const kind = text(operation, 'Operation') || 'query';
    this.#directives(nodes(operation, 'Directives'), kind.toUpperCase());
    this.#selections(operation, this.schema.roots.get(kind));
    for (const rule of this.#rules) rule.operation?.(operation);
    this.operation = undefined;
  }

  #expecting(type: GraphqlNode | undefined, defaultValue?: GraphqlNode): ValueFacts {
    const definition = this.schema.types.get(typeName(type));
    const hasDefault = defaultValue !== undefined && valueKind(defaultValue) !== valueKinds.null;
    return { ...noFacts, type, definition, hasDefault };
  }

  #directives(list: readonly GraphqlNode[], location: string): void {
    for (const directive of list) {
      const definition = this.schema.directives.get(text(directive, 'Name'));
      this.#arguments(directive, definition);
      for (const rule of this.#rules) rule.directive?.(directive, { definition, location });
    }
    for (const rule of this.#rules) rule.directives?.(list);
  }

  #arguments(node: GraphqlNode, definition: GraphqlNode | undefined): void {
    for (const argument of nodes(node, 'Arguments')) {
      const value = child(argument, 'Value');
      const known = named(nodes(definition, 'Arguments'), text(argument, 'Name'));
      const facts =
        known === undefined
          ? { ...noFacts }
          : this.#expecting(child(known, 'Type'), child(known, 'DefaultValue'));
      if (value !== undefined) this.#value(value, facts);
    }
  }

  #value(value: GraphqlNode, facts: ValueFacts): void {
    const kind = valueKind(value);
    if (kind === valueKinds.variable && this.operation !== undefined) {
      const raw = text(value, 'Raw');
      facts.variable = nodes(this.operation, 'VariableDefinitions').find(
        (variable) => text(variable, 'Variable') === raw,
      );
      if (facts.variable !== undefined) this.#usedVariables.add(facts.variable);
    }
    for (const item of nodes(value, 'Children')) {
      const inner = child(item, 'Value');
      if (inner === undefined) continue;
      if (kind === valueKinds.object) {
        const field = named(nodes(facts.definition, 'Fields'), text(item, 'Name'));
        const known = field && this.#expecting(child(field, 'Type'), child(field, 'DefaultValue'));
        this.#value(inner, known ?? { ...noFacts });
      } else if (kind === valueKinds.list) {
        const type = child(facts.type, 'Elem');
        const known = type && { ...noFacts, type, definition: facts.definition };
        this.#value(inner, known ?? { ...noFacts });
      }
    }
    for (const rule of this.#rules) rule.value?.(value, facts);
  }

  #selections(node: GraphqlNode, parent: GraphqlNode | undefined): void {
    if (this.#depth >= maxDepth) return;
    this.#depth++;
    for (const selection of nodes(node, 'SelectionSet')) {
      const kind = selectionKind(selection);
      if (kind === 'field') this.#field(selection, parent);
      else if (kind === 'inline') this.#inline(selection, parent);
      else this.#spread(selection, parent);
    }
    this.#depth--;
  }

  #field(field: GraphqlNode, parent: GraphqlNode | undefined): void {
    const name = text(field, 'Name');
    const definition =
      name === '__typename'
        ? { Name: name, Type: { NamedType: 'String', NonNull: false } }
        : named(nodes(parent, 'Fields'), name);
    const facts = { parent, definition };
    this.#fields.set(field, facts);
    this.#arguments(field, definition);
    this.#directives(nodes(field, 'Directives'), 'FIELD');
    this.#selections(field, this.schema.types.get(typeName(child(definition, 'Type'))));
    for (const rule of this.#rules) rule.field?.(field, facts);
  }

  #inline(node: GraphqlNode, parent: GraphqlNode | undefined): void {
    const condition = text(node, 'TypeCondition');
    this.#directives(nodes(node, 'Directives'), 'INLINE_FRAGMENT');
    this.#selections(node, condition === '' ? parent : this.schema.types.get(condition));
    for (const rule of this.#rules) rule.inline?.(node, parent);
  }

  #spread(node: GraphqlNode, parent: GraphqlNode | undefined): void {
    const name = text(node, 'Name');
    const fragment = named(this.fragments, name);
    this.#directives(nodes(node, 'Directives'), 'FRAGMENT_SPREAD');
    if (fragment !== undefined && !this.#walkedSpreads.has(name)) {
      this.#walkedSpreads.add(name);
      this.#directives(nodes(fragment, 'Directives'), 'FRAGMENT_DEFINITION');
      this.#selections(fragment, this.schema.types.get(text(fragment, 'TypeCondition')));
    }
    for (const rule of this.#rules) rule.spread?.(node, parent, fragment);
  }
}
