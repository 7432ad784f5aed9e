import { isObject, type JsonValue } from '@keelson/core';
import type { Author, RelatedResource } from '../../syntax/annotations/annotation.ts';
import type { Term, TermPair } from '../../syntax/ast.ts';
import { arrayTerm, booleanTerm, numberTerm, objectTerm, stringTerm } from '../../syntax/build.ts';
import type { Location } from '../../syntax/location.ts';
import { printTerm } from '../../syntax/print.ts';
import { numberFromDouble, numberText } from '../../values/index.ts';
import type { Annotations, SchemaAnnotation } from './annotation.ts';
import type { AnnotationLink } from './set.ts';

/** What `rego.metadata.chain` gives. */
export function chainTerm(links: readonly AnnotationLink[], location: Location | undefined): Term {
  const entries = links.map(({ path, annotations }) => {
    const pairs: TermPair[] = [[stringTerm('path'), pathTerm(path.slice(1))]];
    if (annotations !== undefined) pairs.push([stringTerm('annotations'), annotationsTerm(annotations)]);
    return objectTerm(pairs);
  });
  return arrayTerm(entries, location);
}

/** What `rego.metadata.rule` gives. */
export function ruleTerm(annotations: Annotations | undefined, location: Location | undefined): Term {
  const term = annotations === undefined ? objectTerm([]) : annotationsTerm(annotations);
  return { ...term, location };
}

function annotationsTerm(annotations: Annotations): Term {
  const { scope, title, description, custom, labels } = annotations;
  const pairs: TermPair[] = [];
  const add = (name: string, value: Term | undefined): void => {
    if (value !== undefined) pairs.push([stringTerm(name), value]);
  };
  add('scope', stringTerm(scope));
  add('title', textTerm(title));
  add('entrypoint', annotations.entrypoint ? booleanTerm(true) : undefined);
  add('description', textTerm(description));
  add(
    'organizations',
    listTerm(annotations.organizations, (name) => stringTerm(name)),
  );
  add('related_resources', listTerm(annotations.relatedResources, resourceTerm));
  add('authors', listTerm(annotations.authors, authorTerm));
  add('schemas', listTerm(annotations.schemas, schemaTerm));
  add('custom', Object.keys(custom).length === 0 ? undefined : jsonTerm(custom));
  add('labels', Object.keys(labels).length === 0 ? undefined : jsonTerm(labels));
  return objectTerm(pairs);
}

function textTerm(text: string): Term | undefined {
  return text === '' ? undefined : stringTerm(text);
}

function listTerm<Item>(items: readonly Item[], term: (item: Item) => Term): Term | undefined {
  return items.length === 0 ? undefined : arrayTerm(items.map(term));
}

function textsTerm(texts: readonly (readonly [name: string, text: string])[]): Term {
  return objectTerm(
    texts.flatMap(([name, text]): TermPair[] => (text === '' ? [] : [[stringTerm(name), stringTerm(text)]])),
  );
}

function resourceTerm({ ref, description }: RelatedResource): Term {
  return textsTerm([
    ['ref', ref],
    ['description', description],
  ]);
}

function authorTerm({ name, email }: Author): Term {
  return textsTerm([
    ['name', name],
    ['email', email],
  ]);
}

function schemaTerm({ path, schema, definition }: SchemaAnnotation): Term {
  const pairs: TermPair[] = [[stringTerm('path'), pathTerm(path.terms)]];
  if (schema !== undefined) pairs.push([stringTerm('schema'), pathTerm(schema.terms)]);
  if (definition !== undefined) pairs.push([stringTerm('definition'), jsonTerm(definition)]);
  return objectTerm(pairs);
}

function pathTerm(path: readonly Term[]): Term {
  return arrayTerm(
    path.map((term) => (term.type === 'string' ? stringTerm(term.value) : stringTerm(printTerm(term)))),
  );
}

function jsonTerm(value: JsonValue): Term {
  if (value === null) return { type: 'null', location: undefined };
  if (typeof value === 'boolean') return booleanTerm(value);
  if (typeof value === 'string') return stringTerm(value);
  if (typeof value === 'bigint') return numberTerm(String(value));
  if (typeof value === 'number') return numberTerm(numberText(numberFromDouble(value)));
  if (Array.isArray(value)) return arrayTerm(value.map(jsonTerm));
  if (!isObject(value)) return { type: 'null', location: undefined };
  return objectTerm(
    Object.entries(value).map(([key, member]) => [stringTerm(key), jsonTerm(member ?? null)]),
  );
}
