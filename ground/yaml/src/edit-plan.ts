import { createObject, type JsonValue, type Path, type PathStep, type Span } from '@keelson/core';
import type { YamlEdit } from './edit.ts';
import { EditText, findLayout, type TextEdit } from './edit-text.ts';
import { pathError } from './edit-value.ts';
import type { PositionIndex } from './positions.ts';
import { writeLiteral, writeString } from './scalar-text.ts';
import {
  isFilled,
  type Layout,
  writeAfterKey,
  writeBlock,
  writeEntry,
  writeFlow,
  writeItem,
  writeKey,
} from './stringify.ts';

/** Works out the replacements that one edit of one document needs. */
export class EditPlan {
  readonly #text: EditText;
  readonly #nodes: PositionIndex;
  readonly #layout: Layout;

  constructor(text: string, nodes: PositionIndex, mayBeLiteral: boolean) {
    this.#text = new EditText(text);
    this.#nodes = nodes;
    this.#layout = findLayout(this.#text, nodes, mayBeLiteral);
  }

  plan(edit: YamlEdit): TextEdit[] {
    const records = this.#walk(edit.path);
    const record = records.at(-1) ?? 0;
    const isFound = records.length === edit.path.length + 1;
    if (edit.op === 'delete') {
      if (!isFound || records.length < 2) throw pathError(edit.path, 'nothing to delete');
      return this.#delete(records.at(-2) ?? 0, record);
    }
    const last = edit.path.at(-1);
    if (isFound && (edit.op === 'set' || typeof last === 'string')) return this.#replace(records, edit.value);
    if (isFound && typeof last === 'number')
      return this.#insertBefore(records.at(-2) ?? 0, record, edit.value);
    const step = edit.path[records.length - 1];
    if (step === undefined) throw pathError(edit.path, 'no such place');
    return this.#add(records, step, nest(edit.path.slice(records.length), edit.value));
  }

  /** Records along the part of `path` that is written in this document itself, not merged or aliased in. */
  #walk(path: Path): number[] {
    const records = [0];
    for (const step of path) {
      const parent = records.at(-1) ?? 0;
      if (this.#nodes.isAlias(parent)) throw pathError(path, 'an alias stands on the way');
      const children = this.#nodes.children(parent);
      const child =
        typeof step === 'number'
          ? children[step]
          : children.findLast(
              (record) =>
                this.#hasKey(record) && !this.#nodes.isMerge(record) && this.#nodes.key(record) === step,
            );
      if (child === undefined || this.#hasKey(child) !== (typeof step === 'string')) break;
      records.push(child);
    }
    return records;
  }

  #hasKey(record: number): boolean {
    return this.#nodes.location(record).key !== undefined;
  }

