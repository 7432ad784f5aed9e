import { isKeelsonError, isObject, type JsonValue } from '@keelson/core';
import { parseFirstDocument } from '@keelson/yaml';
import { goMessage } from '../../builtins/yaml/errors.ts';
import type { Comment, RefTerm } from '../../syntax/ast.ts';
import type { Diagnostic } from '../../syntax/diagnostic.ts';
import { sourceLines } from '../../syntax/diagnostic.ts';
import type { Location } from '../../syntax/location.ts';
import { parseTerm } from '../../syntax/parse.ts';
import { diagnostic } from '../diagnostics.ts';
import { startsWith } from '../nodes.ts';
import type { AnnotationBlock, Author, RelatedResource, SchemaAnnotation } from './annotation.ts';
import { shapeFaults, type YamlFields } from './shape.ts';

/** What is wrong with a block; `line` counts the lines after the mark from 0. */
class BlockFault extends Error {
  readonly line: number | undefined;

  constructor(message: string, line?: number) {
    super(message);
    this.line = line;
  }
}

export interface ReadAnnotations {
  readonly blocks: AnnotationBlock[];
  readonly errors: Diagnostic[];
}

/** Reads the metadata blocks of a module: comments from the first column on, after one that says METADATA. */
export function readAnnotations(comments: readonly Comment[]): ReadAnnotations {
  const read: ReadAnnotations = { blocks: [], errors: [] };
  for (let index = 0; index < comments.length; index += 1) {
    const mark = comments[index];
    if (mark === undefined || !isMark(mark)) continue;
    const lines: Comment[] = [];
    for (let previous = mark; ; ) {
      const next = comments[index + 1];
      if (next === undefined || endsBlock(next, previous)) break;
      lines.push(next);
      previous = next;
      index += 1;
    }
    try {
      read.blocks.push(readBlock(lines, mark.location));
    } catch (error) {
      if (!(error instanceof BlockFault)) throw error;
      const at = error.line === undefined ? mark : (lines[error.line] ?? lines.at(-1) ?? mark);
      const { location } = at;
      const details = sourceLines(location.source.text, location.offset);
      read.errors.push(diagnostic('rego_parse_error', location, error.message, details));
    }
  }
  return read;
}

function isMark({ text, location }: Comment): boolean {
  return location.col === 1 && text.trim().startsWith('METADATA');
}

function endsBlock(next: Comment, previous: Comment): boolean {
  return next.location.col !== 1 || next.location.row - 1 !== previous.location.row || isMark(next);
}

function readBlock(comments: readonly Comment[], location: Location): AnnotationBlock {
  const text = comments.map((comment) => `${comment.text.replace(/^ /, '')}\n`).join('');
  if (text.trim() === '') throw new BlockFault('expected METADATA block, found whitespace');
  const fields = readFields(text, comments);
  return {
    scope: textOf(fields.scope),
    title: textOf(fields.title),
    entrypoint: fields.entrypoint === true,
    description: textOf(fields.description),
    organizations: listOf(fields.organizations).map(textOf),
    relatedResources: listOf(fields.related_resources).map(readResource),
    schemas: listOf(fields.schemas).flatMap((entry) => (isObject(entry) ? readSchema(entry) : [])),
    authors: listOf(fields.authors).map(readAuthor),
    custom: isObject(fields.custom) ? fields.custom : {},
    labels: isObject(fields.labels) ? fields.labels : {},
    location,
  };
}

function readFields(text: string, comments: readonly Comment[]): YamlFields {
  let value: JsonValue;
  try {
    value = parseFirstDocument(text);
  } catch (error) {
    if (!isKeelsonError(error)) throw error;
    const message = goMessage(error, text);
    const line = /^yaml: line ([0-9]+):/.exec(message)?.[1];
    throw new BlockFault(withHints(message, comments), line === undefined ? 0 : Number(line));
  }
  const faults = shapeFaults(value, text);
  const first = faults[0];
  if (first !== undefined) {
    const lines = faults.map(({ line, message }) => `\n  line ${line}: ${message}`).join('');
    throw new BlockFault(withHints(`yaml: unmarshal errors:${lines}`, comments), first.line);
  }
  return isObject(value) ? value : {};
}

