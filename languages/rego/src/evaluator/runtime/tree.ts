import { keyOf, lookUp, RegoObject, type RegoValue } from '../../values/index.ts';
import { itemsInOrder, keysInOrder } from './access.ts';
import { baseValue, merge } from './base.ts';
import type { VirtualDocument } from './documents.ts';
import { absent, isReplaced, type Scope } from './scope.ts';

/** The rules below a path as the evaluation walks them: a document stands at a leaf. */
export interface DocumentTree {
  readonly path: readonly RegoValue[];
  /** In Rego's order of the keys. */
  readonly children: ReadonlyMap<unknown, DocumentTree>;
  readonly keys: readonly RegoValue[];
  /** Undefined as well where the rules here are functions. */
  readonly document: VirtualDocument | undefined;
  /** Rules stand here, of a document or of functions. */
  readonly rules: boolean;
  readonly hidden: boolean;
}

/** The whole document at a path that rules lie below: theirs and the stored one; the stored one wins. */
export function extent(scope: Scope, tree: DocumentTree): RegoValue | undefined {
  const known = scope.extents.get(tree);
  if (known !== undefined) return known === absent ? undefined : known;
  const value = makeExtent(scope, tree);
  scope.extents.set(tree, value === undefined ? absent : value);
  return value;
}

function makeExtent(scope: Scope, tree: DocumentTree): RegoValue | undefined {
  const stored = baseValue(scope, tree.path);
  if (isReplaced(scope, tree.path)) return stored;
  const virtual = leaves(scope, tree);
  return stored === undefined ? virtual : merge(stored, virtual);
}

function leaves(scope: Scope, tree: DocumentTree): RegoValue {
  const result = new RegoObject();
  for (const child of tree.children.values()) {
    if (child.hidden) continue;
    const key = child.path.at(-1) ?? null;
    const value = child.rules ? child.document?.get(scope) : replacedOrLeaves(scope, child);
    if (value !== undefined) result.set(key, value);
  }
  return result;
}

function replacedOrLeaves(scope: Scope, tree: DocumentTree): RegoValue | undefined {
  return isReplaced(scope, tree.path) ? undefined : leaves(scope, tree);
}

/** A place on the way of a reference into data whose next keys are known only at run time. */
export type Cursor = { readonly tree: DocumentTree } | { readonly value: RegoValue };

/** The place one key further; undefined where there is nothing. */
export function stepInto(scope: Scope, cursor: Cursor, key: RegoValue): Cursor | undefined {
  if ('value' in cursor) return asCursor(lookUp(cursor.value, key));
  const { tree } = cursor;
  const path = [...tree.path, key];
  const child = isReplaced(scope, path) ? undefined : tree.children.get(keyOf(key));
  if (child === undefined) return asCursor(baseValue(scope, path));
  if (child.rules) return asCursor(child.document?.get(scope));
  return { tree: child };
}

function asCursor(value: RegoValue | undefined): Cursor | undefined {
  return value === undefined ? undefined : { value };
}

/** The document at a place. */
export function documentAt(scope: Scope, cursor: Cursor): RegoValue | undefined {
  return 'value' in cursor ? cursor.value : extent(scope, cursor.tree);
}

/** The keys that a reference may go on with, those of the stored document first. */
export function keysAt(scope: Scope, cursor: Cursor): readonly RegoValue[] {
  if ('value' in cursor) return indexes(cursor.value);
  const { tree } = cursor;
  const stored = baseValue(scope, tree.path);
  const found = stored === undefined ? [] : [...indexes(stored)];
  if (isReplaced(scope, tree.path)) return found;
  for (const key of tree.keys) {
    if (stored === undefined || lookUp(stored, key) === undefined) found.push(key);
  }
  return found;
}

function indexes(value: RegoValue): readonly RegoValue[] {
  return keysInOrder(value) ?? itemsInOrder(value).map((_, i) => i);
}
