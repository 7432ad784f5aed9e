import { isKeelsonError, type JsonValue } from '@keelson/core';
import { parseFirstDocument } from '@keelson/yaml';
import { RegoError } from '../errors.ts';
import { numberFromBigInt, numberFromDouble, objectOf, type RegoValue } from '../values/index.ts';
import { type BuiltinArguments, type BuiltinContext, type BuiltinFamily, builtinError } from './builtin.ts';
import { checkLength, operand, stringOperand } from './operands.ts';
import { goMessage } from './yaml/errors.ts';
import { writeYaml } from './yaml/write.ts';

/** YAML 1.2 by its core schema, of whose documents the first counts. */

function fromReader(value: JsonValue): RegoValue {
  if (typeof value === 'bigint') return numberFromBigInt(value);
  if (typeof value === 'number') return numberFromDouble(value);
  if (Array.isArray(value)) return value.map(fromReader);
  if (typeof value !== 'object' || value === null) return value;
  return objectOf(Object.entries(value).map(([key, member]) => [key, fromReader(member ?? null)]));
}

function unmarshal(args: BuiltinArguments): RegoValue {
  const text = stringOperand(args, 1);
  try {
    return fromReader(parseFirstDocument(text));
  } catch (error) {
    if (!isKeelsonError(error)) throw error;
    if (error.code === 'YAML_LIMIT')
      throw new RegoError('eval_limit_error', `yaml.unmarshal: ${error.message}`);
    throw builtinError(goMessage(error, text));
  }
}

function isValid(args: BuiltinArguments): boolean {
  const text = operand(args, 1);
  if (typeof text !== 'string') return false;
  try {
    parseFirstDocument(text);
    return true;
  } catch (error) {
    if (isKeelsonError(error)) return false;
    throw error;
  }
}

function marshal(args: BuiltinArguments, context: BuiltinContext): string {
  const text = writeYaml(operand(args, 1));
  checkLength(text.length, context);
  return text;
}

export const yaml: BuiltinFamily = {
  'yaml.is_valid': isValid,
  'yaml.marshal': marshal,
  'yaml.unmarshal': unmarshal,
};
