import { childOf, isObject, type JsonValue, type Path, type Span } from '@keelson/core';
import type { Dockerfile } from './model.ts';
import { dockerfileValue, locateDockerfile } from './value.ts';

/** A change of the Dockerfile's value; paths as in `dockerfileValue`. */
export interface DockerfileEdit {
  readonly op: 'add' | 'replace' | 'remove';
  /**
   * A step of text into a list means the item that is that text: `args`, `--insecure`. The last step is
   * `keyword`, a place in `args` or `words`, or an instruction.
   */
  readonly path: Path;
  readonly value?: JsonValue;
}

export interface DockerfileTextEdit extends Span {
  readonly text: string;
}

/**
 * The text edits that make the changes, in order of place and without overlap; comments, continuation lines
 * and all other text stay. A change of something that is not there gives none.
 */
export function editDockerfile(
  dockerfile: Dockerfile,
  edits: readonly DockerfileEdit[],
): DockerfileTextEdit[] {
  const found = edits.flatMap((edit) => textEdit(dockerfile, edit) ?? []);
  found.sort((a, b) => a.start - b.start || a.end - b.end);
  let end = -1;
  return found.filter((edit) => {
    const isFree = edit.start >= end;
    if (isFree) end = edit.end;
    return isFree;
  });
}

/** Where a path leads: the value there, and its path in numbers. */
interface Target {
  readonly path: Path;
  readonly value: JsonValue | undefined;
  readonly list: JsonValue[] | undefined;
}

function textEdit(dockerfile: Dockerfile, edit: DockerfileEdit): DockerfileTextEdit | undefined {
  const target = resolve(dockerfile, edit.path);
  const last = target?.path.at(-1);
  if (target === undefined || last === undefined) return undefined;
  if (last === 'keyword') return keywordEdit(dockerfile, target.path, edit);
  const { list } = target;
  if (list === undefined || typeof last !== 'number') return undefined;
  if (isObject(target.value)) return edit.op === 'remove' ? removeLines(dockerfile, target.path) : undefined;
  if (edit.op === 'add') return addWord(dockerfile, target.path, last, list, edit.value);
  if (typeof target.value !== 'string') return undefined;
  const span = locateDockerfile(dockerfile, target.path);
  if (!standsThere(dockerfile, span, target.value)) return undefined;
  if (edit.op === 'remove') return removeWord(dockerfile.source.text, span);
  return typeof edit.value === 'string'
    ? { ...span, text: written(dockerfile, span, edit.value) }
    : undefined;
}

function resolve(dockerfile: Dockerfile, path: Path): Target | undefined {
  let value: JsonValue | undefined = dockerfileValue(dockerfile);
  let list: JsonValue[] | undefined;
  const steps: (string | number)[] = [];
  for (const step of path) {
    list = Array.isArray(value) ? value : undefined;
    const at: string | number = list !== undefined && typeof step === 'string' ? list.indexOf(step) : step;
    if (at === -1 || value === undefined) return undefined;
    steps.push(at);
    value = childOf(value, at);
  }
  return { path: steps, value, list };
}

function keywordEdit(
  dockerfile: Dockerfile,
  path: Path,
  edit: DockerfileEdit,
): DockerfileTextEdit | undefined {
  const { start } = locateDockerfile(dockerfile, path.slice(0, -1));
  const end = start + (/^[A-Za-z]+/.exec(dockerfile.source.text.slice(start, start + 32))?.[0].length ?? 0);
  return edit.op === 'replace' && typeof edit.value === 'string'
    ? { start, end, text: edit.value }
    : undefined;
}

/**
 * True when the text at `span` is the word as it stands in the file. Inside quoted scripts with escapes the
 * place is only near, and after expansion the word is another: neither is edited.
 */
function standsThere(dockerfile: Dockerfile, span: Span, value: JsonValue | undefined): boolean {
  const text = dockerfile.source.text.slice(span.start, span.end);
  return (
    typeof value === 'string' && (text === value || text === JSON.stringify(value) || text === `'${value}'`)
  );
}

/** True for an item of a JSON form. */
function isQuoted(dockerfile: Dockerfile, span: Span): boolean {
  const { text } = dockerfile.source;
  return text[span.start] === '"' && /[[,]\s*$/.test(text.slice(Math.max(0, span.start - 64), span.start));
}

function written(dockerfile: Dockerfile, span: Span, value: string): string {
  return isQuoted(dockerfile, span) ? JSON.stringify(value) : value;
}

/** Puts a word before the item at `index`, or after the last. */
function addWord(
  dockerfile: Dockerfile,
  path: Path,
  index: number,
  list: readonly JsonValue[],
  value: JsonValue | undefined,
): DockerfileTextEdit | undefined {
  if (typeof value !== 'string' || list.length === 0) return undefined;
  const isEnd = index >= list.length;
  const neighbour = isEnd ? list.length - 1 : index;
  const span = locateDockerfile(dockerfile, [...path.slice(0, -1), neighbour]);
  if (!standsThere(dockerfile, span, list[neighbour])) return undefined;
  const word = written(dockerfile, span, value);
  const comma = isQuoted(dockerfile, span) ? ',' : '';
  if (isEnd) return { start: span.end, end: span.end, text: `${comma} ${word}` };
  return { start: span.start, end: span.start, text: `${word}${comma} ` };
}

/** Takes a word out with the blanks, and in a JSON form the comma, before it. */
function removeWord(text: string, span: Span): DockerfileTextEdit {
  let { start, end } = span;
  while (start > 0 && (text[start - 1] === ' ' || text[start - 1] === '\t')) start--;
  if (text[start - 1] === ',') start--;
  else if (text[start - 1] === '[') end += /^\s*,\s*/.exec(text.slice(end, end + 64))?.[0].length ?? 0;
  return { start, end, text: '' };
}

function removeLines(dockerfile: Dockerfile, path: Path): DockerfileTextEdit {
  const { source } = dockerfile;
  const span = locateDockerfile(dockerfile, path);
  const start = source.lineStarts[source.position(span.start).line - 1] ?? span.start;
  const end =
    source.lineStarts[source.position(Math.max(span.start, span.end - 1)).line] ?? source.text.length;
  return { start, end, text: '' };
}
