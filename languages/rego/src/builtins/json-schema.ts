import {
  fromJson,
  isArray,
  isJson,
  isObjectValue,
  JsonSyntaxError,
  keyOf,
  type RegoValue,
  stringifyJson,
} from '../values/index.ts';
import {
  type BuiltinArguments,
  type BuiltinContext,
  BuiltinError,
  type BuiltinFamily,
  builtinError,
} from './builtin.ts';
import { compileSchema } from './json-schema/compile.ts';
import { SchemaFault, type SchemaNode } from './json-schema/node.ts';
import { validate } from './json-schema/validate.ts';
import { operand } from './operands.ts';

/** A document as JSON text, or as a value, whose sets count as arrays. */
function documentOf(value: RegoValue): RegoValue {
  if (typeof value === 'string' && !isJson(value)) throw builtinError('invalid JSON string');
  if (typeof value !== 'string' && !isObjectValue(value) && !isArray(value))
    throw builtinError('wrong type, expected string or object');
  try {
    return fromJson(typeof value === 'string' ? value : stringifyJson(value));
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw builtinError(error.message);
    throw error;
  }
}

const maxCached = 100;
const cache = new Map<string, SchemaNode>();

function schemaOf(value: RegoValue): SchemaNode {
  const key = String(keyOf(value));
  const known = cache.get(key);
  if (known !== undefined) return known;
  try {
    const schema = compileSchema(documentOf(value));
    if (cache.size >= maxCached) cache.clear();
    cache.set(key, schema);
    return schema;
  } catch (error) {
    if (error instanceof SchemaFault) throw builtinError(error.message);
    throw error;
  }
}

function verifySchema(args: BuiltinArguments): RegoValue {
  try {
    schemaOf(operand(args, 1));
    return [true, null];
  } catch (error) {
    if (error instanceof BuiltinError) return [false, `jsonschema: ${error.message}`];
    throw error;
  }
}

function matchSchema(args: BuiltinArguments, context: BuiltinContext): RegoValue {
  const document = documentOf(operand(args, 1));
  const schema = schemaOf(operand(args, 2));
  const faults = findFaults(schema, document, context);
  return [
    faults.length === 0,
    faults.map(({ type, field, description }) => ({
      error: `${field}: ${description}`,
      type,
      field,
      desc: description,
    })),
  ];
}

function findFaults(
  schema: SchemaNode,
  document: RegoValue,
  context: BuiltinContext,
): ReturnType<typeof validate> {
  try {
    return validate(schema, document, () => context.chargeSteps(1));
  } catch (error) {
    if (error instanceof RangeError) throw builtinError(error.message);
    throw error;
  }
}

export const jsonSchema: BuiltinFamily = {
  'json.match_schema': matchSchema,
  'json.verify_schema': verifySchema,
};
