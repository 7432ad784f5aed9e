import { stringifyJson } from '@keelson/core';
import type { Annotations, SchemaAnnotation } from '../compiler/annotations/annotation.ts';
import { annotationsOf } from '../compiler/annotations/attach.ts';
import { groundPrefix } from '../compiler/nodes.ts';
import { rulePath } from '../compiler/rule-tree.ts';
import type { Module, Term } from '../syntax/ast.ts';
import { varTerm } from '../syntax/build.ts';
import { compareLists, compareTerms, compareText } from '../syntax/compare.ts';
import { RegoSyntaxError } from '../syntax/diagnostic.ts';
import { referenceJson } from '../syntax/json.ts';
import type { Location } from '../syntax/location.ts';
import { printRef } from '../syntax/print.ts';
import { fromJson, type RegoValue } from '../values/index.ts';

/** A package, a rule or a document with its metadata. */
export interface AnnotatedPlace {
  /** Without `data`: `app.allow`. */
  readonly path: string;
  /** Without `data`: `app`. */
  readonly package: string;
  /** As its head names it; absent for a package. */
  readonly rule: string | undefined;
  /** Where the statement stands that the metadata stands over. */
  readonly location: { readonly file: string; readonly row: number; readonly col: number } | undefined;
  readonly annotations: Annotations;
  /** The references of the metadata's schemas as texts. */
  readonly schemas: readonly {
    readonly path: string;
    readonly schema: string | undefined;
    readonly definition: RegoValue | undefined;
  }[];
  /** As `opa inspect --annotations --format json` tells it. */
  json(): RegoValue;
}

/**
 * The metadata of modules, in order of the paths that it is about.
 *
 * @throws RegoSyntaxError where metadata cannot be read.
 */
export function annotatedPlaces(modules: Iterable<Module>): readonly AnnotatedPlace[] {
  const found = [...modules].flatMap((module) => {
    const { annotations, errors } = annotationsOf(module);
    if (errors.length > 0) throw new RegoSyntaxError(errors);
    return annotations.map((each) => ({ module, annotations: each, path: pathOf(each, module) }));
  });
  found.sort(
    (a, b) =>
      compareLists(a.path, b.path, compareTerms) ||
      compareLocations(a.annotations.location, b.annotations.location),
  );
  return found.map(({ module, annotations, path }) => placeOf(module, annotations, path));
}

function pathOf({ target }: Annotations, module: Module): readonly Term[] {
  return target.type === 'package' ? target.package.path : groundPrefix(rulePath(target.rule, module));
}

function compareLocations(a: Location, b: Location): number {
  return compareText(a.file, b.file) || a.row - b.row || a.col - b.col;
}

function placeOf(module: Module, annotations: Annotations, path: readonly Term[]): AnnotatedPlace {
  const { target } = annotations;
  const at = target.type === 'package' ? target.package.location : target.rule.location;
  const location = at === undefined ? undefined : { file: at.file, row: at.row, col: at.col };
  return {
    path: withoutData(path),
    package: withoutData(module.package.path),
    rule: target.type === 'rule' ? printRef(target.rule.head.reference) : undefined,
    location,
    annotations,
    schemas: annotations.schemas.map(({ path: about, schema, definition }) => ({
      path: printRef(about.terms),
      schema: schema === undefined ? undefined : printRef(schema.terms),
      definition: definition === undefined ? undefined : fromJson(stringifyJson(definition)),
    })),
    json: () => ({
      annotations: annotationsJson(annotations),
      ...(location === undefined ? {} : { location }),
      path: referenceJson(path),
    }),
  };
}

function withoutData([, first, ...rest]: readonly Term[]): string {
  if (first === undefined) return '';
  return printRef([first.type === 'string' ? varTerm(first.value) : first, ...rest]);
}

/** What the metadata does not say is left out. */
function annotationsJson(annotations: Annotations): RegoValue {
  const { scope, title, description, entrypoint, organizations, relatedResources, authors, schemas } =
    annotations;
  const said: Readonly<Record<string, RegoValue>> = {
    scope,
    title,
    description,
    ...(entrypoint ? { entrypoint } : {}),
    organizations,
    related_resources: relatedResources.map((resource) => filled({ ...resource })),
    authors: authors.map((author) => filled({ ...author })),
    schemas: schemas.map(schemaJson),
    custom: fromJson(stringifyJson(annotations.custom)),
    labels: fromJson(stringifyJson(annotations.labels)),
  };
  return filled(said);
}

function schemaJson({ path, schema, definition }: SchemaAnnotation): RegoValue {
  return {
    path: referenceJson(path.terms),
    ...(schema === undefined ? {} : { schema: referenceJson(schema.terms) }),
    ...(definition === undefined ? {} : { definition: fromJson(stringifyJson(definition)) }),
  };
}

function filled(members: Readonly<Record<string, RegoValue>>): RegoValue {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: RegoValue): boolean {
  if (value === '') return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
