import { isKeelsonError, type JsonValue } from '@keelson/core';
import { parseFirstDocument } from '@keelson/yaml';
import { goMessage } from '../../builtins/yaml/errors.ts';
import {
  isObjectValue,
  isPlainObject,
  numberFromBigInt,
  numberFromDouble,
  type PlainObject,
  type RegoValue,
} from '../../values/index.ts';
import type { Comment, Module } from '../ast.ts';
import { type Diagnostic, sourceLines } from '../diagnostic.ts';
import type { Location } from '../location.ts';
import type { Annotation } from './annotation.ts';
import { attachAnnotations, type ReadAnnotations } from './attach.ts';
import {
  AnnotationFault,
  author,
  compileAnnotation,
  flagField,
  listField,
  mapField,
  mismatch,
  relatedResource,
  schemaAnnotation,
  textField,
} from './fields.ts';

/** Reads the metadata blocks among a module's comments and puts each to the statement below it. */
export function readAnnotations(module: Module): ReadAnnotations {
  const read = readBlocks(module.comments);
  const { annotations, faults } = attachAnnotations(module, read.annotations);
  return { annotations, faults: [...read.faults, ...faults] };
}

/**
 * Reads metadata blocks: a comment that begins with METADATA in the first column, and those in the rows
 * directly below.
 */
export function readBlocks(comments: readonly Comment[]): ReadAnnotations {
  const annotations: Annotation[] = [];
  const faults: Diagnostic[] = [];
  for (const block of blocksOf(comments)) {
    const read = new BlockReader(block).read();
    if ('message' in read) faults.push(read);
    else annotations.push(read);
  }
  return { annotations, faults };
}

/** A field that holds something else than it may. */
interface ShapeFault {
  readonly line: number;
  readonly message: string;
}

interface Block {
  readonly first: Comment;
  readonly rest: readonly Comment[];
}

function isMetadata({ text, location }: Comment): boolean {
  return location.col === 1 && text.trim().startsWith('METADATA');
}

function blocksOf(comments: readonly Comment[]): Block[] {
  const blocks: { first: Comment; rest: Comment[] }[] = [];
  let last: Comment | undefined;
  for (const comment of comments) {
    const block = last === undefined ? undefined : blocks.at(-1);
    if (isMetadata(comment)) {
      blocks.push({ first: comment, rest: [] });
      last = comment;
    } else if (
      block !== undefined &&
      comment.location.col === 1 &&
      comment.location.row - 1 === last?.location.row
    ) {
      block.rest.push(comment);
      last = comment;
    } else {
      last = undefined;
    }
  }
  return blocks;
}

class BlockReader {
  private readonly block: Block;
  private readonly text: string;

  constructor(block: Block) {
    this.block = block;
    this.text = block.rest.map(({ text }) => `${text.startsWith(' ') ? text.slice(1) : text}\n`).join('');
  }

  read(): Annotation | Diagnostic {
    const { location } = this.block.first;
    if (this.text.trim() === '') return shownFault('expected METADATA block, found whitespace', location);
    let document: JsonValue;
    try {
      document = parseFirstDocument(this.text);
    } catch (error) {
      if (!isKeelsonError(error)) throw error;
      return this.yamlFault(goMessage(error, this.text));
    }
    const value = fromReader(document);
    if (value !== null && !(isObjectValue(value) && isPlainObject(value))) {
      return this.unmarshalFault([`line 1: ${mismatch(value, 'ast.rawAnnotation')}`]);
    }
    const repeated = this.repeatedKeys();
    if (repeated.length > 0) return this.unmarshalFault(repeated);
    try {
      return this.annotationOf(value ?? {});
    } catch (error) {
      if (error instanceof AnnotationFault) return shownFault(error.message, location);
      throw error;
    }
  }

