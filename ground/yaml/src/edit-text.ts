import type { Span } from '@keelson/core';
import type { PositionIndex } from './positions.ts';
import type { Layout } from './stringify.ts';

/** A replacement of a part of a text. */
export interface TextEdit {
  start: number;
  end: number;
  text: string;
}

/** Lines and columns of the text being edited, and how its author lays things out. */
export class EditText {
  readonly text: string;
  readonly lineBreak: string;

  constructor(text: string) {
    this.text = text;
    this.lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  }

  lineStart(offset: number): number {
    return this.text.lastIndexOf('\n', offset - 1) + 1;
  }

  column(offset: number): number {
    return offset - this.lineStart(offset);
  }

  /** Where the line ends, before its line break. */
  lineEnd(offset: number): number {
    const next = this.text.indexOf('\n', offset);
    if (next < 0) return this.text.length;
    return next > offset && this.text.charAt(next - 1) === '\r' ? next - 1 : next;
  }

  nextLine(offset: number): number {
    const next = this.text.indexOf('\n', offset);
    return next < 0 ? this.text.length : next + 1;
  }

  /** True when only blanks stand before `offset` on its line. */
  isFirstOnLine(offset: number): boolean {
    return this.text.slice(this.lineStart(offset), offset).trim() === '';
  }

  /** Start of the comment lines directly above the line of `offset` that stand in its column, or of that line. */
  startWithComments(offset: number): number {
    const column = this.column(offset);
    let start = this.lineStart(offset);
    while (start > 0) {
      const above = this.lineStart(start - 1);
      const line = this.text.slice(above, start);
      if (line.search(/\S/) !== column || line.charAt(column) !== '#') break;
      start = above;
    }
    return start;
  }

  /** Offset of the dash of a list item whose list has its dashes in `column`. */
  dashBefore(offset: number, column: number): number {
    // Line by line: a comment before the item may hold any number of dashes.
    for (let end = offset; end > 0; ) {
      const start = this.lineStart(end);
      const dash = start + column;
      if (dash < end && this.text.charAt(dash) === '-') return dash;
      end = start - 1;
    }
    return 0;
  }

  isFlow(span: Span): boolean {
    const first = this.text.charAt(span.start);
    return first === '{' || first === '[';
  }
}

/** The steps of indentation that the document uses, from the first place that shows each. */
export function findLayout(text: EditText, nodes: PositionIndex, mayBeLiteral: boolean): Layout {
  const layout = { step: 0, listShift: -1, lineBreak: text.lineBreak, mayBeLiteral };
  const pending = [0];
  for (let record = pending.pop(); record !== undefined; record = pending.pop()) {
    const { key, value } = nodes.location(record);
    const children = nodes.children(record);
    const [first] = children;
    if (key !== undefined && first !== undefined && !text.isFlow(value)) {
      const shift = text.column(value.start) - text.column(key.start);
      const isList = nodes.location(first).key === undefined;
      if (isList && layout.listShift < 0 && text.isFirstOnLine(value.start)) layout.listShift = shift;
      if (!isList && layout.step === 0 && shift > 0) layout.step = shift;
    }
    if (layout.step > 0 && layout.listShift >= 0) break;
    for (const child of children.toReversed()) pending.push(child);
  }
  return { ...layout, step: layout.step || 2, listShift: Math.max(layout.listShift, 0) };
}
