import { sortStrings } from '../../values/index.ts';
import { faultAt } from './error.ts';
import { validateImplements } from './implements.ts';
import {
  child,
  type GraphqlNode,
  isTrue,
  named,
  nodes,
  positionOf,
  text,
  texts,
  typeName,
  typeText,
  valueKind,
  valueKinds,
} from './node.ts';
import { isInput, type Schema } from './schema.ts';

/** Section 3 of the specification, as far and in the order that gqlparser checks it. Throws `GraphqlFault`. */
export function validateSchema(schema: Schema): void {
  const names = sortStrings([...schema.types.keys()]);
  for (const name of names) {
    const definition = schema.types.get(name);
    if (definition !== undefined) validateDefinition(schema, definition);
  }
  new InputCycles(schema).check(names);
  for (const name of sortStrings([...schema.directives.keys()])) {
    const directive = schema.directives.get(name);
    if (directive === undefined) continue;
    validateName(directive, name);
    validateArguments(schema, nodes(directive, 'Arguments'), name);
  }
}

function validateName(node: GraphqlNode, name: string): void {
  if (name.startsWith('__')) {
    const message = `Name "${name}" must not begin with "__", which is reserved by GraphQL introspection.`;
    throw faultAt(positionOf(node), message);
  }
}

function validateDefinition(schema: Schema, definition: GraphqlNode): void {
  const kind = text(definition, 'Kind');
  const name = text(definition, 'Name');
  validateFields(schema, definition, kind);
  for (const member of texts(definition, 'Types')) {
    const type = schema.types.get(member);
    if (type === undefined)
      throw faultAt(positionOf(definition), `Undefined type ${JSON.stringify(member)}.`);
    if (text(type, 'Kind') !== 'OBJECT')
      throw faultAt(positionOf(definition), `${kind} type ${JSON.stringify(member)} must be OBJECT.`);
  }
  for (const parent of texts(definition, 'Interfaces')) validateImplements(schema, definition, parent);
  validateBody(schema, definition, kind);
  const fault = (node: GraphqlNode, message: string) => faultAt(positionOf(node), message);
  const field = firstRepeated(nodes(definition, 'Fields'));
  if (field !== undefined)
    throw fault(field, `Field ${name}.${text(field, 'Name')} can only be defined once.`);
  const value = firstRepeated(nodes(definition, 'EnumValues'));
  if (value !== undefined)
    throw fault(value, `Enum value ${name}.${text(value, 'Name')} can only be defined once.`);
  const members = texts(definition, 'Types');
  const again = members.find((member, i) => members.indexOf(member) < i);
  if (again !== undefined) throw fault(definition, `Union type ${name} can only include type ${again} once.`);
  if (!schema.builtIn.has(name)) validateName(definition, name);
  // Extensions are places of their own, so a directive may stand at each.
  validateDirectives(schema, nodes(definition, 'Directives'), kind, undefined, false);
}

/** The second of the first two that share a name. */
function firstRepeated(list: readonly GraphqlNode[]): GraphqlNode | undefined {
  for (const [i, node] of list.entries()) {
    const name = text(node, 'Name');
    const again = list.slice(i + 1).find((other) => text(other, 'Name') === name);
    if (again !== undefined) return again;
  }
  return undefined;
}

function validateFields(schema: Schema, definition: GraphqlNode, kind: string): void {
  const isBuiltIn = schema.builtIn.has(text(definition, 'Name'));
  for (const field of nodes(definition, 'Fields')) {
    if (!isBuiltIn) validateName(field, text(field, 'Name'));
    validateType(schema, child(field, 'Type'));
    validateArguments(schema, nodes(field, 'Arguments'), undefined);
    const location = kind === 'INPUT_OBJECT' ? 'INPUT_FIELD_DEFINITION' : 'FIELD_DEFINITION';
    validateDirectives(schema, nodes(field, 'Directives'), location, undefined, true);
  }
}

function validateType(schema: Schema, type: GraphqlNode | undefined): void {
  const name = typeName(type);
  if (!schema.types.has(name)) throw faultAt(positionOf(type), `Undefined type ${name}.`);
}

const outputKinds = ['SCALAR', 'OBJECT', 'INTERFACE', 'UNION', 'ENUM'];
const inputKinds = ['SCALAR', 'ENUM', 'INPUT_OBJECT'];

function validateBody(schema: Schema, definition: GraphqlNode, kind: string): void {
  const name = text(definition, 'Name');
  const fields = nodes(definition, 'Fields');
  const empty = (what: string) =>
    faultAt(positionOf(definition), `${kind} ${name}: must define one or more ${what}.`);
  const fieldKind = (field: GraphqlNode) => text(schema.types.get(typeName(child(field, 'Type'))), 'Kind');
  if (kind === 'OBJECT' || kind === 'INTERFACE') {
    if (fields.length === 0) throw empty('fields');
    const wrong = fields.find((field) => !outputKinds.includes(fieldKind(field)));
    if (wrong !== undefined)
      throw faultAt(positionOf(wrong), `${kind} ${name}: field must be one of ${outputKinds.join(', ')}.`);
  } else if (kind === 'INPUT_OBJECT') {
    if (fields.length === 0) throw empty('input fields');
    const wrong = fields.find((field) => !inputKinds.includes(fieldKind(field)));
    if (wrong !== undefined) {
      const message = `${fieldKind(wrong)} ${text(wrong, 'Name')}: field must be one of ${inputKinds.join(', ')}.`;
      throw faultAt(positionOf(wrong), message);
    }
  } else if (kind === 'ENUM') validateEnum(schema, definition, empty('unique enum values'));
}

