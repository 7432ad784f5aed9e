import { compare, equals } from '../values/index.ts';
import type { BuiltinArguments, BuiltinFamily } from './builtin.ts';
import { operand } from './operands.ts';

function order(args: BuiltinArguments): number {
  return compare(operand(args, 1), operand(args, 2));
}

function isEqual(args: BuiltinArguments): boolean {
  return equals(operand(args, 1), operand(args, 2));
}

/** `eq` and `assign` bind variables too; what is left of them when all are bound is equality. */
export const comparison: BuiltinFamily = {
  eq: isEqual,
  assign: isEqual,
  equal: isEqual,
  neq: (args) => !isEqual(args),
  gt: (args) => order(args) > 0,
  gte: (args) => order(args) >= 0,
  lt: (args) => order(args) < 0,
  lte: (args) => order(args) <= 0,
};
