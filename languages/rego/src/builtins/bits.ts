import { numberFromBigInt, type RegoNumber } from '../values/index.ts';
import { type BuiltinArguments, type BuiltinContext, type BuiltinFamily, typeError } from './builtin.ts';
import { bigIntOperand, limitError } from './operands.ts';

function binary(operation: (a: bigint, b: bigint) => bigint): (args: BuiltinArguments) => RegoNumber {
  return (args) => numberFromBigInt(operation(bigIntOperand(args, 1), bigIntOperand(args, 2)));
}

/** The integer and by how many bits it moves. */
function shiftOperands(args: BuiltinArguments): [bigint, bigint] {
  const integer = bigIntOperand(args, 1);
  const shift = bigIntOperand(args, 2);
  if (shift < 0n) {
    throw typeError('operand 2 must be an unsigned integer number but got a negative integer');
  }
  // OPA takes the low 64 bits of what is greater.
  return [integer, BigInt.asUintN(64, shift)];
}

function shiftLeft(args: BuiltinArguments, context: BuiltinContext): RegoNumber {
  const [integer, shift] = shiftOperands(args);
  const { maxIntegerBits } = context.limits;
  if (integer === 0n) return 0;
  if (shift > BigInt(maxIntegerBits)) throw limitError('maxIntegerBits', maxIntegerBits);
  return numberFromBigInt(integer << shift);
}

function shiftRight(args: BuiltinArguments): RegoNumber {
  const [integer, shift] = shiftOperands(args);
  if (shift > 1_000_000n) return integer < 0n ? -1 : 0;
  return numberFromBigInt(integer >> shift);
}

export const bits: BuiltinFamily = {
  'bits.and': binary((a, b) => a & b),
  'bits.lsh': shiftLeft,
  'bits.negate': (args) => numberFromBigInt(~bigIntOperand(args, 1)),
  'bits.or': binary((a, b) => a | b),
  'bits.rsh': shiftRight,
  'bits.xor': binary((a, b) => a ^ b),
};
