import { emptySet, isSet, RegoSet, type RegoValue, setOf } from '../values/index.ts';
import type { BuiltinArguments, BuiltinContext, BuiltinFamily } from './builtin.ts';
import { checkSize, setOperand, wrongType } from './operands.ts';

/** The members of `a` that `b` lacks. */
export function difference(a: RegoSet, b: RegoSet): RegoSet {
  const out = new RegoSet();
  for (const value of a.values()) if (!b.has(value)) out.add(value);
  return out;
}

/** The members that both have, as the smaller one has them. */
export function intersection(a: RegoSet, b: RegoSet): RegoSet {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  const out = new RegoSet();
  for (const value of small.values()) if (large.has(value)) out.add(value);
  return out;
}

/** The members that either has. */
export function union(a: RegoSet, b: RegoSet): RegoSet {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  const out = setOf(a.values());
  for (const value of b.values()) out.add(value);
  return out;
}

/** The sets that a set holds. */
function innerSets(args: BuiltinArguments): RegoSet[] {
  return setOperand(args, 1)
    .sorted()
    .map((member: RegoValue) => {
      if (!isSet(member)) throw wrongType(1, member, 'set');
      return member;
    });
}

function intersectAll(args: BuiltinArguments): RegoSet {
  const sets = innerSets(args);
  return sets.length === 0 ? emptySet : sets.reduce(intersection);
}

function uniteAll(args: BuiltinArguments, context: BuiltinContext): RegoSet {
  const out = new RegoSet();
  for (const set of innerSets(args)) {
    for (const value of set.values()) out.add(value);
    checkSize(out.size, context);
  }
  return out;
}

export const sets: BuiltinFamily = {
  and: (args) => intersection(setOperand(args, 1), setOperand(args, 2)),
  or: (args) => union(setOperand(args, 1), setOperand(args, 2)),
  set_diff: (args) => difference(setOperand(args, 1), setOperand(args, 2)),
  intersection: intersectAll,
  union: uniteAll,
};
