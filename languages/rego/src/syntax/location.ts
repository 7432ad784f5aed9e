/** A text that was parsed, with the name that its positions bear. */
export interface Source {
  /** The file name; empty for a query or a text without one. */
  readonly file: string;
  readonly text: string;
}

/**
 * A place in a source. Rows and columns count from 1 and columns count characters (code points), as OPA
 * counts them; offsets are UTF-16 units into `source.text`. The words of a node may begin before its place:
 * those of `(a) + b` begin at the parenthesis, its place is that of `a`.
 */
export class Location {
  readonly source: Source;
  readonly row: number;
  readonly col: number;
  readonly offset: number;
  /** Where `text` begins and ends. */
  readonly start: number;
  readonly end: number;

  constructor(source: Source, row: number, col: number, offset: number, start: number, end: number) {
    this.source = source;
    this.row = row;
    this.col = col;
    this.offset = offset;
    this.start = start;
    this.end = end;
  }

  get file(): string {
    return this.source.file;
  }

  /** The words of the source that the node was read from. */
  get text(): string {
    return this.source.text.slice(this.start, this.end);
  }

  /** The same place with other words. */
  spanning(start: number, end: number): Location {
    return new Location(this.source, this.row, this.col, this.offset, start, end);
  }

  /** `file:row`, or the words themselves where there is no file: as OPA prints a location. */
  toString(): string {
    if (this.file !== '') return `${this.file}:${this.row}`;
    const text = this.text;
    return text === '' ? `${this.row}:${this.col}` : text;
  }
}
