import type { JsonValue } from '@keelson/core';
import type { Annotation } from '../../syntax/annotations/annotation.ts';
import type { Package, RefTerm, Rule } from '../../syntax/ast.ts';

/** To what metadata applies: one rule, all rules of a path, a package, or it and those below. */
export type AnnotationScope = 'rule' | 'document' | 'package' | 'subpackages';

/** A metadata block and what it stands over. */
export interface Annotations extends Omit<Annotation, 'scope' | 'target' | 'schemas' | 'custom' | 'labels'> {
  readonly scope: AnnotationScope;
  readonly target: AnnotationTarget;
  readonly schemas: readonly SchemaAnnotation[];
  readonly custom: { readonly [key: string]: JsonValue };
  readonly labels: { readonly [key: string]: JsonValue };
}
export type AnnotationTarget =
  | { readonly type: 'rule'; readonly rule: Rule }
  | { readonly type: 'package'; readonly package: Package };

/** The schema of the document at a path: a reference from `schema`, or the schema itself. */
export interface SchemaAnnotation {
  readonly path: RefTerm;
  readonly schema: RefTerm | undefined;
  readonly definition: JsonValue | undefined;
}
