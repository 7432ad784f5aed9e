import { cloneJson, equalJson, type JsonValue, KeelsonError } from '@keelson/core';
import type { YamlEdit } from './edit.ts';
import { EditPlan } from './edit-plan.ts';
import type { TextEdit } from './edit-text.ts';
import { applyToValue } from './edit-value.ts';
import type { YamlErrorCode } from './error.ts';
import { type ReadStream, readStream } from './parse.ts';
import type { ReadDocument } from './reader.ts';
import { splitDocuments } from './split.ts';

/** An edit and the document (`YamlDocument.index`) that it changes. */
export interface DocumentEdit {
  document: number;
  edit: YamlEdit;
}

export interface EditResult {
  text: string;
  /** The same change as replacements of parts of the source, in order and apart from one another. */
  edits: TextEdit[];
}

/**
 * Changes documents and leaves every byte that need not change: comments, quotes, indentation, flow style,
 * line ends. Edits of one document are made in the order given, each path being one of the document as the
 * edits before have left it. The result is read again: it holds exactly the values asked for, or a
 * KeelsonError is thrown (YAML_EDIT_PATH, YAML_EDIT_VALUE, YAML_EDIT_MISMATCH).
 */
export function editYaml(source: string, edits: readonly DocumentEdit[]): EditResult {
  return new YamlEditor(source).edit(edits);
}

/** `editYaml` for many changes of one text, each made apart from the others: the text is read once. */
export class YamlEditor {
  readonly #source: string;
  readonly #stream: ReadStream;
  /** Documents as the complete parser reads them alone, by index. */
  readonly #alone = new Map<number, ReadDocument | undefined>();

  constructor(source: string) {
    this.#source = source;
    this.#stream = readStream(source, {});
  }