  #span(record: number): Span {
    return this.#nodes.location(record).value;
  }

  /** True when the node stands inside a `[…]` or `{…}`. */
  #isInFlow(ancestors: readonly number[]): boolean {
    return ancestors.some(
      (record) => this.#text.isFlow(this.#span(record)) && this.#nodes.children(record).length > 0,
    );
  }

  /** True where strings and keys in flow style are written in double quotes, judged by what stands there. */
  #isJson(record: number): boolean {
    const [first] = this.#nodes.children(record);
    if (first === undefined) return this.#text.isFlow(this.#span(0));
    const { key, value } = this.#nodes.location(first);
    const letter = this.#text.text.charAt(key?.start ?? value.start);
    if (letter === '"') return true;
    if (key === undefined && this.#text.isFlow(value)) return this.#isJson(first);
    // A number or word among items says nothing; a document in flow style is most likely JSON.
    return key === undefined && this.#text.isFlow(this.#span(0));
  }

  #replace(records: number[], value: JsonValue): TextEdit[] {
    const record = records.at(-1) ?? 0;
    const span = this.#span(record);
    const ancestors = records.slice(0, -1);
    const isFlowValue = this.#text.isFlow(span);
    if (
      this.#isInFlow(ancestors) ||
      (isFlowValue && isFilled(value) && this.#nodes.children(record).length > 0)
    ) {
      const isJson = this.#isJson(isFlowValue ? record : (ancestors.at(-1) ?? 0));
      const text =
        typeof value === 'string' && !isJson ? this.#quoted(value, span, true) : writeFlow(value, isJson);
      return [{ ...span, text: this.#spaced(span, text) }];
    }
    if (!isFilled(value) && !this.#isBlockCollection(record)) {
      return [{ ...span, text: this.#spaced(span, this.#scalar(records, value, span)) }];
    }
    return this.#replaceLines(record, value);
  }

  /** A value that is not written begins right behind the colon or dash, so a blank must be put in. */
  #spaced(span: Span, text: string): string {
    return span.start === span.end && span.start > 0 && this.#text.text.charAt(span.start - 1) !== ' '
      ? ` ${text}`
      : text;
  }

  #isBlockCollection(record: number): boolean {
    return this.#nodes.children(record).length > 0 && !this.#text.isFlow(this.#span(record));
  }

  #scalar(records: number[], value: JsonValue, span: Span): string {
    if (typeof value !== 'string') return writeFlow(value, false);
    if (!this.#layout.mayBeLiteral || writeLiteral(value) === undefined)
      return this.#quoted(value, span, false);
    const { key } = this.#nodes.location(records.at(-1) ?? 0);
    const column =
      key === undefined
        ? this.#text.column(this.#span(records.at(-2) ?? 0).start)
        : this.#text.column(key.start);
    return writeAfterKey(value, records.length < 2 ? 0 : column, this.#layout).trimStart();
  }

  #quoted(value: string, span: Span, isFlow: boolean): string {
    const first = this.#text.text.charAt(span.start);
    return writeString(value, isFlow, first === '"' ? 'double' : first === "'" ? 'single' : 'plain');
  }

  /** Replaces a node where the old or the new value takes lines of its own. */
  #replaceLines(record: number, value: JsonValue): TextEdit[] {
    const text = this.#text;
    const { key, value: span } = this.#nodes.location(record);
    if (key === undefined) {
      const column = text.column(span.start);
      return [
        {
          ...span,
          text: this.#spaced(
            span,
            writeBlock(value, column + (span.start === span.end ? 1 : 0), this.#layout),
          ),
        },
      ];
    }
    const after = writeAfterKey(value, text.column(key.start), this.#layout);
    const isOnKeyLine = text.lineStart(span.start) === text.lineStart(key.start);
    const colon = text.text.indexOf(':', key.end) + 1;
    if (!isFilled(value))
      return [
        { start: colon, end: colon, text: after },
        { start: text.lineEnd(key.end), end: span.end, text: '' },
      ];
    if (!isOnKeyLine) return [{ start: text.lineEnd(key.end), end: span.end, text: after }];
    // A comment behind the old value stays on the line of the key.
    const lineEnd = text.lineEnd(span.end);
    return [
      { start: colon, end: span.end, text: '' },
      { start: lineEnd, end: lineEnd, text: after },
    ];
  }

  /** Puts a missing child into the collection at the end of `records`. */
  #add(records: number[], step: PathStep, value: JsonValue): TextEdit[] {
    const record = records.at(-1) ?? 0;
    const span = this.#span(record);
    const children = this.#nodes.children(record);
    const last = children.at(-1);
    if (last === undefined) return this.#replace(records, wrap(step, value));
    const end = this.#span(last).end;
    if ((typeof step === 'string') !== this.#hasKey(last))
      throw pathError([step], 'a step does not fit what stands there');
    if (this.#text.isFlow(span)) return [this.#addToFlow(record, last, step, value)];
    const column = this.#text.column(this.#nodes.location(children[0] ?? last).key?.start ?? span.start);
    const line =
      typeof step === 'string'
        ? writeEntry(step, value, column, this.#layout)
        : writeItem(value, column, this.#layout);
    const at = this.#text.lineEnd(end);
    return [{ start: at, end: at, text: this.#layout.lineBreak + ' '.repeat(column) + line }];
  }

  #addToFlow(record: number, last: number, step: PathStep, value: JsonValue): TextEdit {
    const { key, value: span } = this.#nodes.location(last);
    const start = key?.start ?? span.start;
    const isJson = this.#isJson(record);
    const written = writeFlow(value, isJson);
    const name =
      typeof step === 'string'
        ? `${isJson ? writeString(step, true, 'double') : writeKey(step, true)}: `
        : '';
    const joint = this.#text.isFirstOnLine(start)
      ? `,${this.#layout.lineBreak}${this.#text.text.slice(this.#text.lineStart(start), start)}`
      : ', ';
    return { start: span.end, end: span.end, text: joint + name + written };
  }

  #insertBefore(parent: number, record: number, value: JsonValue): TextEdit[] {
    const span = this.#span(parent);
    const item = this.#span(record);
    if (this.#text.isFlow(span)) {
      const text = `${writeFlow(value, this.#isJson(parent))}, `;
      return [{ start: item.start, end: item.start, text }];
    }
    const column = this.#text.column(span.start);
    const dash = this.#text.dashBefore(item.start, column);
    const line = writeItem(value, column, this.#layout) + this.#layout.lineBreak;
    const margin = ' '.repeat(column);
    if (!this.#text.isFirstOnLine(dash)) return [{ start: dash, end: dash, text: line + margin }];
    const start = this.#text.startWithComments(dash);
    return [{ start, end: start, text: margin + line }];
  }

  #delete(parent: number, record: number): TextEdit[] {
    const siblings = this.#nodes.children(parent);
    const place = siblings.indexOf(record);
    const { key, value } = this.#nodes.location(record);
    if (siblings.length === 1) return this.#empty(parent, key !== undefined);
    const span = this.#span(parent);
    const next = siblings[place + 1];
    if (this.#text.isFlow(span)) return [this.#deleteFromFlow(siblings, place)];
    const start = key?.start ?? this.#text.dashBefore(value.start, this.#text.column(span.start));
    if (this.#text.isFirstOnLine(start)) {
      const from = this.#text.startWithComments(start);
      const to = this.#text.nextLine(value.end);
      return [{ start: from, end: to, text: '' }, ...this.#dropBreakBefore(from, to)];
    }
    if (next === undefined) return [{ start, end: this.#text.lineEnd(value.end), text: '' }];
    const nextKey = this.#nodes.location(next);
    const nextStart =
      nextKey.key?.start ?? this.#text.dashBefore(nextKey.value.start, this.#text.column(span.start));
    const hasComment = this.#text.text.slice(this.#text.nextLine(value.end), nextStart).includes('#');
    return [{ start, end: hasComment ? this.#text.lineEnd(value.end) : nextStart, text: '' }];
  }

  /** When the last line goes and the text had no line break at its end, none may be left over. */
  #dropBreakBefore(from: number, to: number): TextEdit[] {
    const { text } = this.#text;
    if (to < text.length || text.endsWith('\n') || from === 0) return [];
    return [{ start: this.#text.lineEnd(this.#text.lineStart(from - 1)), end: from, text: '' }];
  }

  #empty(parent: number, isMapping: boolean): TextEdit[] {
    const span = this.#span(parent);
    const value = isMapping ? '{}' : '[]';
    const { key } = this.#nodes.location(parent);
    if (this.#text.isFlow(span) || key === undefined) return [{ ...span, text: value }];
    return this.#replaceLines(parent, isMapping ? createObject() : []);
  }

  #deleteFromFlow(siblings: readonly number[], place: number): TextEdit {
    const own = this.#nodes.location(siblings[place] ?? 0);
    const next = siblings[place + 1];
    const previous = siblings[place - 1];
    const start = own.key?.start ?? own.value.start;
    if (next !== undefined) {
      const after = this.#nodes.location(next);
      return { start, end: after.key?.start ?? after.value.start, text: '' };
    }
    return { start: previous === undefined ? start : this.#span(previous).end, end: own.value.end, text: '' };
  }
}

/** The value with the missing parents around it. */
function nest(path: Path, value: JsonValue): JsonValue {
  return path.reduceRight((inner: JsonValue, step) => wrap(step, inner), value);
}

function wrap(step: PathStep, value: JsonValue): JsonValue {
  if (typeof step === 'string') {
    const object = createObject();
    object[step] = value;
    return object;
  }
  if (step !== 0) throw pathError([step], 'a new list begins with index 0');
  return [value];
}
