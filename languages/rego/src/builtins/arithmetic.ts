import {
  absoluteValue,
  add,
  ceil,
  divide,
  floor,
  isNumber,
  isSet,
  modulo,
  multiply,
  type RegoNumber,
  type RegoValue,
  round,
  subtract,
} from '../values/index.ts';
import { type BuiltinArguments, type BuiltinFamily, builtinError } from './builtin.ts';
import { numberOperand, operand, wrongType } from './operands.ts';
import { difference } from './sets.ts';

function binary(
  operation: (a: RegoNumber, b: RegoNumber) => RegoNumber,
): (args: BuiltinArguments) => RegoNumber {
  return (args) => operation(numberOperand(args, 1), numberOperand(args, 2));
}

function unary(operation: (a: RegoNumber) => RegoNumber): (args: BuiltinArguments) => RegoNumber {
  return (args) => operation(numberOperand(args, 1));
}

function quotient(a: RegoNumber, b: RegoNumber): RegoNumber {
  const result = divide(a, b);
  if (result === undefined) throw builtinError('divide by zero');
  return result;
}

function remainder(a: RegoNumber, b: RegoNumber): RegoNumber {
  const result = modulo(a, b);
  if (result === 'zero') throw builtinError('modulo by zero');
  if (result === 'fraction') throw builtinError('modulo on floating-point number');
  return result;
}

/** The difference of two numbers or of two sets. */
function minus(args: BuiltinArguments): RegoValue {
  const a = operand(args, 1);
  const b = operand(args, 2);
  if (isNumber(a) && isNumber(b)) return subtract(a, b);
  if (isSet(a) && isSet(b)) return difference(a, b);
  if (!isNumber(a) && !isSet(a)) throw wrongType(1, a, 'number', 'set');
  throw wrongType(2, b, isNumber(b) ? 'set' : 'number');
}

export const arithmetic: BuiltinFamily = {
  abs: unary(absoluteValue),
  ceil: unary(ceil),
  div: binary(quotient),
  floor: unary(floor),
  minus,
  mul: binary(multiply),
  plus: binary(add),
  rem: binary(remainder),
  round: unary(round),
};
