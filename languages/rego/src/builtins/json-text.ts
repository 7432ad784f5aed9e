import {
  fromJson,
  getKey,
  isJson,
  JsonSyntaxError,
  keysSorted,
  stringifyJson,
  stringifyRego,
  typeName,
} from '../values/index.ts';
import {
  type BuiltinArguments,
  type BuiltinContext,
  type BuiltinFamily,
  builtinError,
  typeError,
} from './builtin.ts';
import { checkLength, objectOperand, operand, stringOperand } from './operands.ts';

function marshal(args: BuiltinArguments, context: BuiltinContext): string {
  const text = stringifyJson(operand(args, 1));
  checkLength(text.length, context);
  return text;
}

interface MarshalOptions {
  prefix: string;
  indent: string;
  pretty?: boolean;
}

/** The options; a prefix or an indent asks for lines of their own unless `pretty` says otherwise. */
function readOptions(args: BuiltinArguments): MarshalOptions {
  const options = objectOperand(args, 2);
  const out: MarshalOptions = { prefix: '', indent: '\t' };
  let implied = false;
  for (const [index, key] of keysSorted(options).entries()) {
    const value = getKey(options, key) ?? null;
    if (typeof key !== 'string') {
      throw typeError(
        `operand 2 failed to stringify key ${stringifyRego(key)} at index ${index}: operand ${index} must be string but got ${typeName(key)}`,
      );
    }
    if (key === 'pretty') {
      if (typeof value !== 'boolean') throw typeError('operand 2 key "pretty" failed cast to bool');
      out.pretty = value;
    } else if (key === 'prefix' || key === 'indent') {
      if (typeof value !== 'string') {
        throw typeError(
          `operand 2 key "${key}" failed cast to string: operand ${index} must be string but got ${typeName(value)}`,
        );
      }
      out[key] = value;
      implied = true;
    } else throw typeError(`operand 2 object contained unknown key ${stringifyRego(key)}`);
  }
  out.pretty ??= implied;
  return out;
}

function marshalWithOptions(args: BuiltinArguments, context: BuiltinContext): string {
  const { prefix, indent, pretty } = readOptions(args);
  if (pretty !== true) return marshal(args, context);
  const text = prefix + stringifyJson(operand(args, 1), { prefix, indent });
  checkLength(text.length, context);
  return text;
}

function unmarshal(args: BuiltinArguments): ReturnType<typeof fromJson> {
  const text = stringOperand(args, 1);
  try {
    return fromJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw builtinError(error.message);
    throw error;
  }
}

function isValid(args: BuiltinArguments): boolean {
  const text = operand(args, 1);
  return typeof text === 'string' && isJson(text);
}

export const jsonText: BuiltinFamily = {
  'json.is_valid': isValid,
  'json.marshal': marshal,
  'json.marshal_with_options': marshalWithOptions,
  'json.unmarshal': unmarshal,
};
