import { isArray, type RegoValue } from '../values/index.ts';
import type { BuiltinArguments, BuiltinContext, BuiltinFamily } from './builtin.ts';
import { arrayOperand, checkSize, intOperand } from './operands.ts';

function concat(args: BuiltinArguments, context: BuiltinContext): readonly RegoValue[] {
  const first = arrayOperand(args, 1);
  const second = arrayOperand(args, 2);
  if (first.length === 0) return second;
  if (second.length === 0) return first;
  checkSize(first.length + second.length, context);
  return first.concat(second);
}

/** The array with the items of arrays in it in their place, one level deep. */
function flatten(args: BuiltinArguments, context: BuiltinContext): readonly RegoValue[] {
  const items = arrayOperand(args, 1);
  if (!items.some(isArray)) return items;
  checkSize(
    items.reduce<number>((size, item) => size + (isArray(item) ? item.length : 1), 0),
    context,
  );
  return items.flat();
}

/** The items from `start` up to `stop`, both brought within the array. */
function slice(args: BuiltinArguments): readonly RegoValue[] {
  const items = arrayOperand(args, 1);
  const start = intOperand(args, 2);
  const stop = Math.min(Math.max(intOperand(args, 3), 0), items.length);
  return items.slice(Math.min(Math.max(start, 0), stop), stop);
}

export const arrays: BuiltinFamily = {
  'array.concat': concat,
  'array.flatten': flatten,
  'array.reverse': (args) => arrayOperand(args, 1).toReversed(),
  'array.slice': slice,
};
