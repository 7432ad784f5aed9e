import { CR, DASH, HASH, LF } from './characters.ts';

/** A part of a stream between `---` lines. `problem` is where a separator is refused. */
export interface Chunk {
  start: number;
  end: number;
  problem: number | undefined;
}

/**
 * Splits as kubectl's YAMLReader does: a line that begins with `---` ends the document before it, and only
 * blanks or a comment may follow on that line. A `---` with nothing before it begins the next document
 * instead of ending an empty one. Begins at `from`, the start of a line.
 */
export function splitDocuments(text: string, from = 0): Chunk[] {
  const chunks: Chunk[] = [];
  let start = from;
  let isEmpty = true;
  let lineStart = from;
  while (lineStart < text.length) {
    const next = text.indexOf('\n', lineStart);
    const lineEnd = next < 0 ? text.length : next;
    if (isSeparator(text, lineStart)) {
      const problem = findProblem(text, lineStart + 3, lineEnd);
      if (!isEmpty) chunks.push({ start, end: lineStart, problem: undefined });
      if (problem !== undefined) chunks.push({ start: lineStart, end: lineEnd, problem });
      // Nothing but the separator: libyaml would read the line as the start of this document.
      isEmpty = !isEmpty || problem !== undefined;
      start = Math.min(lineEnd + 1, text.length);
    } else isEmpty = false;
    lineStart = lineEnd + 1;
  }
  if (!isEmpty) chunks.push({ start, end: text.length, problem: undefined });
  return chunks;
}

function isSeparator(text: string, offset: number): boolean {
  return (
    text.charCodeAt(offset) === DASH &&
    text.charCodeAt(offset + 1) === DASH &&
    text.charCodeAt(offset + 2) === DASH
  );
}

function findProblem(text: string, from: number, end: number): number | undefined {
  for (let offset = from; offset < end; offset++) {
    const unit = text.charCodeAt(offset);
    if (unit === HASH) return undefined;
    if (unit !== 32 && unit !== CR && unit !== LF && text.charAt(offset).trim() !== '') return offset;
  }
  return undefined;
}
