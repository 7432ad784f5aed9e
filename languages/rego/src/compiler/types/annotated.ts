import type { JsonValue } from '@keelson/core';
import type { Rule, Term } from '../../syntax/ast.ts';
import { compareTerms } from '../../syntax/compare.ts';
import type { Diagnostic } from '../../syntax/diagnostic.ts';
import { printRef } from '../../syntax/print.ts';
import type { SchemaAnnotation } from '../annotations/annotation.ts';
import { typeError } from '../diagnostics.ts';
import type { TypeEnvironment } from './environment.ts';
import { SchemaFault, typeOfSchema } from './schema.ts';
import { anyType, constantKey, type MaybeType, objectType, type PropertyTypes, unwrapped } from './type.ts';

/** Schemas by the reference that names them: `schema`, `schema.input` and so on. */
export type Schemas = ReadonlyMap<string, JsonValue>;

/** Puts the types of documents that schemas of annotations give into the environment of one rule. */
export function applySchemas(
  annotations: readonly SchemaAnnotation[],
  rule: Rule,
  environment: TypeEnvironment,
  schemas: Schemas | undefined,
): Diagnostic[] {
  const errors: Diagnostic[] = [];
  for (const { path, schema, definition } of annotations) {
    let source = definition;
    if (schema !== undefined) {
      if (schemas === undefined) continue;
      const name = printRef(schema.terms);
      source = schemas.get(name);
      if (source === undefined) {
        errors.push(typeError(rule.location, `undefined schema: ${name}`));
        continue;
      }
    }
    if (source === undefined) continue;
    try {
      put(path.terms, typeOfSchema(source), environment);
    } catch (error) {
      if (!(error instanceof SchemaFault)) throw error;
      errors.push(typeError(rule.location, error.message));
    }
  }
  return errors;
}

/** The shortest part of the path of which something is known keeps what else is known of it. */
function put(path: readonly Term[], type: MaybeType, environment: TypeEnvironment): void {
  for (let length = 1; length < path.length; length += 1) {
    const prefix = path.slice(0, length);
    const known = environment.reference(prefix);
    if (known === undefined) continue;
    environment.tree.put(prefix, within(path.slice(length), known, type));
    return;
  }
  environment.tree.put(path, type);
}

/** `known` with `type` at the path in it. */
function within(path: readonly Term[], known: MaybeType, type: MaybeType): MaybeType {
  const [first, ...others] = path;
  const object = unwrapped(known);
  if (first === undefined) return type;
  if (object?.kind !== 'object') return alongPath(path, type, { key: anyType, value: anyType });
  const key = constantKey(first);
  const at = object.properties.find((property) => compareTerms(property.key, key) === 0);
  if (at === undefined) {
    const added = alongPath(path, type, object.rest);
    const more = added?.kind === 'object' ? added.properties : [];
    return objectType([...object.properties, ...more], object.rest);
  }
  const value = others.length === 0 ? type : within(others, at.value, type);
  return objectType(
    object.properties.map((property) => (property === at ? { key, value } : property)),
    object.rest,
  );
}

function alongPath(path: readonly Term[], type: MaybeType, rest: PropertyTypes | undefined): MaybeType {
  const [first, ...others] = path;
  if (first === undefined) return type;
  return objectType([{ key: constantKey(first), value: alongPath(others, type, rest) }], rest);
}
