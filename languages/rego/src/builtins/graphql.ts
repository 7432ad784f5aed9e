import {
  fromJson,
  isObjectValue,
  isPlainObject,
  keyOf,
  type RegoValue,
  stringifyJson,
} from '../values/index.ts';
import { type BuiltinArguments, BuiltinError, type BuiltinFamily, builtinError } from './builtin.ts';
import { describe, GraphqlFault } from './graphql/error.ts';
import type { GraphqlNode } from './graphql/node.ts';
import { parseQuery } from './graphql/query-parser.ts';
import { loadSchema, type Schema } from './graphql/schema.ts';
import { parseSchema } from './graphql/schema-parser.ts';
import { validateQuery } from './graphql/validate.ts';
import { operand, stringOperand, wrongType } from './operands.ts';

function parsed(read: (text: string) => GraphqlNode, text: string): GraphqlNode {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof GraphqlFault) throw builtinError(describe(error.text));
    throw error;
  }
}

/** A document as text or as the object that another built-in made of it. OPA counts operands from 0 here. */
function documentOf(
  args: BuiltinArguments,
  position: number,
  read: (text: string) => GraphqlNode,
): GraphqlNode {
  const value = operand(args, position);
  if (typeof value === 'string') return parsed(read, value);
  if (!isObjectValue(value)) throw wrongType(position - 1, value, 'string', 'object');
  // A copy has no places: OPA does not know those of a document that is an object.
  const json = fromJson(stringifyJson(value));
  return isPlainObject(json) ? json : {};
}

const maxCached = 10;
const schemas = new Map<string, Schema>();

function schemaOf(given: RegoValue, document: GraphqlNode): Schema {
  const key = String(keyOf(given));
  const known = schemas.get(key);
  if (known !== undefined) return known;
  try {
    const schema = loadSchema(document);
    if (schemas.size >= maxCached) schemas.clear();
    schemas.set(key, schema);
    return schema;
  } catch (error) {
    if (!(error instanceof GraphqlFault)) throw error;
    throw builtinError(`Error in gqlparser SchemaDocument to Schema conversion: ${error.text}`);
  }
}

/** The query and the schema, after the query was found to be one for the schema. */
function verified(args: BuiltinArguments): readonly [query: GraphqlNode, schema: GraphqlNode] {
  const query = documentOf(args, 1, parseQuery);
  const schema = documentOf(args, 2, parseSchema);
  const faults = validateQuery(schemaOf(operand(args, 2), schema), query);
  if (faults !== '') throw builtinError(describe(faults));
  return [query, schema];
}

/** What a call gives where any error of it stands for another answer. */
function orElse(answer: RegoValue, call: () => RegoValue): RegoValue {
  try {
    return call();
  } catch (error) {
    if (error instanceof BuiltinError) return answer;
    throw error;
  }
}

export const graphql: BuiltinFamily = {
  'graphql.is_valid': (args) =>
    orElse(false, () => {
      verified(args);
      return true;
    }),
  'graphql.parse': verified,
  'graphql.parse_and_verify': (args) => orElse([false, {}, {}], () => [true, ...verified(args)]),
  'graphql.parse_query': (args) => parsed(parseQuery, stringOperand(args, 1)),
  'graphql.parse_schema': (args) => parsed(parseSchema, stringOperand(args, 1)),
  'graphql.schema_is_valid': (args) =>
    orElse(false, () => {
      schemaOf(operand(args, 1), documentOf(args, 1, parseSchema));
      return true;
    }),
};
