import type { PlainObject, RegoValue } from '../../values/index.ts';
import type { Term } from '../ast.ts';
import type { Annotation, SchemaAnnotation } from './annotation.ts';

type Json = Record<string, RegoValue>;

/** An annotation as `rego.metadata.rule()` gives it: what the block does not say is left out. */
export function annotationValue(annotation: Annotation): PlainObject {
  const { scope, title, description, entrypoint, custom, labels } = annotation;
  const value: Json = {};
  if (scope !== '') value['scope'] = scope;
  if (title !== '') value['title'] = title;
  if (entrypoint) value['entrypoint'] = true;
  if (description !== '') value['description'] = description;
  addList(value, 'organizations', annotation.organizations);
  addList(
    value,
    'related_resources',
    annotation.relatedResources.map(({ ref, description: text }) => filled({ ref, description: text })),
  );
  addList(
    value,
    'authors',
    annotation.authors.map(({ name, email }) => filled({ name, email })),
  );
  addList(value, 'schemas', annotation.schemas.map(schemaValue));
  if (custom !== undefined && Object.keys(custom).length > 0) value['custom'] = custom;
  if (labels !== undefined && Object.keys(labels).length > 0) value['labels'] = labels;
  return value;
}

function addList(value: Json, key: string, items: readonly RegoValue[]): void {
  if (items.length > 0) value[key] = items;
}

function filled(texts: Readonly<Record<string, string>>): RegoValue {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
}

function schemaValue({ path, schema, definition }: SchemaAnnotation): RegoValue {
  const value: Json = { path: pathValue(path) };
  if (schema !== undefined) value['schema'] = pathValue(schema);
  if (definition !== undefined) value['definition'] = definition;
  return value;
}

/** A reference of names as an array of them. */
export function pathValue(path: readonly Term[]): RegoValue {
  return path.map((term) => {
    switch (term.type) {
      case 'var':
        return term.name;
      case 'string':
      case 'boolean':
        return term.value;
      case 'number':
        return Number(term.text);
      default:
        return null;
    }
  });
}
