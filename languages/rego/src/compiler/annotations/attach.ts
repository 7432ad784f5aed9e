import type { JsonValue } from '@keelson/core';
import type { Annotation, SchemaAnnotation as ReadSchema } from '../../syntax/annotations/annotation.ts';
import { attachAnnotations, scopeFaults } from '../../syntax/annotations/attach.ts';
import { readBlocks } from '../../syntax/annotations/read.ts';
import type { Module, Term } from '../../syntax/ast.ts';
import { refTerm } from '../../syntax/build.ts';
import type { Diagnostic } from '../../syntax/diagnostic.ts';
import { BigNumber, isArray, isPlainObject, type PlainObject, type RegoValue } from '../../values/index.ts';
import type { AnnotationScope, Annotations, SchemaAnnotation } from './annotation.ts';

export interface ModuleAnnotations {
  readonly annotations: readonly Annotations[];
  readonly errors: readonly Diagnostic[];
}

/** Reads the metadata of a module: each block belongs to the statement below it. Those at fault are left out. */
export function annotationsOf(module: Module): ModuleAnnotations {
  // The reader widens the place of a block's first comment; those of the module stay as they are.
  const read = readBlocks(module.comments.map((comment) => ({ ...comment })));
  if (read.faults.length > 0) return { annotations: [], errors: read.faults };
  const { annotations, faults } = attachAnnotations(module, read.annotations);
  return { annotations: annotations.flatMap((entry) => placed(entry) ?? []), errors: faults };
}

function placed(annotation: Annotation): Annotations | undefined {
  const { scope, target, schemas, custom = {}, labels = {} } = annotation;
  if (target === undefined || target.type === 'import' || !isScope(scope)) return undefined;
  if (scopeFaults(annotation).length > 0) return undefined;
  return {
    ...annotation,
    scope,
    target,
    schemas: schemas.map(schemaOf),
    custom: membersOf(custom),
    labels: membersOf(labels),
  };
}

function isScope(scope: string): scope is AnnotationScope {
  return scope === 'rule' || scope === 'document' || scope === 'package' || scope === 'subpackages';
}

function schemaOf({ path, schema, definition }: ReadSchema): SchemaAnnotation {
  const reference = (terms: readonly Term[]) => refTerm([...terms], terms[0]?.location);
  return {
    path: reference(path),
    schema: schema === undefined ? undefined : reference(schema),
    definition: definition === undefined ? undefined : jsonOf(definition),
  };
}

function membersOf(object: PlainObject): { readonly [key: string]: JsonValue } {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, jsonOf(value)]));
}

/** Values of YAML hold no sets, and no objects but those with names. */
function jsonOf(value: RegoValue): JsonValue {
  if (isArray(value)) return value.map(jsonOf);
  if (value instanceof BigNumber)
    return /^-?[0-9]+$/.test(value.text) ? BigInt(value.text) : Number(value.text);
  if (typeof value === 'object' && value !== null) return isPlainObject(value) ? membersOf(value) : null;
  return value;
}