  /** The source changed; edits of earlier calls are not in it. Throws as `editYaml`. */
  edit(edits: readonly DocumentEdit[]): EditResult {
    const out: TextEdit[] = [];
    let staysApart = !this.#source.trimStart().startsWith('{');
    for (const document of this.#stream.documents) {
      const own = edits.filter((edit) => edit.document === document.index).map(({ edit }) => edit);
      if (own.length === 0) continue;
      const pieces = this.#editDocument(document, own);
      staysApart &&= isOneChunk(this.#source.slice(document.span.start, document.span.end), pieces.text());
      out.push(...pieces.edits());
    }
    for (const { document } of edits) {
      if (this.#stream.documents.some(({ index }) => index === document)) continue;
      throw new KeelsonError<YamlErrorCode>('YAML_EDIT_PATH', `there is no readable document ${document}`);
    }
    const text = replaceAll(this.#source, out);
    if (!staysApart) verifyStream(this.#stream, readStream(text, {}), edits);
    return { text, edits: out };
  }

  #editDocument(document: ReadDocument, edits: readonly YamlEdit[]): Pieces {
    const { start, end } = document.span;
    let current: Edited = {
      pieces: new Pieces(this.#source, start, end),
      document: this.#readAlone(document),
    };
    let expected: JsonValue = cloneJson(document.value);
    for (const edit of edits) {
      const copy: YamlEdit = edit.op === 'delete' ? edit : { ...edit, value: cloneJson(edit.value) };
      expected = applyToValue(expected, copy);
      // A literal at the very end of a text without a last line break cannot keep its own; quotes can.
      const edited = attempt(current, edit, expected, true) ?? attempt(current, edit, expected, false);
      if (edited === undefined) throw mismatch();
      current = edited;
    }
    return current.pieces;
  }

  #readAlone({ index, span }: ReadDocument): ReadDocument | undefined {
    if (!this.#alone.has(index))
      this.#alone.set(index, onlyDocument(this.#source.slice(span.start, span.end)));
    return this.#alone.get(index);
  }
}

/**
 * True when a changed document stands in its stream as the old one did, so that the others need not be read
 * again: documents are split at lines alone, and it has neither a `---` line nor lost its last line break.
 */
function isOneChunk(before: string, after: string): boolean {
  const [chunk, ...others] = splitDocuments(after);
  return (
    others.length === 0 &&
    chunk?.start === 0 &&
    chunk.end === after.length &&
    chunk.problem === undefined &&
    before.endsWith('\n') === after.endsWith('\n')
  );
}

/** A document as edits have left it, and how it reads alone. */
interface Edited {
  pieces: Pieces;
  document: ReadDocument | undefined;
}

/** The text after one edit, undefined when it would not read as `expected`. */
function attempt(
  { pieces, document }: Edited,
  edit: YamlEdit,
  expected: JsonValue,
  mayBeLiteral: boolean,
): Edited | undefined {
  if (document === undefined) return undefined;
  const changes = new EditPlan(pieces.text(), document.nodes, mayBeLiteral).plan(edit);
  const after = ordered(changes).reduceRight((text: Pieces, change) => text.replace(change), pieces);
  const read = onlyDocument(after.text());
  return read !== undefined && equalJson(read.value, expected)
    ? { pieces: after, document: read }
    : undefined;
}

function onlyDocument(text: string): ReadDocument | undefined {
  const { documents, errors } = readStream(text, {});
  return documents.length === 1 && errors.length === 0 ? documents[0] : undefined;
}

function mismatch(): KeelsonError<YamlErrorCode> {
  return new KeelsonError('YAML_EDIT_MISMATCH', 'the edited text would not read back as the value asked for');
}

/** The other documents must be as they were, and none may have come or gone. */
function verifyStream(before: ReadStream, after: ReadStream, edits: readonly DocumentEdit[]): void {
  const isSame =
    before.documents.length === after.documents.length &&
    before.errors.length === after.errors.length &&
    before.documents.every(({ index, value }, i) => {
      const other = after.documents[i];
      return (
        other?.index === index &&
        (edits.some((edit) => edit.document === index) || equalJson(value, other.value))
      );
    });
  if (!isSame) throw mismatch();
}

function ordered(edits: readonly TextEdit[]): TextEdit[] {
  return edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
}

function replaceAll(text: string, edits: readonly TextEdit[]): string {
  let out = '';
  let from = 0;
  for (const edit of edits) {
    out += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return out + text.slice(from);
}

type Piece = { start: number; end: number } | { text: string };

/** A text as parts of its source and what was put between them. */
class Pieces {
  readonly #source: string;
  readonly #start: number;
  readonly #end: number;
  readonly #pieces: readonly Piece[];

  constructor(source: string, start: number, end: number, pieces: readonly Piece[] = [{ start, end }]) {
    this.#source = source;
    this.#start = start;
    this.#end = end;
    this.#pieces = pieces;
  }

  #textOf(piece: Piece): string {
    return 'text' in piece ? piece.text : this.#source.slice(piece.start, piece.end);
  }

  text(): string {
    return this.#pieces.map((piece) => this.#textOf(piece)).join('');
  }

  replace({ start, end, text }: TextEdit): Pieces {
    const before = this.#cut(0, start);
    const after = this.#cut(end, Number.POSITIVE_INFINITY);
    return new Pieces(this.#source, this.#start, this.#end, [...before, { text }, ...after]);
  }

  /** The pieces between two offsets of the text as it is now. */
  #cut(from: number, to: number): Piece[] {
    const out: Piece[] = [];
    let offset = 0;
    for (const piece of this.#pieces) {
      const length = 'text' in piece ? piece.text.length : piece.end - piece.start;
      const low = Math.max(from - offset, 0);
      const high = Math.min(to - offset, length);
      if (low < high) {
        out.push(
          'text' in piece
            ? { text: piece.text.slice(low, high) }
            : { start: piece.start + low, end: piece.start + high },
        );
      }
      offset += length;
    }
    return out;
  }

  edits(): TextEdit[] {
    const out: TextEdit[] = [];
    let from = this.#start;
    let text = '';
    for (const piece of [...this.#pieces, { start: this.#end, end: this.#end }]) {
      if ('text' in piece) text += piece.text;
      else {
        if (text !== '' || piece.start > from) out.push({ start: from, end: piece.start, text });
        from = piece.end;
        text = '';
      }
    }
    return out;
  }
}
