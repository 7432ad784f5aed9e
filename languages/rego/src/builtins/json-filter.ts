import {
  entriesOf,
  getKey,
  isArray,
  isObjectValue,
  isSet,
  RegoObject,
  RegoSet,
  type RegoValue,
} from '../values/index.ts';
import type { BuiltinFamily } from './builtin.ts';
import { objectOperand } from './operands.ts';
import { pathsOperand, pathTree } from './paths.ts';

/** Only what the tree of paths leads to; items of an array close up. */
function keep(value: RegoValue, tree: RegoObject): RegoValue {
  if (isArray(value)) {
    return value.flatMap((item, i) => {
      const branch = tree.get(String(i));
      return branch === undefined ? [] : [keepBelow(item, branch)];
    });
  }
  if (isSet(value)) {
    const out = new RegoSet();
    for (const item of value.values()) {
      const branch = tree.get(item);
      if (branch !== undefined) out.add(keepBelow(item, branch));
    }
    return out;
  }
  if (!isObjectValue(value)) return value;
  const out = new RegoObject();
  for (const [key, branch] of tree.entries()) {
    const item = getKey(value, key);
    if (item !== undefined) out.set(key, keepBelow(item, branch));
  }
  return out;
}

function keepBelow(value: RegoValue, branch: RegoValue): RegoValue {
  return branch instanceof RegoObject ? keep(value, branch) : value;
}

/** All but what the tree of paths leads to. */
function drop(value: RegoValue, tree: RegoObject): RegoValue {
  if (isArray(value)) return value.flatMap((item, i) => dropBelow(item, tree.get(String(i))));
  if (isSet(value)) {
    const out = new RegoSet();
    for (const item of value.values()) for (const rest of dropBelow(item, tree.get(item))) out.add(rest);
    return out;
  }
  if (!isObjectValue(value)) return value;
  const out = new RegoObject();
  for (const [key, item] of entriesOf(value)) {
    for (const rest of dropBelow(item, tree.get(key))) out.set(key, rest);
  }
  return out;
}

/** What is left of a value: nothing where a path ends. */
function dropBelow(value: RegoValue, branch: RegoValue | undefined): RegoValue[] {
  if (branch === undefined) return [value];
  return branch instanceof RegoObject ? [drop(value, branch)] : [];
}

export const jsonFilter: BuiltinFamily = {
  'json.filter': (args) => keep(objectOperand(args, 1), pathTree(pathsOperand(args))),
  'json.remove': (args) => drop(objectOperand(args, 1), pathTree(pathsOperand(args))),
};
