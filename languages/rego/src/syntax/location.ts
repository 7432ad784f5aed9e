/** A text that was parsed, with the name that its positions bear. */
export interface Source {
  /** The file name; empty for a query or a text without one. */
  readonly file: string;
  readonly text: string;
}

/**
 * A stretch of a source. Rows and columns count from 1 and columns count characters (code points), as OPA
 * counts them; offsets are UTF-16 units into `source.text`.
 */
export class Location {
  readonly source: Source;
  readonly row: number;
  readonly col: number;
  readonly offset: number;
  readonly end: number;

  constructor(source: Source, row: number, col: number, offset: number, end: number) {
    this.source = source;
    this.row = row;
    this.col = col;
    this.offset = offset;
    this.end = end;
  }

  get file(): string {
    return this.source.file;
  }

  /** The words of the source that the node was read from. */
  get text(): string {
    return this.source.text.slice(this.offset, this.end);
  }

  /** The same start with another end. */
  upTo(end: number): Location {
    return new Location(this.source, this.row, this.col, this.offset, end);
  }

  /** `file:row`, or the text itself where there is no file: as OPA prints a location. */
  toString(): string {
    if (this.file !== '') return `${this.file}:${this.row}`;
    const text = this.text;
    return text === '' ? `${this.row}:${this.col}` : text;
  }
}
