/** Half-open range of UTF-16 code units in a source text. */
export interface Span {
  start: number;
  end: number;
}

/** A place in the user's input as a person reads it. Lines and columns count from 1, columns in UTF-16 code units. */
export interface SourceLocation {
  file: string;
  line?: number;
  column?: number;
  endLine?: number;
  endColumn?: number;
}

/** Line and column, both from 1. */
export interface LineColumn {
  line: number;
  column: number;
}

/** A step into a document: a key of a mapping or an index of a sequence. */
export type PathStep = string | number;
export type Path = readonly PathStep[];

/** A text and its name, with line numbers worked out only when first asked for. */
export class SourceText {
  readonly file: string;
  readonly text: string;
  #lineStarts: number[] | undefined;

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
  }

  /** Offsets at which lines begin; a line ends with LF, CRLF or a lone CR. */
  get lineStarts(): readonly number[] {
    this.#lineStarts ??= findLineStarts(this.text);
    return this.#lineStarts;
  }

  /** Line and column of an offset; an offset past the end is that of the end. */
  position(offset: number): LineColumn {
    const starts = this.lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const clamped = Math.min(offset, this.text.length);
    return { line: low + 1, column: clamped - (starts[low] ?? 0) + 1 };
  }

  location(span: Span): SourceLocation {
    const from = this.position(span.start);
    const to = this.position(span.end);
    return { file: this.file, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
  }

  /** The text of line `line` (from 1) without its line end. */
  line(line: number): string {
    const start = this.lineStarts[line - 1];
    if (start === undefined) return '';
    return this.text.slice(start, this.lineStarts[line] ?? this.text.length).replace(/[\r\n]+$/, '');
  }
}

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 10 || (unit === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
  }
  return starts;
}

/** `spec.containers[0].image`; keys that are not plain words are quoted: `metadata.annotations["a.b/c"]`. */
export function formatPath(path: Path): string {
  let out = '';
  for (const step of path) {
    if (typeof step === 'number') out += `[${step}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(step)) out += out === '' ? step : `.${step}`;
    else out += `[${JSON.stringify(step)}]`;
  }
  return out;
}

/** RFC 6901 JSON Pointer of a path. */
export function jsonPointer(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
