import { faultAt } from './error.ts';
import { createNode, type GraphqlNode, isTrue, nodes, positionOf, text, texts } from './node.ts';
import { prelude } from './prelude.ts';
import { parseSchema } from './schema-parser.ts';
import { validateDirectives, validateSchema } from './schema-validation.ts';

/** A schema ready for queries: definitions with their extensions, by name. */
export interface Schema {
  readonly types: Map<string, GraphqlNode>;
  readonly directives: Map<string, GraphqlNode>;
  /** Names of the prelude, which may begin with two underscores. */
  readonly builtIn: ReadonlySet<string>;
  /** The object types that a value of an interface, union or object can have. */
  readonly possibleTypes: Map<string, GraphqlNode[]>;
  /** Root types by operation. */
  readonly roots: Map<string, GraphqlNode>;
}

const overridable = /^(?:include|skip|deprecated|specifiedBy|defer|oneOf)$/;

/** The schema of a document together with the prelude. Throws `GraphqlFault` at the first fault. */
export function loadSchema(document: GraphqlNode): Schema {
  const base = parseSchema(prelude);
  const definitions = [...nodes(base, 'Definitions'), ...nodes(document, 'Definitions')];
  const schema: Schema = {
    types: new Map(),
    directives: new Map(),
    builtIn: new Set(nodes(base, 'Definitions').map((node) => text(node, 'Name'))),
    possibleTypes: new Map(),
    roots: new Map(),
  };
  for (const definition of definitions) {
    const name = text(definition, 'Name');
    if (schema.types.has(name)) throw faultAt(positionOf(definition), `Cannot redeclare type ${name}.`);
    schema.types.set(name, definition);
  }
  for (const extension of nodes(document, 'Extensions')) extend(schema, extension);
  for (const definition of schema.types.values()) addPossibleTypes(schema, definition);
  for (const directive of [...nodes(base, 'Directives'), ...nodes(document, 'Directives')]) {
    const name = text(directive, 'Name');
    if (schema.directives.has(name) && !overridable.test(name))
      throw faultAt(positionOf(directive), `Cannot redeclare directive ${name}.`);
    schema.directives.set(name, directive);
  }
  const entries = nodes(document, 'Schema');
  if (entries.length > 1) {
    const message = 'Cannot have multiple schema entry points, consider schema extensions instead.';
    throw faultAt(positionOf(entries[1]), message);
  }
  for (const entry of [...entries, ...nodes(document, 'SchemaExtension')]) addRoots(schema, entry);
  validateSchema(schema);
  if (entries.length === 0) inferRoots(schema);
  addIntrospection(schema);
  return schema;
}

function extend({ types }: Schema, extension: GraphqlNode): void {
  const name = text(extension, 'Name');
  const kind = text(extension, 'Kind');
  const old = types.get(name) ?? createNode({ Kind: kind, Name: name }, positionOf(extension));
  if (text(old, 'Kind') !== kind) {
    throw faultAt(
      positionOf(extension),
      `Cannot extend type ${name} because the base type is a ${text(old, 'Kind')}, not ${kind}.`,
    );
  }
  const both = (field: string) => [...nodes(old, field), ...nodes(extension, field)];
  types.set(
    name,
    createNode(
      {
        Kind: kind,
        Name: name,
        BuiltIn: isTrue(old, 'BuiltIn'),
        Directives: both('Directives'),
        Interfaces: [...texts(old, 'Interfaces'), ...texts(extension, 'Interfaces')],
        Fields: both('Fields'),
        Types: [...texts(old, 'Types'), ...texts(extension, 'Types')],
        EnumValues: both('EnumValues'),
      },
      positionOf(old),
    ),
  );
}

function addPossibleTypes({ types, possibleTypes }: Schema, definition: GraphqlNode): void {
  const add = (name: string, type: GraphqlNode | undefined) => {
    const list = possibleTypes.get(name) ?? [];
    possibleTypes.set(name, list);
    if (type !== undefined) list.push(type);
  };
  const kind = text(definition, 'Kind');
  const name = text(definition, 'Name');
  if (kind === 'UNION') for (const member of texts(definition, 'Types')) add(name, types.get(member));
  if (kind === 'OBJECT' || kind === 'INPUT_OBJECT' || kind === 'INTERFACE')
    for (const parent of texts(definition, 'Interfaces')) add(parent, definition);
  if (kind === 'OBJECT' || kind === 'INPUT_OBJECT') add(name, definition);
}

function addRoots(schema: Schema, entry: GraphqlNode): void {
  for (const root of nodes(entry, 'OperationTypes')) {
    const operation = text(root, 'Operation');
    const type = schema.types.get(text(root, 'Type'));
    if (type === undefined) {
      const message = `Schema root ${operation} refers to a type ${text(root, 'Type')} that does not exist.`;
      throw faultAt(positionOf(root), message);
    }
    schema.roots.set(operation, type);
  }
  validateDirectives(schema, nodes(entry, 'Directives'), 'SCHEMA', undefined, true);
}

function inferRoots({ roots, types }: Schema): void {
  for (const [operation, name] of [
    ['query', 'Query'],
    ['mutation', 'Mutation'],
    ['subscription', 'Subscription'],
  ] as const) {
    const type = types.get(name);
    if (type !== undefined && !roots.has(operation)) roots.set(operation, type);
  }
}

/** `__schema` and `__type`, which every query may ask for. */
function addIntrospection({ roots, types }: Schema): void {
  const query = roots.get('query');
  if (query === undefined) return;
  const type = (name: string, nonNull: boolean) => ({ NamedType: name, NonNull: nonNull });
  const fields: readonly GraphqlNode[] = [
    { Name: '__schema', Type: type('__Schema', true) },
    {
      Name: '__type',
      Type: type('__Type', false),
      Arguments: [{ Name: 'name', Type: type('String', true) }],
    },
  ];
  const extended = createNode(
    { ...query, Fields: [...nodes(query, 'Fields'), ...fields] },
    positionOf(query),
  );
  for (const [operation, root] of roots) if (root === query) roots.set(operation, extended);
  types.set(text(query, 'Name'), extended);
}

export function isLeaf(definition: GraphqlNode): boolean {
  return /^(?:ENUM|SCALAR)$/.test(text(definition, 'Kind'));
}

export function isComposite(definition: GraphqlNode): boolean {
  return /^(?:OBJECT|INTERFACE|UNION)$/.test(text(definition, 'Kind'));
}

export function isInput(definition: GraphqlNode): boolean {
  return /^(?:SCALAR|ENUM|INPUT_OBJECT)$/.test(text(definition, 'Kind'));
}
