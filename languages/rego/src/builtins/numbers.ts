import { numberFromBigInt, type RegoNumber } from '../values/index.ts';
import { type BuiltinArguments, type BuiltinContext, type BuiltinFamily, builtinError } from './builtin.ts';
import { bigIntOperand, checkSize } from './operands.ts';

/** The integers from one to another, up or down, both included. */
function range(first: bigint, last: bigint, step: bigint, context: BuiltinContext): RegoNumber[] {
  const distance = last > first ? last - first : first - last;
  const size = Number(distance / step) + 1;
  checkSize(size, context);
  context.chargeSteps(size);
  const by = last >= first ? step : -step;
  const isSafe = Number.isSafeInteger(Number(first)) && Number.isSafeInteger(Number(last));
  if (isSafe) return Array.from({ length: size }, (_, i) => Number(first) + i * Number(by));
  return Array.from({ length: size }, (_, i) => numberFromBigInt(first + BigInt(i) * by));
}

function rangeByOne(args: BuiltinArguments, context: BuiltinContext): RegoNumber[] {
  return range(bigIntOperand(args, 1), bigIntOperand(args, 2), 1n, context);
}

function rangeByStep(args: BuiltinArguments, context: BuiltinContext): RegoNumber[] {
  const first = bigIntOperand(args, 1);
  const last = bigIntOperand(args, 2);
  const step = bigIntOperand(args, 3);
  if (step <= 0n) throw builtinError('numbers.range_step: step must be a positive integer');
  return range(first, last, step, context);
}

export const numbers: BuiltinFamily = {
  'numbers.range': rangeByOne,
  'numbers.range_step': rangeByStep,
};
