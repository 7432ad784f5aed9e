import { equalJson } from '@keelson/core';
import type { TreeCopier } from './copier.ts';
import { fault } from './fault.ts';
import { jsonOf, type MappingTree, scalarText, scalarTree, type Tree, textAt } from './tree.ts';

/** An operation of RFC 6902 with the tree of its value. */
export interface JsonOperation {
  readonly op: string;
  readonly path: string;
  readonly from: string | undefined;
  readonly value: Tree | undefined;
  readonly written: Tree;
}

/** Reads a list of operations; undefined when the tree is not one. */
export function jsonOperations(tree: Tree): JsonOperation[] | undefined {
  if (tree.kind !== 'sequence') return undefined;
  const operations: JsonOperation[] = [];
  for (const item of tree.items) {
    const op = item.kind === 'mapping' ? textAt(item, 'op') : undefined;
    const path = item.kind === 'mapping' ? textAt(item, 'path') : undefined;
    if (item.kind !== 'mapping' || op === undefined || path === undefined) return undefined;
    operations.push({
      op,
      path,
      from: textAt(item, 'from'),
      value: item.entries.get('value'),
      written: item,
    });
  }
  return operations;
}

/** Applies operations to the object, in place. @throws ManifestError for the first that does not fit */
export function applyJsonPatch(
  root: MappingTree,
  operations: readonly JsonOperation[],
  copier: TreeCopier,
): void {
  for (const operation of operations) applyOperation(root, operation, copier);
}

function applyOperation(root: MappingTree, operation: JsonOperation, copier: TreeCopier): void {
  const { op, path, from = '', written } = operation;
  const value = () => copier.copy(operation.value ?? scalarTree(null, written.place), written.place);
  switch (op) {
    case 'add':
      add(root, path, value(), written);
      break;
    case 'replace':
      set(root, path, value(), written);
      break;
    case 'remove':
      remove(root, path, written);
      break;
    case 'test':
      if (!equalJson(jsonOf(find(root, path, written)), jsonOf(value()))) {
        throw fault(`the test of ${path} fails`, written.place);
      }
      break;
    case 'copy':
      add(root, path, copier.copy(find(root, from, written), written.place), written);
      break;
    case 'move': {
      const moved = find(root, from, written);
      remove(root, from, written);
      add(root, path, moved, written);
      break;
    }
    default:
      throw fault(`there is no operation "${op}"`, written.place);
  }
}

/** RFC 6901; an empty pointer is the whole document. */
function steps(pointer: string, written: Tree): string[] {
  if (pointer === '') throw fault('an operation on the whole document', written.place);
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function parentOf(root: MappingTree, pointer: string, written: Tree): { parent: Tree; last: string } {
  const path = steps(pointer, written);
  const last = path.pop() ?? '';
  let parent: Tree = root;
  for (const step of path) {
    const child = stepInto(parent, step);
    if (child === undefined) throw fault(`${pointer} has no parent in the object`, written.place);
    parent = child;
  }
  return { parent, last };
}

function stepInto(tree: Tree, step: string): Tree | undefined {
  if (tree.kind === 'mapping') return tree.entries.get(step);
  if (tree.kind !== 'sequence') return undefined;
  const index = indexOf(step, tree.items.length);
  return index === undefined ? undefined : tree.items[index];
}

/** A negative index counts from the end, as the library that kustomize uses has it. */
function indexOf(step: string, length: number): number | undefined {
  if (!/^-?\d{1,9}$/.test(step)) return undefined;
  const index = Number(step);
  return index < 0 ? index + length : index;
}

function find(root: MappingTree, pointer: string, written: Tree): Tree {
  const { parent, last } = parentOf(root, pointer, written);
  const found = stepInto(parent, last);
  if (found === undefined) throw fault(`${pointer} is not in the object`, written.place);
  return found;
}

function add(root: MappingTree, pointer: string, value: Tree, written: Tree): void {
  const { parent, last } = parentOf(root, pointer, written);
  if (parent.kind === 'mapping') {
    parent.entries.set(last, value);
    return;
  }
  if (parent.kind !== 'sequence')
    throw fault(`${pointer} leads into a ${scalarText(parent) ?? 'null'}`, written.place);
  const index = last === '-' ? parent.items.length : indexOf(last, parent.items.length + 1);
  if (index === undefined || index < 0 || index > parent.items.length) {
    throw fault(`${pointer} is outside its list of ${parent.items.length}`, written.place);
  }
  parent.items.splice(index, 0, value);
}

function set(root: MappingTree, pointer: string, value: Tree, written: Tree): void {
  const { parent, last } = parentOf(root, pointer, written);
  // The library that kustomize uses takes a key that is not there, against RFC 6902, but no such index.
  if (parent.kind === 'mapping') {
    parent.entries.set(last, value);
    return;
  }
  find(root, pointer, written);
  if (parent.kind === 'sequence') parent.items[indexOf(last, parent.items.length) ?? 0] = value;
}

function remove(root: MappingTree, pointer: string, written: Tree): void {
  find(root, pointer, written);
  const { parent, last } = parentOf(root, pointer, written);
  if (parent.kind === 'mapping') parent.entries.delete(last);
  else if (parent.kind === 'sequence') parent.items.splice(indexOf(last, parent.items.length) ?? 0, 1);
}
