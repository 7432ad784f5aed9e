import { createObject, isObject, type JsonObject, type JsonValue, type Path } from '@keelson/core';
import { type Place, placeBelow } from './place.ts';

/** A JSON value in which every node knows where it was written. Transformations change trees in place. */
export type Tree = ScalarTree | SequenceTree | MappingTree;
export type Scalar = string | number | bigint | boolean | null;

export interface ScalarTree {
  readonly kind: 'scalar';
  value: Scalar;
  place: Place;
}

export interface SequenceTree {
  readonly kind: 'sequence';
  items: Tree[];
  place: Place;
}

export interface MappingTree {
  readonly kind: 'mapping';
  entries: Map<string, Tree>;
  place: Place;
}

export function scalarTree(value: Scalar, place: Place): ScalarTree {
  return { kind: 'scalar', value, place };
}

export function sequenceTree(place: Place, items: Tree[] = []): SequenceTree {
  return { kind: 'sequence', items, place };
}

export function mappingTree(place: Place): MappingTree {
  return { kind: 'mapping', entries: new Map(), place };
}

/** The tree of a value that stands at `place`. */
export function treeOf(value: JsonValue, place: Place): Tree {
  if (Array.isArray(value)) {
    return sequenceTree(
      place,
      value.map((item, i) => treeOf(item, placeBelow(place, i))),
    );
  }
  if (!isObject(value)) return scalarTree(value, place);
  const tree = mappingTree(place);
  for (const key of Object.keys(value))
    tree.entries.set(key, treeOf(value[key] ?? null, placeBelow(place, key)));
  return tree;
}

export function copyTree<T extends Tree>(tree: T): T;
export function copyTree(tree: Tree): Tree {
  if (tree.kind === 'scalar') return { ...tree };
  if (tree.kind === 'sequence')
    return sequenceTree(
      tree.place,
      tree.items.map((item) => copyTree(item)),
    );
  const copy = mappingTree(tree.place);
  for (const [key, child] of tree.entries) copy.entries.set(key, copyTree(child));
  return copy;
}

export function jsonOf(tree: Tree): JsonValue {
  if (tree.kind === 'scalar') return tree.value;
  if (tree.kind === 'sequence') return tree.items.map(jsonOf);
  return objectOfTree(tree);
}

export function objectOfTree(tree: MappingTree): JsonObject {
  const object = createObject();
  for (const [key, child] of tree.entries) object[key] = jsonOf(child);
  return object;
}

/** The child of a node, or undefined. */
export function childOf(tree: Tree | undefined, step: string | number): Tree | undefined {
  if (tree?.kind === 'mapping') return typeof step === 'string' ? tree.entries.get(step) : undefined;
  if (tree?.kind === 'sequence') return typeof step === 'number' ? tree.items[step] : undefined;
  return undefined;
}

/** The node at the longest existing prefix of `path`, and how many steps of it exist. */
export function nearestTree(tree: Tree, path: Path): { tree: Tree; depth: number } {
  let at = tree;
  for (const [depth, step] of path.entries()) {
    const child = childOf(at, step);
    if (child === undefined) return { tree: at, depth };
    at = child;
  }
  return { tree: at, depth: path.length };
}

export function isNull(tree: Tree | undefined): boolean {
  return tree === undefined || (tree.kind === 'scalar' && tree.value === null);
}

/** The text of a scalar as YAML would print it, which is what names are compared by. */
export function scalarText(tree: Tree | undefined): string | undefined {
  return tree?.kind === 'scalar' && tree.value !== null ? String(tree.value) : undefined;
}

/** The text at keys below a mapping. */
export function textAt(tree: Tree, ...keys: string[]): string | undefined {
  let at: Tree | undefined = tree;
  for (const key of keys) at = childOf(at, key);
  return scalarText(at);
}

/** The mapping at `key`, made when it is missing or null. */
export function mappingAt(tree: MappingTree, key: string, place: Place): MappingTree {
  const found = tree.entries.get(key);
  if (found?.kind === 'mapping') return found;
  const made = mappingTree(place);
  tree.entries.set(key, made);
  return made;
}
