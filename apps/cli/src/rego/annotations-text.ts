import { stringifyJson as compactJson } from '@keelson/core';
import { type AnnotatedPlace, stringifyJson } from '@keelson/rego';

const pageWidth = 80;

/** One place with its metadata, as `opa inspect --annotations` prints it. */
export function annotationsText(place: AnnotatedPlace): string {
  const { annotations, location, rule, schemas } = place;
  const { title, description, scope, entrypoint, custom } = annotations;
  const shown = title.trim() === '' ? place.path : title.trim();
  const facts = [
    `Package:  ${place.package}`,
    ...(rule === undefined ? [] : [`Rule:     ${rule}`]),
    ...(location === undefined ? [] : [`Location: ${location.file}:${location.row}`]),
    `Scope: ${scope}`,
    ...(entrypoint ? ['Entrypoint: true'] : []),
  ];
  const lists = [
    list(
      'Organizations',
      annotations.organizations.map((name) => [oneLine(name), '']),
    ),
    list(
      'Authors',
      annotations.authors.map((author) => [oneLine(authorText(author)), '']),
    ),
    list(
      'Schemas',
      schemas.map(({ path, schema, definition }) => [path, schema ?? compact(definition)]),
      ': ',
    ),
    list(
      'Related Resources',
      annotations.relatedResources.map(({ ref, description: about }) => [oneLine(ref), about]),
      ' ',
    ),
    list(
      'Custom',
      Object.entries(custom)
        .map(([name, value]) => [name, compactJson(value)] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
      ': ',
    ),
  ];
  const head = `${shown}\n${'='.repeat(Math.min(Buffer.byteLength(shown), pageWidth))}\n\n`;
  const about = description === '' ? '' : `${description}\n\n`;
  return `${head}${about}${facts.join('\n')}\n\n${lists.join('')}`;
}

function authorText({ name, email }: { name: string; email: string }): string {
  if (email === '') return name;
  return name === '' ? `<${email}>` : `${name} <${email}>`;
}

/** A line for each item under a heading; values begin in one column. */
function list(
  heading: string,
  items: readonly (readonly [name: string, value: string])[],
  separator = '',
): string {
  if (items.length === 0) return '';
  const width = Math.max(...items.map(([name]) => name.length));
  const lines = items.map(([name, value]) =>
    cut(value === '' ? ` ${name}` : ` ${name}${separator}${' '.repeat(width - name.length)}${value}`),
  );
  return `${heading}:\n${lines.join('\n')}\n\n`;
}

function cut(line: string): string {
  return line.length < pageWidth ? line : `${line.slice(0, pageWidth - 3)}...`;
}

function oneLine(text: string): string {
  return text.replaceAll('\n', ' ');
}

function compact(value: AnnotatedPlace['schemas'][number]['definition']): string {
  return value === undefined ? '' : stringifyJson(value);
}
