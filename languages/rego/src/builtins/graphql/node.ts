import { isArray, isPlainObject, type PlainObject, type RegoValue } from '../../values/index.ts';

/**
 * A node of a document as OPA shows it: the fields of gqlparser's structs, without those that are null or
 * empty. Nodes that a policy made itself have neither place nor kind.
 */
export type GraphqlNode = PlainObject;

export interface Position {
  readonly line: number;
  readonly column: number;
}

export type SelectionKind = 'field' | 'spread' | 'inline';

const positions = new WeakMap<GraphqlNode, Position>();
const kinds = new WeakMap<GraphqlNode, SelectionKind>();

/** A node of the fields that are not null, no empty list and no empty object. */
export function createNode(
  fields: Readonly<Record<string, RegoValue | undefined>>,
  position?: Position,
  kind?: SelectionKind,
): GraphqlNode {
  const node: Record<string, RegoValue> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === null || (isArray(value) && value.length === 0)) continue;
    if (isPlainObject(value) && Object.keys(value).length === 0) continue;
    node[name] = value;
  }
  if (position !== undefined) positions.set(node, position);
  if (kind !== undefined) kinds.set(node, kind);
  return node;
}

export function positionOf(node: GraphqlNode | undefined): Position | undefined {
  return node === undefined ? undefined : positions.get(node);
}

/** What a selection is. OPA reads every selection of a document that is an object as a field. */
export function selectionKind(node: GraphqlNode): SelectionKind {
  return kinds.get(node) ?? 'field';
}

export function text(node: GraphqlNode | undefined, field: string): string {
  const value = node === undefined || !Object.hasOwn(node, field) ? undefined : node[field];
  return typeof value === 'string' ? value : '';
}

export function isTrue(node: GraphqlNode | undefined, field: string): boolean {
  return node !== undefined && Object.hasOwn(node, field) && node[field] === true;
}

export function child(node: GraphqlNode | undefined, field: string): GraphqlNode | undefined {
  const value = node === undefined || !Object.hasOwn(node, field) ? undefined : node[field];
  return isPlainObject(value) ? value : undefined;
}

export function nodes(node: GraphqlNode | undefined, field: string): readonly GraphqlNode[] {
  const value = node === undefined || !Object.hasOwn(node, field) ? undefined : node[field];
  return isArray(value) ? value.filter(isPlainObject) : [];
}

export function texts(node: GraphqlNode | undefined, field: string): readonly string[] {
  const value = node === undefined || !Object.hasOwn(node, field) ? undefined : node[field];
  return isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function named(list: readonly GraphqlNode[], name: string): GraphqlNode | undefined {
  return list.find((node) => text(node, 'Name') === name);
}

/** The numbers that gqlparser gives to kinds of values. */
export const valueKinds = Object.freeze({
  variable: 0,
  int: 1,
  float: 2,
  string: 3,
  block: 4,
  boolean: 5,
  null: 6,
  enum: 7,
  list: 8,
  object: 9,
});

export function valueKind(value: GraphqlNode | undefined): number {
  const kind = value === undefined || !Object.hasOwn(value, 'Kind') ? undefined : value['Kind'];
  return typeof kind === 'number' ? kind : valueKinds.variable;
}

/** The name of a type without lists and exclamation marks. */
export function typeName(type: GraphqlNode | undefined): string {
  const name = text(type, 'NamedType');
  const item = child(type, 'Elem');
  return name !== '' || item === undefined ? name : typeName(item);
}

/** The type as it is written. */
export function typeText(type: GraphqlNode | undefined): string {
  const mark = isTrue(type, 'NonNull') ? '!' : '';
  const name = text(type, 'NamedType');
  return name !== '' ? name + mark : `[${typeText(child(type, 'Elem'))}]${mark}`;
}

/** The value as gqlparser prints it. */
export function valueText(value: GraphqlNode | undefined): string {
  const raw = text(value, 'Raw');
  const items = nodes(value, 'Children');
  switch (valueKind(value)) {
    case valueKinds.variable:
      return `$${raw}`;
    case valueKinds.string:
    case valueKinds.block:
      return JSON.stringify(raw);
    case valueKinds.list:
      return `[${items.map((item) => valueText(child(item, 'Value'))).join(',')}]`;
    case valueKinds.object:
      return `{${items.map((item) => `${text(item, 'Name')}:${valueText(child(item, 'Value'))}`).join(',')}}`;
    default:
      return raw;
  }
}
