import {
  isArray,
  isNumber,
  isObjectValue,
  isSet,
  parseNumber,
  quoteString,
  type RegoValue,
  setOf,
  type TypeName,
  typeName,
} from '../values/index.ts';
import { type BuiltinArguments, type BuiltinFamily, builtinError } from './builtin.ts';
import { faultOfFloat, jsonNumberText } from './go-numbers.ts';
import { operand, wrongType } from './operands.ts';

/** The value itself, which must be of the type: `cast_string` and the like convert nothing. */
function castTo(type: TypeName): (args: BuiltinArguments) => RegoValue {
  return (args) => {
    const value = operand(args, 1);
    if (typeName(value) !== type) throw wrongType(1, value, type);
    return value;
  };
}

function castToArray(args: BuiltinArguments): RegoValue {
  const value = operand(args, 1);
  if (isSet(value)) return value.sorted();
  if (!isArray(value)) throw wrongType(1, value, 'array', 'set');
  return value;
}

function castToSet(args: BuiltinArguments): RegoValue {
  const value = operand(args, 1);
  if (isSet(value)) return value;
  if (!isArray(value)) throw wrongType(1, value, 'array', 'set');
  return setOf(value);
}

const notNumbers = /^[+-]*(?:inf|infinity|nan)$/i;

function toNumber(args: BuiltinArguments): RegoValue {
  const value = operand(args, 1);
  if (value === null) return 0;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (isNumber(value)) return value;
  if (typeof value !== 'string') throw wrongType(1, value, 'null', 'boolean', 'number', 'string');
  if (notNumbers.test(value)) throw wrongType(1, value, 'valid number string');
  return numberOfText(value);
}

/**
 * Go reads a double first, and so refuses what is no number to it or passes its range. A text that JSON has
 * not (`+1`, `.5`, `1_000`, hexadecimal) is written anew, so that results stay JSON.
 */
function numberOfText(text: string): RegoValue {
  const fault = faultOfFloat(text);
  if (fault !== undefined) throw builtinError(`strconv.ParseFloat: parsing ${quoteString(text)}: ${fault}`);
  const number = parseNumber(jsonNumberText(text));
  if (number === undefined) throw builtinError('invalid number: number too big');
  return number;
}

export const types: BuiltinFamily = {
  cast_array: castToArray,
  cast_boolean: castTo('boolean'),
  cast_null: castTo('null'),
  cast_object: castTo('object'),
  cast_set: castToSet,
  cast_string: castTo('string'),
  is_array: (args) => isArray(operand(args, 1)),
  is_boolean: (args) => typeof operand(args, 1) === 'boolean',
  is_null: (args) => operand(args, 1) === null,
  is_number: (args) => isNumber(operand(args, 1)),
  is_object: (args) => isObjectValue(operand(args, 1)),
  is_set: (args) => isSet(operand(args, 1)),
  is_string: (args) => typeof operand(args, 1) === 'string',
  to_number: toNumber,
  type_name: (args) => typeName(operand(args, 1)),
};
