import {
  childOf,
  formatPath,
  isObject,
  JsonFields,
  type JsonObject,
  type JsonValue,
  objectOf,
  type Path,
} from '@keelson/core';
import type { ImagePolicyError } from './errors.ts';
import { invalid } from './faults.ts';

/** What a field may hold: a scalar, a list, an object of known fields, or anything. */
export type Shape =
  | 'string'
  | 'number'
  | 'boolean'
  | 'any'
  | readonly [Shape]
  | { readonly [field: string]: Shape };

/**
 * The object with the fields that it sets: null sets none. What the shape does not name is refused, as kubectl refuses it: a
 * misspelled field would loosen a policy in silence.
 *
 * @throws ImagePolicyError IMAGE_POLICY_INVALID
 */
export function shaped(object: JsonObject, shape: Shape): JsonObject {
  const value = shapedValue(object, shape, []);
  return isObject(value) ? value : objectOf([]);
}

/** A reader of an object, whose faults are the policy's. */
export const fieldsOf = (value: JsonValue, place: string): JsonFields =>
  new JsonFields(value, place, { invalid, tooMany: invalid });

function shapedValue(value: JsonValue, shape: Shape, path: Path): JsonValue {
  if (shape === 'any') return value;
  if (typeof shape === 'string') {
    if (typeof value === shape) return value;
    throw wrongType(value, shape, path);
  }
  if (isList(shape)) {
    if (!Array.isArray(value)) throw wrongType(value, 'array', path);
    // A null in a list is an object without fields to a program in Go.
    return value.map((item, at) => shapedValue(item ?? emptyOf(shape[0]), shape[0], [...path, at]));
  }
  if (!isObject(value)) throw wrongType(value, 'object', path);
  const entries: [string, JsonValue][] = [];
  for (const name of Object.keys(value)) {
    const inner = Object.hasOwn(shape, name) ? shape[name] : undefined;
    const place = [...path, name];
    if (inner === undefined)
      throw invalid(`strict decoding error: unknown field ${JSON.stringify(formatPath(place))}`);
    const item = childOf(value, name);
    if (item !== undefined && item !== null) entries.push([name, shapedValue(item, inner, place)]);
  }
  return objectOf(entries);
}

function isList(shape: Exclude<Shape, string>): shape is readonly [Shape] {
  return Array.isArray(shape);
}

const emptyOf = (shape: Shape): JsonValue => (typeof shape === 'string' ? '' : objectOf([]));

function wrongType(value: JsonValue, wanted: string, path: Path): ImagePolicyError {
  const actual = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  const place = formatPath(path);
  const type = JSON.stringify(actual);
  return invalid(`${place}: Invalid value: ${type}: ${place} in body must be of type ${wanted}: ${type}`);
}
