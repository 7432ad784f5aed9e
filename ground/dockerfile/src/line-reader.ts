import type { SourceText } from '@keelson/core';
import type { ProblemList } from './error.ts';
import { type MappedText, MappedTextBuilder } from './mapped-text.ts';
import type { DockerfileComment } from './model.ts';

/** A physical line without its line end. */
export interface PhysicalLine {
  readonly start: number;
  readonly end: number;
}

/** Physical lines of a text; a byte order mark is outside the first. */
export function physicalLines(text: string): PhysicalLine[] {
  const lines: PhysicalLine[] = [];
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const stop = newline < 0 ? text.length : newline;
    lines.push({ start, end: stop > start && text.charCodeAt(stop - 1) === 13 ? stop - 1 : stop });
    start = stop + 1;
  }
  return lines;
}

const directivePattern = /^#[ \t]*([A-Za-z][A-Za-z0-9]*)[ \t]*=[ \t]*(\S.*)$/;

export interface Head {
  readonly directives: Map<string, string>;
  readonly escape: '\\' | '`';
}

/**
 * Parser directives: only at the head, before the first comment that is none, empty line or instruction
 * (Dockerfile reference, "Parser directives"). An unknown name makes a comment, which ends the head.
 */
export function readDirectives(
  source: SourceText,
  lines: readonly PhysicalLine[],
  problems: ProblemList,
): Head {
  const directives = new Map<string, string>();
  let escapeChar: Head['escape'] = '\\';
  for (const line of lines) {
    const match = directivePattern.exec(source.text.slice(line.start, line.end).trim());
    if (match === null) break;
    const name = (match[1] ?? '').toLowerCase();
    const value = (match[2] ?? '').trim();
    if (name !== 'syntax' && name !== 'escape' && name !== 'check') break;
    if (directives.has(name)) {
      problems.add('DOCKERFILE_DIRECTIVE', `the directive ${name} is given twice`, line);
      continue;
    }
    directives.set(name, value);
    if (name !== 'escape') continue;
    if (value === '\\' || value === '`') escapeChar = value;
    else problems.add('DOCKERFILE_DIRECTIVE', 'escape must be \\ or `', line);
  }
  return { directives, escape: escapeChar };
}

/** An instruction's line after continuation. */
export interface LogicalLine {
  readonly text: MappedText;
  /** Index of the physical line after it. */
  readonly next: number;
}

/**
 * Joins the lines that the escape character continues. Comment lines and empty lines inside are left out,
 * as BuildKit does (it warns of the empty ones).
 */
export function readLogicalLine(
  source: SourceText,
  lines: readonly PhysicalLine[],
  first: number,
  escapeChar: string,
  comments: DockerfileComment[],
): LogicalLine {
  const builder = new MappedTextBuilder();
  let index = first;
  for (; index < lines.length; index++) {
    const line = lines[index];
    if (line === undefined) break;
    const start = skipBlanks(source.text, line.start, line.end);
    if (start === line.end) continue;
    if (source.text[start] === '#') {
      comments.push({ span: { start, end: line.end }, text: source.text.slice(start + 1, line.end).trim() });
      continue;
    }
    const from = index === first ? start : line.start;
    const stop = continuationAt(source.text, from, line.end, escapeChar);
    builder.add(source.text.slice(from, stop ?? line.end), from);
    if (stop === undefined) {
      index++;
      break;
    }
  }
  return { text: builder.build(lines[first]?.start ?? 0), next: index };
}

/** Offset of the escape character that continues the line; a doubled one does not continue it. */
function continuationAt(text: string, start: number, end: number, escapeChar: string): number | undefined {
  let last = end;
  while (last > start && isBlank(text.charCodeAt(last - 1))) last--;
  if (last === start || text[last - 1] !== escapeChar) return undefined;
  return last - 2 >= start && text[last - 2] === escapeChar ? undefined : last - 1;
}

export function skipBlanks(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(text.charCodeAt(at))) at++;
  return at;
}

export function isBlank(unit: number): boolean {
  return unit === 32 || (unit >= 9 && unit <= 13) || unit === 0xa0;
}