  private annotationOf(value: PlainObject): Annotation | Diagnostic {
    const faults: ShapeFault[] = [];
    const field = (key: string) => (Object.hasOwn(value, key) ? value[key] : undefined);
    const take = <Result>(
      key: string,
      read: Result | { readonly fault: string },
      otherwise: Result,
    ): Result => {
      if (typeof read !== 'object' || read === null || !('fault' in read)) return read;
      if (typeof read.fault !== 'string') return otherwise;
      faults.push({ line: this.lineOf(key), message: read.fault });
      return otherwise;
    };
    const text = (key: string) => take(key, textField(field(key)), '');
    const list = (key: string, type: string) =>
      take<readonly RegoValue[]>(key, listField(field(key), type), []);
    const map = (key: string) => take<PlainObject | undefined>(key, mapField(field(key)), undefined);
    const compile = map('compile');
    const parts = {
      scope: text('scope'),
      title: text('title'),
      description: text('description'),
      entrypoint: take('entrypoint', flagField(field('entrypoint')), false),
      custom: map('custom'),
      labels: map('labels'),
    };
    const organizations = list('organizations', '[]string').map((item) =>
      take('organizations', textField(item), ''),
    );
    const resources = list('related_resources', '[]interface {}');
    const authors = list('authors', '[]interface {}');
    const schemas = list('schemas', '[]map[string]interface {}');
    if (faults.length > 0) {
      faults.sort((a, b) => a.line - b.line);
      return this.unmarshalFault(faults.map(({ line, message }) => `line ${line}: ${message}`));
    }
    const { first, rest } = this.block;
    const last = (rest.at(-1) ?? first).location;
    // OPA lets the first comment speak for the whole block from here on.
    first.location = first.location.spanning(first.location.start, last.end);
    return {
      ...parts,
      organizations,
      relatedResources: resources.map(relatedResource),
      compile: compile === undefined ? undefined : compileAnnotation(compile),
      schemas: schemas.map(schemaAnnotation),
      authors: authors.map(author),
      location: first.location,
      end: last,
      target: undefined,
    };
  }

  /** A field that is given twice is a fault; the reader takes the last one. */
  private repeatedKeys(): string[] {
    const lines = new Map<string, number>();
    const faults: string[] = [];
    for (const [at, line] of this.text.split('\n').entries()) {
      const key = /^([a-z_]+):(?:\s|$)/.exec(line)?.[1];
      if (key === undefined) continue;
      const first = lines.get(key);
      if (first === undefined) lines.set(key, at + 1);
      else faults.push(`line ${at + 1}: mapping key "${key}" already defined at line ${first}`);
    }
    return faults;
  }

  private lineOf(key: string): number {
    const lines = this.text.split('\n');
    return (
      Math.max(
        lines.findIndex((line) => line.trimStart().startsWith(`${key}:`)),
        0,
      ) + 1
    );
  }

  private unmarshalFault(lines: readonly string[]): Diagnostic {
    return this.yamlFault(`yaml: unmarshal errors:\n${lines.map((line) => `  ${line}`).join('\n')}`);
  }

  /** A fault of YAML, at the comment that its line names, with a hint at what stands behind a colon. */
  private yamlFault(message: string): Diagnostic {
    const { first, rest } = this.block;
    const line = /^yaml:(?: unmarshal errors:\s*)? line ([0-9]+):/.exec(message.replace(/:\n\s*/, ': '));
    const index = line === null ? 0 : Math.min(Number(line[1]), rest.length - 1);
    return shownFault(message + colonHints(rest), rest[index]?.location ?? first.location);
  }
}

/** OPA's guess at a fault: YAML wants a space or a tab behind the colon of a key. */
function colonHints(comments: readonly Comment[]): string {
  let hints = '';
  for (const { text, location } of comments) {
    const found: string[] = [];
    const parts = text.split(':').slice(1);
    for (const [at, part] of parts.entries()) {
      if (part === '' && at === parts.length - 1) break;
      if (part.startsWith(' ') || part.startsWith('\t')) break;
      found.push(goRune(part));
    }
    if (found.length > 0) {
      hints += `\n  Hint: on line ${location.row}, symbol(s) [${found.join(' ')}] immediately following a key/value separator ':' is not a legal yaml space character`;
    }
  }
  return hints;
}

function goRune(text: string): string {
  const code = text.codePointAt(0) ?? 0xfffd;
  if (code === 0x27 || code === 0x5c) return `'\\${String.fromCodePoint(code)}'`;
  if (code >= 0x20 && code < 0x7f) return `'${String.fromCodePoint(code)}'`;
  return code > 0xffff
    ? `'\\U${code.toString(16).padStart(8, '0')}'`
    : `'\\u${code.toString(16).padStart(4, '0')}'`;
}

function fromReader(value: JsonValue): RegoValue {
  if (typeof value === 'bigint') return numberFromBigInt(value);
  if (typeof value === 'number') return numberFromDouble(value);
  if (Array.isArray(value)) return value.map(fromReader);
  if (typeof value !== 'object' || value === null) return value;
  const object: Record<string, RegoValue> = Object.create(null);
  for (const [key, member] of Object.entries(value)) object[key] = fromReader(member ?? null);
  return object;
}

function fault(message: string, location: Location): Diagnostic {
  return { code: 'rego_parse_error', message, location };
}

/** A fault with its line, as the parser tells its own. */
function shownFault(message: string, location: Location): Diagnostic {
  return { ...fault(message, location), details: sourceLines(location.source.text, location.offset) };
}