function validateEnum(schema: Schema, definition: GraphqlNode, empty: Error): void {
  const values = nodes(definition, 'EnumValues');
  if (values.length === 0) throw empty;
  for (const value of values) {
    const name = text(value, 'Name');
    if (/^(?:true|false|null)$/.test(name))
      throw faultAt(positionOf(definition), `ENUM ${text(definition, 'Name')}: non-enum value ${name}.`);
    validateDirectives(schema, nodes(value, 'Directives'), 'ENUM_VALUE', undefined, true);
  }
}

function validateArguments(
  schema: Schema,
  list: readonly GraphqlNode[],
  directive: string | undefined,
): void {
  for (const argument of list) {
    const type = child(argument, 'Type');
    validateName(argument, text(argument, 'Name'));
    validateType(schema, type);
    const definition = schema.types.get(typeName(type));
    if (definition !== undefined && !isInput(definition)) {
      const what = `cannot use ${typeText(type)} as argument ${text(argument, 'Name')}`;
      const message = `${what} because ${text(definition, 'Kind')} is not a valid input type`;
      throw faultAt(positionOf(argument), message);
    }
    validateDirectives(schema, nodes(argument, 'Directives'), 'ARGUMENT_DEFINITION', directive, true);
  }
}

/** The directives at a place; `inside` names the directive whose definition that is. */
export function validateDirectives(
  schema: Schema,
  list: readonly GraphqlNode[],
  location: string,
  inside: string | undefined,
  isOnePlace: boolean,
): void {
  const seen = new Set<string>();
  for (const directive of list) {
    const name = text(directive, 'Name');
    const fault = (message: string, node = directive) => faultAt(positionOf(node), message);
    validateName(directive, name);
    if (name === inside) throw fault(`Directive ${name} cannot refer to itself.`);
    const definition = schema.directives.get(name);
    if (definition === undefined) throw fault(`Undefined directive ${name}.`);
    if (isOnePlace && seen.has(name) && !isTrue(definition, 'IsRepeatable'))
      throw fault(`The directive ${name} can only be used once at this location.`);
    seen.add(name);
    if (!texts(definition, 'Locations').includes(location))
      throw fault(`Directive ${name} is not applicable on ${location}.`);
    const known = nodes(definition, 'Arguments');
    const given = nodes(directive, 'Arguments');
    for (const argument of given) {
      const argumentName = text(argument, 'Name');
      if (named(known, argumentName) === undefined)
        throw fault(`Undefined argument ${argumentName} for directive ${name}.`, argument);
    }
    for (const argument of known) {
      const argumentName = text(argument, 'Name');
      const value = child(named(given, argumentName), 'Value');
      const isRequired =
        isTrue(child(argument, 'Type'), 'NonNull') && child(argument, 'DefaultValue') === undefined;
      if (isRequired && (value === undefined || valueKind(value) === valueKinds.null))
        throw fault(`Argument ${argumentName} for directive ${name} cannot be null.`);
    }
  }
}

/** Input objects that contain themselves through fields that must be there (section 3.10). */
class InputCycles {
  readonly #schema: Schema;
  readonly #visited = new Set<string>();
  readonly #path: GraphqlNode[] = [];
  readonly #places = new Map<string, number>();

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  check(names: readonly string[]): void {
    for (const name of names) {
      const definition = this.#schema.types.get(name);
      if (definition !== undefined && text(definition, 'Kind') === 'INPUT_OBJECT') this.#visit(definition);
    }
  }

  #visit(definition: GraphqlNode): void {
    const name = text(definition, 'Name');
    if (this.#visited.has(name)) return;
    this.#visited.add(name);
    this.#places.set(name, this.#path.length);
    for (const field of nodes(definition, 'Fields')) {
      const type = child(field, 'Type');
      const next = this.#schema.types.get(text(type, 'NamedType'));
      if (!isTrue(type, 'NonNull') || next === undefined || text(next, 'Kind') !== 'INPUT_OBJECT') continue;
      this.#path.push(field);
      const place = this.#places.get(text(next, 'Name'));
      if (place !== undefined) throw this.#fault(text(next, 'Name'), this.#path.slice(place));
      this.#visit(next);
      this.#path.pop();
    }
    this.#places.delete(name);
  }

  #fault(name: string, cycle: readonly GraphqlNode[]): Error {
    const fields = cycle.map((field) => text(field, 'Name')).join('.');
    const what = `Cannot reference Input Object ${JSON.stringify(name)} within itself`;
    return faultAt(
      positionOf(cycle[0]),
      `${what} through a series of non-null fields: ${JSON.stringify(fields)}.`,
    );
  }
}
