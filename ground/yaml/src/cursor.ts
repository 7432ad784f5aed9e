import type { KeelsonError, SourceText } from '@keelson/core';
import { BOM, CR, isBlankOrEnd, LF } from './characters.ts';
import { yamlError } from './error.ts';

/** A place in a part of a text, with the start of its line. Reads 0 past the end. */
export class Cursor {
  readonly source: SourceText;
  readonly text: string;
  readonly end: number;
  offset: number;
  lineStart: number;
  /** Indentation of the block collection around, -1 at the root. */
  indent = -1;
  flowLevel = 0;
  simpleKeyAllowed = true;

  constructor(source: SourceText, start: number, end: number) {
    this.source = source;
    this.text = source.text;
    this.end = end;
    this.offset = this.text.charCodeAt(start) === BOM && start < end ? start + 1 : start;
    this.lineStart = this.offset;
  }

  get column(): number {
    return this.offset - this.lineStart;
  }

  at(distance = 0): number {
    const offset = this.offset + distance;
    return offset < this.end ? this.text.charCodeAt(offset) : 0;
  }

  /** Steps over one line break, CRLF being one, and gives what it stands for in a scalar. */
  skipBreak(): string {
    const unit = this.at();
    this.offset += unit === CR && this.at(1) === LF ? 2 : 1;
    this.lineStart = this.offset;
    return unit === 0x2028 ? '\u2028' : unit === 0x2029 ? '\u2029' : '\n';
  }

  /** True at `---` or `...` followed by a blank, in the first column. */
  atDocumentIndicator(): boolean {
    if (this.offset !== this.lineStart) return false;
    const unit = this.at();
    if (unit !== 45 && unit !== 46) return false;
    if (this.at(1) !== unit || this.at(2) !== unit) return false;
    return isBlankOrEnd(this.at(3));
  }

  syntax(message: string, offset = this.offset): KeelsonError {
    return yamlError(this.source, 'YAML_SYNTAX', message, offset);
  }
}
