import type { PlainObject, RegoValue } from '../../values/index.ts';
import type { Import, Package, Rule, Term } from '../ast.ts';
import type { Location } from '../location.ts';

/** What a `# METADATA` block says about a rule, a document, a package or the packages below one. */
export interface Annotation {
  /** `rule`, `document`, `package` or `subpackages`; anything else has been told as a fault. */
  readonly scope: string;
  readonly title: string;
  readonly description: string;
  readonly entrypoint: boolean;
  readonly organizations: readonly string[];
  readonly relatedResources: readonly RelatedResource[];
  readonly authors: readonly Author[];
  readonly schemas: readonly SchemaAnnotation[];
  readonly compile: CompileAnnotation | undefined;
  readonly custom: PlainObject | undefined;
  readonly labels: PlainObject | undefined;
  /** Of the block's first line. */
  readonly location: Location;
  /** Of the block's last line. */
  readonly end: Location;
  /** What stands below the block; undefined at the end of a module. */
  readonly target: AnnotationTarget | undefined;
}

export type AnnotationTarget =
  | { readonly type: 'package'; readonly package: Package }
  | { readonly type: 'import'; readonly import: Import }
  | { readonly type: 'rule'; readonly rule: Rule };

export interface RelatedResource {
  readonly ref: string;
  readonly description: string;
}

export interface Author {
  readonly name: string;
  readonly email: string;
}

/** The type of a document: a reference below `schema`, or the schema itself. */
export interface SchemaAnnotation {
  readonly path: readonly Term[];
  readonly schema: readonly Term[] | undefined;
  readonly definition: RegoValue | undefined;
}

/** What the Compile API takes from a rule. */
export interface CompileAnnotation {
  readonly unknowns: readonly (readonly Term[])[];
  readonly maskRule: readonly Term[] | undefined;
}
