import type { SourceText } from '@keelson/core';
import type { Dockerfile } from '@keelson/dockerfile';
import { parseYaml } from '@keelson/yaml';
import { type Directive, mayHoldDirective, readDirective } from './directive.ts';
import { type LineRange, lowerBound } from './finding-index.ts';

/** Directives in the comments of a YAML text. */
export function yamlDirectives(source: SourceText): Directive[] {
  if (!mayHoldDirective(source.text)) return [];
  return parseYaml(source).documents.flatMap((document) => {
    let nodes: NodeLines | undefined;
    return document.comments().flatMap((comment) => {
      const directive = readDirective(comment.text);
      if (directive === undefined) return [];
      nodes ??= new NodeLines(
        source,
        source.position(document.span.start).line,
        source.position(document.span.end).line,
      );
      const location = source.location(comment.span);
      const line = location.line ?? 1;
      return [{ ...directive, location, lines: comment.trailing ? nodes.at(line) : nodes.below(line) }];
    });
  });
}

/** Directives in the comments of a Dockerfile: each covers the instruction that follows. */
export function dockerfileDirectives(dockerfile: Dockerfile): Directive[] {
  const { source } = dockerfile;
  const instructions = [
    ...dockerfile.globalArgs,
    ...dockerfile.stages.flatMap((stage) => stage.instructions),
  ];
  // Comments and instructions both stand in the order of the text.
  let following = 0;
  return dockerfile.comments.flatMap((comment): Directive[] => {
    const directive = readDirective(comment.text);
    if (directive === undefined) return [];
    const location = source.location(comment.span);
    while ((instructions[following]?.span.end ?? Number.POSITIVE_INFINITY) <= comment.span.start) following++;
    const next = instructions[following];
    const isGlobal = /^hadolint\s+global/.test(comment.text.trim());
    if (next === undefined || isGlobal) return [{ ...directive, location, lines: undefined }];
    const { line = 1, endLine = line } = source.location(next.span);
    return [{ ...directive, location, lines: { from: line, to: endLine } }];
  });
}

/** Which lines the nodes of one document take, told by indentation. */
class NodeLines {
  readonly #source: SourceText;
  readonly #first: number;
  readonly #last: number;
  /** Lines of the document that hold more than comments, ascending. */
  readonly #content: readonly number[];
  /** Many comments may stand above one node. */
  readonly #known = new Map<number, LineRange>();

  constructor(source: SourceText, first: number, last: number) {
    this.#source = source;
    this.#first = first;
    this.#last = last;
    const content: number[] = [];
    for (let line = first; line <= last; line++) if (isContent(source.line(line))) content.push(line);
    this.#content = content;
  }

  /** A comment before the first key of a document speaks of the whole document, else of the node that follows. */
  below(line: number): LineRange {
    const index = this.#indexFrom(line + 1);
    const before = this.#content[0];
    if (before === undefined || before >= line) return { from: this.#first, to: this.#last };
    const next = this.#content[index];
    return next === undefined ? { from: line, to: line } : this.at(next);
  }

  /** The lines of the node that begins on a line: all that is indented deeper, and sequences at the key's own indent. */
  at(line: number): LineRange {
    const known = this.#known.get(line);
    if (known !== undefined) return known;
    const text = this.#source.line(line);
    const indent = indentOf(text);
    const opensMapping = /:\s*(#.*)?$/.test(text) && !text.trimStart().startsWith('- ');
    let to = line;
    for (let index = this.#indexFrom(line + 1); index < this.#content.length; index++) {
      const next = this.#content[index] ?? line;
      const below = this.#source.line(next);
      const inSequence = opensMapping && indentOf(below) === indent && below.trimStart().startsWith('-');
      if (indentOf(below) <= indent && !inSequence) break;
      to = next;
    }
    const lines = { from: line, to };
    this.#known.set(line, lines);
    return lines;
  }

  #indexFrom(line: number): number {
    return lowerBound(this.#content.length, (index) => (this.#content[index] ?? 0) < line);
  }
}

function isContent(line: string): boolean {
  const text = line.trim();
  return text !== '' && !text.startsWith('#') && text !== '---';
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
