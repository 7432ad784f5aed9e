import {
  cloneJson,
  createObject,
  equalJson,
  isObject,
  type JsonObject,
  type JsonValue,
  type Path,
} from '@keelson/core';
import { rememberedRegex } from '@keelson/regex';
import { itemsAt, objectAt, objectsAt, textsAt } from '../json.ts';

/** What a value lacks of a schema. */
export interface SchemaFault {
  readonly path: Path;
  readonly message: string;
  /** The fault is only a field that the schema does not name. */
  readonly isUnknown?: boolean;
}

/** The value with the defaults that its schema gives to what is not written, as the API server fills them in. */
export function withDefaults(value: JsonValue, schema: JsonObject): JsonValue {
  if (Array.isArray(value)) {
    const items = schema['items'];
    return isObject(items) ? value.map((item) => withDefaults(item, items)) : value;
  }
  if (!isObject(value)) return value;
  const properties = objectAt(schema, 'properties');
  const additional = schema['additionalProperties'];
  const out = createObject();
  for (const [key, item] of Object.entries(value)) {
    const own = Object.hasOwn(properties, key) ? properties[key] : additional;
    out[key] = isObject(own) ? withDefaults(item, own) : item;
  }
  for (const [key, property] of Object.entries(properties)) {
    const fallback = isObject(property) ? property['default'] : undefined;
    if (!Object.hasOwn(out, key) && fallback !== undefined) out[key] = cloneJson(fallback);
  }
  return out;
}

/** What is wrong with a value by the OpenAPI schema of a CustomResourceDefinition. */
export function schemaFaults(value: JsonValue, schema: JsonObject, path: Path = []): SchemaFault[] {
  if (value === null && schema['nullable'] === true) return [];
  const fault = typeFault(value, schema);
  if (fault !== undefined) return [{ path, message: fault }];
  const faults = [...scalarFaults(value, schema), ...joinFaults(value, schema)].map((message) => ({
    path,
    message,
  }));
  if (Array.isArray(value)) return [...faults, ...listFaults(value, schema, path)];
  return isObject(value) ? [...faults, ...objectFaults(value, schema, path)] : faults;
}

function typeFault(value: JsonValue, schema: JsonObject): string | undefined {
  const type = schema['type'];
  const isInteger = typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
  if (schema['x-kubernetes-int-or-string'] === true) {
    return isInteger || typeof value === 'string' ? undefined : 'must be an integer or text';
  }
  const isOf: Readonly<Record<string, boolean>> = {
    object: isObject(value),
    array: Array.isArray(value),
    string: typeof value === 'string',
    boolean: typeof value === 'boolean',
    integer: isInteger,
    number: typeof value === 'number' || typeof value === 'bigint',
  };
  if (typeof type !== 'string' || isOf[type] !== false) return undefined;
  return `must be of type ${type}`;
}

function scalarFaults(value: JsonValue, schema: JsonObject): string[] {
  const faults: string[] = [];
  const choices = schema['enum'];
  if (Array.isArray(choices) && !choices.some((choice) => equalJson(choice, value))) {
    faults.push(`must be one of ${choices.map(String).join(', ')}`);
  }
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const { minLength, maxLength, pattern } = schema;
  if (typeof value === 'number' || typeof value === 'bigint') {
    if (typeof minimum === 'number' && value < minimum) faults.push(`must be ${minimum} or more`);
    if (typeof maximum === 'number' && value > maximum) faults.push(`must be ${maximum} or less`);
    if (exclusiveMinimum === true && Number(value) === minimum) faults.push(`must be more than ${minimum}`);
    if (exclusiveMaximum === true && Number(value) === maximum) faults.push(`must be less than ${maximum}`);
    if (typeof multipleOf === 'number' && !isMultiple(Number(value), multipleOf))
      faults.push(`must be a multiple of ${multipleOf}`);
  }
  if (typeof value === 'string') {
    const { length } = [...value];
    if (typeof minLength === 'number' && length < minLength) faults.push(`must be ${minLength} or longer`);
    if (typeof maxLength === 'number' && length > maxLength) faults.push(`must be ${maxLength} or shorter`);
    if (typeof pattern === 'string' && !rememberedRegex(pattern).test(value))
      faults.push(`must match ${pattern}`);
  }
  return faults;
}

/** With room for the dust of binary fractions: 0.3 is three times 0.1. */
function isMultiple(value: number, of: number): boolean {
  const times = value / of;
  return Math.abs(times - Math.round(times)) < 1e-9;
}

function joinFaults(value: JsonValue, schema: JsonObject): string[] {
  // Schemas within others do not say which fields there are (structural schemas of Kubernetes).
  const fits = (part: JsonObject) => schemaFaults(value, part).every(({ isUnknown: only }) => only === true);
  const anyOf = objectsAt(schema, 'anyOf');
  const oneOf = objectsAt(schema, 'oneOf');
  const { not } = schema;
  return [
    ...(objectsAt(schema, 'allOf').every(fits) ? [] : ['must fit all of its schemas']),
    ...(anyOf.length === 0 || anyOf.some(fits) ? [] : ['must fit one of its schemas']),
    ...(oneOf.length === 0 || oneOf.filter(fits).length === 1 ? [] : ['must fit exactly one of its schemas']),
    ...(isObject(not) && fits(not) ? ['must not fit the schema below "not"'] : []),
  ];
}

function listFaults(value: readonly JsonValue[], schema: JsonObject, path: Path): SchemaFault[] {
  const { items, minItems, maxItems } = schema;
  const faults: SchemaFault[] = [];
  if (typeof minItems === 'number' && value.length < minItems)
    faults.push({ path, message: `must have ${minItems} items or more` });
  if (typeof maxItems === 'number' && value.length > maxItems)
    faults.push({ path, message: `must have ${maxItems} items or fewer` });
  if (!isObject(items)) return faults;
  return [...faults, ...value.flatMap((item, i) => schemaFaults(item, items, [...path, i]))];
}

function objectFaults(value: JsonObject, schema: JsonObject, path: Path): SchemaFault[] {
  const properties = objectAt(schema, 'properties');
  const missing = textsAt(schema, 'required').filter((key) => !Object.hasOwn(value, key));
  const faults: SchemaFault[] = missing.map((key) => ({ path, message: `needs the field "${key}"` }));
  const { minProperties, maxProperties } = schema;
  const { length } = Object.keys(value);
  if (typeof minProperties === 'number' && length < minProperties)
    faults.push({ path, message: `must have ${minProperties} fields or more` });
  if (typeof maxProperties === 'number' && length > maxProperties)
    faults.push({ path, message: `must have ${maxProperties} fields or fewer` });
  for (const [key, item] of Object.entries(value)) {
    const own = Object.hasOwn(properties, key) ? properties[key] : schema['additionalProperties'];
    if (isObject(own)) faults.push(...schemaFaults(item, own, [...path, key]));
    else if (isUnknown(key, schema))
      faults.push({ path: [...path, key], message: `unknown field "${key}"`, isUnknown: true });
  }
  return faults;
}

/** A field that the schema does not name is one too many where it names fields and keeps no others. */
function isUnknown(key: string, schema: JsonObject): boolean {
  const properties = objectAt(schema, 'properties');
  if (Object.hasOwn(properties, key) || schema['x-kubernetes-preserve-unknown-fields'] === true) return false;
  if (schema['additionalProperties'] !== undefined) return schema['additionalProperties'] === false;
  return Object.keys(properties).length > 0 && itemsAt(schema, 'anyOf').length === 0;
}
