import type { JsonValue } from '@keelson/core';
import type { Package, RefTerm, Rule } from '../../syntax/ast.ts';
import type { Location } from '../../syntax/location.ts';

/** To what metadata applies: one rule, all rules of a path, a package, or it and those below. */
export type AnnotationScope = 'rule' | 'document' | 'package' | 'subpackages';

/** A metadata block as it stands in the text, before it is known what it stands over. */
export interface AnnotationBlock {
  /** Empty where the text does not say. */
  readonly scope: string;
  readonly title: string;
  readonly entrypoint: boolean;
  readonly description: string;
  readonly organizations: readonly string[];
  readonly relatedResources: readonly RelatedResource[];
  readonly authors: readonly Author[];
  readonly schemas: readonly SchemaAnnotation[];
  readonly custom: { readonly [key: string]: JsonValue };
  readonly labels: { readonly [key: string]: JsonValue };
  /** Where the block begins. */
  readonly location: Location;
}

/** A block and what it stands over. */
export interface Annotations extends AnnotationBlock {
  readonly scope: AnnotationScope;
  readonly target: AnnotationTarget;
}
export type AnnotationTarget =
  | { readonly type: 'rule'; readonly rule: Rule }
  | { readonly type: 'package'; readonly package: Package };

export interface RelatedResource {
  readonly ref: string;
  readonly description: string;
}

export interface Author {
  readonly name: string;
  readonly email: string;
}

/** The schema of the document at a path: a reference from `schema`, or the schema itself. */
export interface SchemaAnnotation {
  readonly path: RefTerm;
  readonly schema: RefTerm | undefined;
  readonly definition: JsonValue | undefined;
}
