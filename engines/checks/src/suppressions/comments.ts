import type { SourceText } from '@keelson/core';
import type { Dockerfile } from '@keelson/dockerfile';
import { parseYaml } from '@keelson/yaml';
import { type Directive, mayHoldDirective, readDirective } from './directive.ts';

/** Directives in the comments of a YAML text. */
export function yamlDirectives(source: SourceText): Directive[] {
  if (!mayHoldDirective(source.text)) return [];
  return parseYaml(source).documents.flatMap((document) => {
    const first = source.position(document.span.start).line;
    const last = source.position(document.span.end).line;
    return document.comments().flatMap((comment) => {
      const directive = readDirective(comment.text);
      if (directive === undefined) return [];
      const location = source.location(comment.span);
      const line = location.line ?? 1;
      const lines = comment.trailing ? nodeLines(source, line, last) : linesBelow(source, line, first, last);
      return [{ ...directive, location, lines }];
    });
  });
}

/** Directives in the comments of a Dockerfile: each covers the instruction that follows. */
export function dockerfileDirectives(dockerfile: Dockerfile): Directive[] {
  const { source } = dockerfile;
  return dockerfile.comments.flatMap((comment): Directive[] => {
    const directive = readDirective(comment.text);
    if (directive === undefined) return [];
    const location = source.location(comment.span);
    const instructions = dockerfile.stages.flatMap((stage) => stage.instructions);
    const next = [...dockerfile.globalArgs, ...instructions].find(
      (item) => item.span.end > comment.span.start,
    );
    const isGlobal = /^hadolint\s+global/.test(comment.text.trim());
    if (next === undefined || isGlobal) return [{ ...directive, location, lines: undefined }];
    const covered = source.location(next.span);
    return [
      {
        ...directive,
        location,
        lines: { from: covered.line ?? 1, to: covered.endLine ?? covered.line ?? 1 },
      },
    ];
  });
}

/** A comment before the first key of a document speaks of the whole document, else of the node that follows. */
function linesBelow(
  source: SourceText,
  line: number,
  first: number,
  last: number,
): { from: number; to: number } {
  const isFirst = !range(first, line).some((n) => n !== line && isContent(source.line(n)));
  if (isFirst) return { from: first, to: last };
  for (let next = line + 1; next <= last; next++) {
    if (isContent(source.line(next))) return nodeLines(source, next, last);
  }
  return { from: line, to: line };
}

/** The lines of the node that begins on a line: all that is indented deeper, and sequences at the key's own indent. */
function nodeLines(source: SourceText, line: number, last: number): { from: number; to: number } {
  const text = source.line(line);
  const indent = indentOf(text);
  const opensMapping = /:\s*(#.*)?$/.test(text) && !text.trimStart().startsWith('- ');
  let to = line;
  for (let next = line + 1; next <= last; next++) {
    const below = source.line(next);
    if (!isContent(below)) continue;
    const inSequence = opensMapping && indentOf(below) === indent && below.trimStart().startsWith('-');
    if (indentOf(below) <= indent && !inSequence) break;
    to = next;
  }
  return { from: line, to };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}

function isContent(line: string): boolean {
  const text = line.trim();
  return text !== '' && !text.startsWith('#') && text !== '---';
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
