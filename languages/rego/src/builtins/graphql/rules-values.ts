import { isCompatible } from './implements.ts';
import {
  child,
  createNode,
  type GraphqlNode,
  isTrue,
  named,
  nodes,
  positionOf,
  text,
  typeText,
  valueKind,
  valueKinds,
  valueText,
} from './node.ts';
import { suggestion } from './suggest.ts';
import type { Rule, ValueFacts, Walker } from './walker.ts';

const scalars = ['Int', 'Float', 'String', 'Boolean', 'ID'];

/** Sections 5.6.1 to 5.6.4. */
export function valuesOfCorrectType(walker: Walker): Rule {
  return {
    value(node, { type, definition }) {
      if (type === undefined || definition === undefined) return;
      new ValueCheck(walker, node, type, definition).check();
    },
  };
}

class ValueCheck {
  readonly #walker: Walker;
  readonly #value: GraphqlNode;
  readonly #type: GraphqlNode;
  readonly #definition: GraphqlNode;

  constructor(walker: Walker, value: GraphqlNode, type: GraphqlNode, definition: GraphqlNode) {
    this.#walker = walker;
    this.#value = value;
    this.#type = type;
    this.#definition = definition;
  }

  #report(message: string, node = this.#value): void {
    this.#walker.report(message, positionOf(node));
  }

  #isOneOf(...names: string[]): boolean {
    return names.includes(text(this.#definition, 'Name'));
  }

  check(): void {
    const kind = valueKind(this.#value);
    if (kind === valueKinds.null) {
      if (isTrue(this.#type, 'NonNull')) this.#report(this.#unexpected('default'));
      return;
    }
    const isScalar = text(this.#definition, 'Kind') === 'SCALAR';
    if (isScalar && !this.#isOneOf(...scalars)) return;
    // Numbers that Go's ParseInt and ParseFloat refuse are reported once more.
    if (this.#isOutOfRange(kind)) this.#report(this.#unexpected());
    if (kind === valueKinds.list) {
      if (child(this.#type, 'Elem') === undefined) this.#report(this.#unexpected());
    } else if (kind === valueKinds.int) this.#expect('Int', 'Float', 'ID');
    else if (kind === valueKinds.float) this.#expect('Float');
    else if (kind === valueKinds.boolean) this.#expect('Boolean');
    else if (kind === valueKinds.string || kind === valueKinds.block) this.#string();
    else if (kind === valueKinds.enum) this.#enum();
    else if (kind === valueKinds.object) this.#object();
  }

  #isOutOfRange(kind: number): boolean {
    const raw = text(this.#value, 'Raw');
    if (kind === valueKinds.int) return /^-?\d+$/.test(raw) && BigInt.asIntN(64, BigInt(raw)) !== BigInt(raw);
    return kind === valueKinds.float && !Number.isFinite(Number(raw));
  }

  #expect(...names: string[]): void {
    if (!this.#isOneOf(...names)) this.#report(this.#unexpected());
  }

  #enumNames(): readonly string[] {
    if (text(this.#definition, 'Kind') !== 'ENUM') return [];
    return nodes(this.#definition, 'EnumValues').map((value) => text(value, 'Name'));
  }

  #hint(quote?: string): string {
    return suggestion('Did you mean the enum value', text(this.#value, 'Raw'), this.#enumNames(), quote);
  }

  #string(): void {
    if (text(this.#definition, 'Kind') !== 'ENUM') {
      this.#expect('String', 'ID');
      return;
    }
    const what = `Enum "${typeText(this.#type)}" cannot represent non-enum value: ${valueText(this.#value)}.`;
    this.#report(what + this.#hint());
  }

  #enum(): void {
    if (text(this.#definition, 'Kind') !== 'ENUM') this.#report(this.#unexpected() + this.#hint(''));
    else if (!this.#enumNames().includes(text(this.#value, 'Raw'))) {
      const what = `Value "${valueText(this.#value)}" does not exist in "${typeText(this.#type)}" enum.`;
      this.#report(what + this.#hint());
    }
  }

  #object(): void {
    const name = text(this.#definition, 'Name');
    const fields = nodes(this.#definition, 'Fields');
    const given = nodes(this.#value, 'Children');
    for (const field of fields) {
      const type = child(field, 'Type');
      const fieldName = text(field, 'Name');
      const isRequired = isTrue(type, 'NonNull') && child(field, 'DefaultValue') === undefined;
      if (isRequired && named(given, fieldName) === undefined)
        this.#report(`Field "${name}.${fieldName}" of required type "${typeText(type)}" was not provided.`);
    }
    if (named(nodes(this.#definition, 'Directives'), 'oneOf') !== undefined) this.#oneOf(name, fields, given);
    const known = fields.map((field) => text(field, 'Name'));
    for (const field of given) {
      const fieldName = text(field, 'Name');
      if (known.includes(fieldName)) continue;
      const hint = suggestion('Did you mean', fieldName, known);
      this.#report(`Field "${fieldName}" is not defined by type "${name}".${hint}`, field);
    }
  }

  #oneOf(name: string, fields: readonly GraphqlNode[], given: readonly GraphqlNode[]): void {
    const value = child(given[0], 'Value');
    if (given.length !== 1) this.#report(`OneOf Input Object "${name}" must specify exactly one key.`);
    else if (valueKind(value) === valueKinds.null)
      this.#report(`Field "${name}.${text(fields[0], 'Name')}" must be non-null.`, value);
  }

  #unexpected(as = typeText(this.#type)): string {
    const shown = valueText(this.#value);
    switch (as.replace(/!$/, '')) {
      case 'Int': {
        const isBig = /^[+-]?\d+$/.test(text(this.#value, 'Raw')) && this.#isPast32Bits();
        return `Int cannot represent ${isBig ? 'non 32-bit signed integer' : 'non-integer'} value: ${shown}`;
      }
      case 'String':
      case '[String]':
        return `String cannot represent a non string value: ${shown}`;
      case 'Boolean':
        return `Boolean cannot represent a non boolean value: ${shown}`;
      case 'Float':
        return `Float cannot represent non numeric value: ${shown}`;
      case 'ID':
        return `ID cannot represent a non-string and non-integer value: ${shown}`;
    }
    if (as !== 'default' && text(this.#definition, 'Kind') === 'ENUM')
      return `Enum "${typeText(this.#type)}" cannot represent non-enum value: ${shown}.`;
    return `Expected value of type "${typeText(this.#type)}", found ${shown}.`;
  }

  #isPast32Bits(): boolean {
    const integer = BigInt(text(this.#value, 'Raw').replace('+', ''));
    return BigInt.asIntN(32, integer) !== integer;
  }
}

/** Section 5.8.5. */
export function variablesInAllowedPosition(walker: Walker): Rule {
  const variableOf = (raw: string) =>
    nodes(walker.operation, 'VariableDefinitions').find((variable) => text(variable, 'Variable') === raw);
  return {
    value(node, facts) {
      if (walker.operation === undefined) return;
      if (valueKind(node) === valueKinds.variable) checkVariable(walker, node, facts);
      const isOneOf = named(nodes(facts.definition, 'Directives'), 'oneOf') !== undefined;
      if (valueKind(node) !== valueKinds.object || !isOneOf) return;
      for (const item of nodes(node, 'Children')) {
        const value = child(item, 'Value');
        const variable =
          valueKind(value) === valueKinds.variable ? variableOf(text(value, 'Raw')) : undefined;
        const type = child(variable, 'Type');
        if (variable === undefined || isTrue(type, 'NonNull')) continue;
        const needed = `OneOf Input Object "${text(facts.definition, 'Name')}"`;
        const what = `is of type "${typeText(type)}" but must be non-nullable to be used for ${needed}.`;
        walker.report(`Variable "${valueText(value)}" ${what}`, positionOf(variable));
      }
    },
  };
}

function checkVariable(walker: Walker, node: GraphqlNode, { type, variable, hasDefault }: ValueFacts): void {
  if (type === undefined || variable === undefined) return;
  const value = child(variable, 'DefaultValue');
  const isGiven = value !== undefined && valueKind(value) !== valueKinds.null;
  const expected = isGiven || hasDefault ? createNode({ ...type, NonNull: false }) : type;
  const own = child(variable, 'Type');
  if (isCompatible(own, expected)) return;
  const what = `used in position expecting type "${typeText(type)}".`;
  walker.report(`Variable "${valueText(node)}" of type "${typeText(own)}" ${what}`, positionOf(node));
}
