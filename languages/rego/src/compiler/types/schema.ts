import { isObject, type JsonValue } from '@keelson/core';
import { stringTerm } from '../../syntax/build.ts';
import { either } from './algebra.ts';
import {
  anyType,
  arrayType,
  booleanType,
  type MaybeType,
  numberType,
  objectType,
  type RecursiveType,
  stringType,
  type Type,
} from './type.ts';

/** A schema that is no JSON Schema, or that goes beyond what is read. */
export class SchemaFault extends Error {}

type Json = { readonly [key: string]: JsonValue };

/** The type of the documents that a JSON Schema describes. References stay within the schema. */
export function typeOfSchema(schema: JsonValue): Type {
  return new SchemaReader(schema).read(schema) ?? anyType;
}

class SchemaReader {
  readonly #root: JsonValue;
  readonly #definitions = new Map<string, { type: MaybeType; recursive: RecursiveType | undefined }>();

  constructor(root: JsonValue) {
    this.#root = root;
  }

  read(schema: JsonValue): MaybeType {
    if (typeof schema === 'boolean') return anyType;
    if (!isObject(schema)) throw new SchemaFault('unable to compile the schema: a schema must be an object');
    const reference = schema['$ref'];
    if (typeof reference === 'string') return this.#definition(reference);
    const anyOf = schema['anyOf'];
    if (Array.isArray(anyOf)) return this.#anyOf(schema, anyOf);
    const allOf = schema['allOf'];
    if (Array.isArray(allOf)) return this.#allOf(schema, allOf);
    return this.#plain(schema);
  }

  #definition(reference: string): MaybeType {
    const known = this.#definitions.get(reference);
    if (known?.type !== undefined) return known.type;
    if (known !== undefined) {
      known.recursive ??= { kind: 'recursive', name: reference, type: undefined };
      return known.recursive;
    }
    const entry: { type: MaybeType; recursive: RecursiveType | undefined } = {
      type: undefined,
      recursive: undefined,
    };
    this.#definitions.set(reference, entry);
    const type = this.read(this.#resolve(reference));
    entry.type = type;
    if (entry.recursive !== undefined) entry.recursive.type = type;
    return type;
  }

  #resolve(reference: string): JsonValue {
    if (!reference.startsWith('#')) {
      throw new SchemaFault(`unable to compile the schema: remote reference loading disabled: ${reference}`);
    }
    let at: JsonValue | undefined = this.#root;
    for (const part of reference.slice(1).split('/').slice(1)) {
      const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
      at = isObject(at) && Object.hasOwn(at, key) ? at[key] : Array.isArray(at) ? at[Number(key)] : undefined;
    }
    if (at === undefined) throw new SchemaFault(`unable to compile the schema: no ${reference} in it`);
    return at;
  }

  /** One of several; what the schema itself says counts only where it names properties. */
  #anyOf(schema: Json, choices: readonly JsonValue[]): MaybeType {
    let type: MaybeType;
    if (typesOf(schema).length > 0) {
      const { anyOf: _, ...core } = schema;
      const own = this.read(core);
      if (own?.kind === 'object' && own.rest === undefined) type = own;
    }
    for (const choice of choices) type = either(this.read(choice), type);
    return type;
  }

  /** All at once: the properties, or the items, of all together. */
  #allOf(schema: Json, parts: readonly JsonValue[]): MaybeType {
    const { allOf: _, ...core } = schema;
    const merged: { [key: string]: JsonValue } = {};
    const all = [...parts.map((part) => this.#target(part)), ...(typesOf(core).length > 0 ? [core] : [])];
    const described = all.filter(isObject).filter((part) => typesOf(part).length > 0 || hasStructure(part));
    if (described.length === 0) return anyType;
    for (const part of described) {
      const types = typesOf(part).length > 0 ? typesOf(part) : impliedTypes(part);
      const known = merged['type'];
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(types)) {
        throw new SchemaFault(
          `unable to merge these schemas: type mismatch: ${String(known)} and ${String(types)}`,
        );
      }
      merged['type'] = [...types];
      if (isObject(part['properties'])) {
        const properties = isObject(merged['properties']) ? merged['properties'] : {};
        merged['properties'] = { ...properties, ...part['properties'] };
      }
      if (part['items'] !== undefined) merged['items'] ??= part['items'];
    }
    return this.#plain(merged);
  }

  #target(schema: JsonValue): JsonValue {
    let at = schema;
    for (let step = 0; step < 100 && isObject(at) && typeof at['$ref'] === 'string'; step += 1) {
      at = this.#resolve(at['$ref']);
    }
    return at;
  }

  #plain(schema: Json): MaybeType {
    const types = typesOf(schema);
    for (const name of types.length > 0
      ? preferred.filter((type) => types.includes(type))
      : impliedTypes(schema)) {
      switch (name) {
        case 'boolean':
          return booleanType;
        case 'string':
          return stringType;
        case 'integer':
        case 'number':
          return numberType;
        case 'object':
          return this.#object(schema['properties']);
        case 'array':
          return this.#array(schema['items']);
      }
    }
    return anyType;
  }

  #object(properties: JsonValue | undefined): MaybeType {
    const entries = isObject(properties) ? Object.entries(properties) : [];
    if (entries.length === 0) return objectType([], { key: anyType, value: anyType });
    return objectType(
      entries.map(([key, value]) => ({ key: stringTerm(key), value: this.read(value ?? null) })),
    );
  }

  #array(items: JsonValue | undefined): MaybeType {
    if (Array.isArray(items) && items.length > 0) return arrayType(items.map((item) => this.read(item)));
    return arrayType([], isObject(items) ? this.read(items) : anyType);
  }
}

/** Of several types the first of these counts. */
const preferred = ['boolean', 'string', 'integer', 'number', 'object', 'array'] as const;

function typesOf({ type }: Json): readonly string[] {
  if (typeof type === 'string') return [type];
  return Array.isArray(type) ? type.filter((name) => typeof name === 'string') : [];
}

function impliedTypes(schema: Json): string[] {
  if (isObject(schema['properties'])) return ['object'];
  return schema['items'] === undefined ? [] : ['array'];
}

function hasStructure(schema: Json): boolean {
  return impliedTypes(schema).length > 0;
}