/** A colon that no blank follows is no separator: the usual cause of a strange fault. */
function withHints(message: string, comments: readonly Comment[]): string {
  let hinted = message;
  for (const { text, location } of comments) {
    const symbols: string[] = [];
    for (const part of text.split(':').slice(1)) {
      const [symbol] = part;
      if (symbol === undefined || symbol === ' ' || symbol === '\t') break;
      symbols.push(`'${symbol}'`);
    }
    if (symbols.length === 0) continue;
    const what = `symbol(s) [${symbols.join(' ')}] immediately following a key/value separator ':'`;
    hinted += `\n  Hint: on line ${location.row}, ${what} is not a legal yaml space character`;
  }
  return hinted;
}

function textOf(value: JsonValue | undefined): string {
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value);
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function readResource(value: JsonValue): RelatedResource {
  const fault = (reason: string): BlockFault =>
    new BlockFault(`invalid related-resource definition ${shown(value)}: ${reason}`);
  if (typeof value === 'string') {
    if (value === '') throw fault('ref URL may not be empty string');
    return { ref: escapedUrl(value), description: '' };
  }
  if (!isObject(value)) throw fault('invalid value type, must be string or map');
  const ref = trimmed(value['ref']);
  if (ref === '') throw fault("'ref' value required in object");
  return { ref: escapedUrl(ref), description: trimmed(value['description']) };
}

/** An address as Go writes it again: blanks and what stands outside of ASCII are escaped. */
function escapedUrl(text: string): string {
  return text.replaceAll(/[^!-~]+|["<>\\^`{|}]/gu, (part) => encodeURIComponent(part.toWellFormed()));
}

function readAuthor(value: JsonValue): Author {
  const fault = (reason: string): BlockFault =>
    new BlockFault(`invalid author definition ${shown(value)}: ${reason}`);
  if (typeof value === 'string') {
    const words = value.split(/\s+/u).filter((word) => word !== '');
    const last = words.at(-1);
    if (last === undefined) throw fault('author is an empty string');
    const hasEmail = last.length >= 2 && last.startsWith('<') && last.endsWith('>');
    return {
      name: (hasEmail ? words.slice(0, -1) : words).join(' '),
      email: hasEmail ? last.slice(1, -1) : '',
    };
  }
  if (!isObject(value)) throw fault('invalid value type, must be string or map');
  const author = { name: trimmed(value['name']), email: trimmed(value['email']) };
  if (author.name === '' && author.email === '') {
    throw fault("'name' and/or 'email' values required in object");
  }
  return author;
}

function trimmed(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value.trim() : '';
}

function shown(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (isObject(value)) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `map[${entries.map(([key, member]) => `${key}:${shown(member ?? null)}`).join(' ')}]`;
  }
  if (Array.isArray(value)) return `[${value.map(shown).join(' ')}]`;
  if (value === null) return '%!s(<nil>)';
  const kind = typeof value === 'boolean' ? 'bool' : Number.isInteger(Number(value)) ? 'int' : 'float64';
  return `%!s(${kind}=${String(value)})`;
}

function readSchema(entry: { readonly [key: string]: JsonValue }): SchemaAnnotation[] {
  const [pair] = Object.entries(entry);
  if (pair === undefined) return [];
  const [name, value] = pair;
  const path = readReference(name);
  if (path === undefined) throw new BlockFault('invalid document reference');
  if (typeof value === 'string') {
    const schema = readReference(value);
    if (schema === undefined || !startsWith(schema.terms, 'schema')) {
      throw new BlockFault('invalid schema reference');
    }
    return [{ path, schema, definition: undefined }];
  }
  if (isObject(value)) return [{ path, schema: undefined, definition: value }];
  throw new BlockFault(`invalid schema declaration for path ${JSON.stringify(name)}`);
}

/** A reference, or a name on its own. */
function readReference(text: string): RefTerm | undefined {
  try {
    const term = parseTerm(text);
    if (term.type === 'ref') return term;
    return term.type === 'var' ? { type: 'ref', terms: [term], location: term.location } : undefined;
  } catch (error) {
    if (isKeelsonError(error)) return undefined;
    throw error;
  }
}
