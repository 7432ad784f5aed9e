import {
  isNumber,
  numberText,
  type RegoNumber,
  type RegoValue,
  stringifyRego,
  toInt64,
} from '../values/index.ts';
import type { BuiltinArguments, BuiltinContext, BuiltinFamily } from './builtin.ts';
import { type FormatArgument, printf } from './format/printf.ts';
import { arrayOperand, checkLength, stringOperand } from './operands.ts';

/** Numbers go to Go's formatter by their text: a point or an exponent makes a float, whatever the value. */
function numberArgument(number: RegoNumber): FormatArgument {
  const text = numberText(number);
  if (/[.eE]/.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? { type: 'float64', value } : { type: 'string', value: text };
  }
  const integer = toInt64(number);
  return integer === undefined
    ? { type: '*big.Int', value: BigInt(text.replace('+', '')) }
    : { type: 'int64', value: integer };
}

function formatArgument(value: RegoValue): FormatArgument {
  if (isNumber(value)) return numberArgument(value);
  return { type: 'string', value: typeof value === 'string' ? value : stringifyRego(value) };
}

function sprintf(args: BuiltinArguments, context: BuiltinContext): string {
  const format = stringOperand(args, 1);
  const values = arrayOperand(args, 2).map(formatArgument);
  return printf(format, values, (length) => checkLength(length, context));
}

export const formatting: BuiltinFamily = { sprintf };
