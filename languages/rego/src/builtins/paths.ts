import { isArray, isSet, RegoObject, type RegoValue, typeName } from '../values/index.ts';
import { type BuiltinArguments, type BuiltinError, typeError } from './builtin.ts';
import { membersOf, operand, wrongType } from './operands.ts';

/** Paths into a document: a JSON pointer, whose first slash may be absent, or an array of keys. */
export type Path = readonly RegoValue[];

export function parsePath(path: RegoValue): Path {
  if (isArray(path)) return path;
  if (typeof path !== 'string') throw notPath(path);
  if (path === '') return [];
  return path
    .replace(/^\/+/, '')
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function notPath(path: RegoValue): BuiltinError {
  return typeError(
    `operand 2 must be one of {set, array} containing string paths or array of path segments but got ${typeName(path)}`,
  );
}

/** The paths that an array or a set holds. */
export function pathsOperand(args: BuiltinArguments): readonly Path[] {
  const value = operand(args, 2);
  if (!isArray(value) && !isSet(value)) throw wrongType(2, value, 'set', 'array');
  return (membersOf(value) ?? []).map(parsePath);
}

/**
 * The paths as one tree: null where a path ends, which covers what lies below; an empty path adds nothing.
 */
export function pathTree(paths: readonly Path[]): RegoObject {
  const root = new RegoObject();
  for (const path of paths) addPath(root, path);
  return root;
}

function addPath(root: RegoObject, path: Path): void {
  const last = path.at(-1);
  if (last === undefined) return;
  let node = root;
  for (const key of path.slice(0, -1)) {
    let child = node.get(key);
    if (child === undefined) {
      child = new RegoObject();
      node.set(key, child);
    }
    if (!(child instanceof RegoObject)) return;
    node = child;
  }
  node.set(last, null);
}
