import type { Term } from '../../syntax/ast.ts';
import { printTerm } from '../../syntax/print.ts';
import { scalarKey } from '../compiled.ts';
import { either, merged } from './algebra.ts';
import {
  anyType,
  type MaybeType,
  type ObjectType,
  objectType,
  type Property,
  stringType,
  unwrapped,
} from './type.ts';

/** Types by reference: what the checker knows of documents, functions and variables. */
export class TypeTree {
  readonly key: Term | undefined;
  readonly children = new Map<string, TypeTree>();
  type: MaybeType;
  /** Grows with every change anywhere below. */
  version = 0;

  constructor(key?: Term) {
    this.key = key;
  }

  child(key: Term): TypeTree | undefined {
    return this.children.get(treeKey(key));
  }

  get isLeaf(): boolean {
    return this.type !== undefined;
  }

  #enter(key: Term): TypeTree {
    const name = treeKey(key);
    let child = this.children.get(name);
    if (child === undefined) {
      child = new TypeTree(key);
      this.children.set(name, child);
    }
    return child;
  }

  /** Sets the type at the path. */
  put(path: readonly Term[], type: MaybeType): void {
    this.version += 1;
    let node: TypeTree = this;
    for (const key of path) node = node.#enter(key);
    node.type = type;
  }

  /**
   * Adds a type of the document at the path: to what is known of it, and to the objects that the path goes
   * through. `keyType` tells the type of a part of the path.
   */
  insert(path: readonly Term[], type: MaybeType, keyType: (key: Term) => MaybeType): void {
    this.version += 1;
    let node: TypeTree = this;
    for (const [index, key] of path.entries()) {
      const known = unwrapped(node.children.get(treeKey(key))?.type);
      node = node.#enter(key);
      if (known?.kind === 'object' && index + 1 < path.length) {
        node.type = withinObject(known, path.slice(index + 1), type, keyType);
      }
    }
    node.type = merged(node.type, type);
    if (unwrapped(type)?.kind !== 'object' || node.children.size === 0) return;
    for (const [below, leaf] of node.#leaves([])) {
      const object = unwrapped(node.type);
      if (object?.kind === 'object') node.type = withinObject(object, below, leaf, keyType);
    }
  }

  *#leaves(path: readonly Term[]): Generator<[path: readonly Term[], type: MaybeType]> {
    for (const child of this.children.values()) {
      if (child.key === undefined) continue;
      const below = [...path, child.key];
      if (child.isLeaf) yield [below, child.type];
      else yield* child.#leaves(below);
    }
  }

  /** The type of the whole document here: an object of what is known, open to more. */
  extent(): MaybeType {
    if (this.isLeaf) return this.type;
    const properties: Property[] = [];
    for (const { key, extent } of [...this.children.values()].map((child) => ({
      key: child.key,
      extent: child,
    }))) {
      if (key?.type === 'string' || key?.type === 'number' || key?.type === 'boolean') {
        properties.push({ key, value: extent.extent() });
      }
    }
    return objectType(properties, { key: stringType, value: anyType });
  }
}

/** What the children of a node are kept by. */
export function treeKey(key: Term): string {
  return key.type === 'var' ? `$${key.name}` : (scalarKey(key) ?? `(${printTerm(key)}`);
}

/** The object with `type` somewhere below, under keys that are only known by their types. */
function withinObject(
  object: ObjectType,
  path: readonly Term[],
  type: MaybeType,
  keyType: (key: Term) => MaybeType,
): ObjectType {
  const [first, ...others] = path;
  if (first === undefined) return object;
  const value = others.length === 0 ? type : withinObject(objectType([]), others, type, keyType);
  const key = keyType(first);
  const { rest } = object;
  return objectType(
    object.properties,
    rest === undefined ? { key, value } : { key: either(rest.key, key), value: either(rest.value, value) },
  );
}
