import { isKeelsonError, type JsonValue, type Path, type SourceText, type Span } from '@keelson/core';
import type { DuplicateKey, NodeLocation, YamlComment, YamlDocument } from './document.ts';
import { type DuplicateRecord, PositionIndex, type PositionTable } from './positions.ts';
import { Scanner } from './scanner.ts';

/** A document that was read, with its positions found on demand. */
export class ReadDocument implements YamlDocument {
  readonly index: number;
  readonly span: Span;
  readonly value: JsonValue;
  readonly positions: PositionTable;
  readonly #source: SourceText;
  readonly #duplicateRecords: readonly DuplicateRecord[];
  #index: PositionIndex | undefined;
  #duplicates: readonly DuplicateKey[] | undefined;
  #comments: readonly YamlComment[] | undefined;

  constructor(
    source: SourceText,
    index: number,
    span: Span,
    value: JsonValue,
    duplicates: readonly DuplicateRecord[],
    positions: PositionTable,
  ) {
    this.#source = source;
    this.index = index;
    this.span = span;
    this.value = value;
    this.#duplicateRecords = duplicates;
    this.positions = positions;
  }

  get nodes(): PositionIndex {
    this.#index ??= new PositionIndex(this.#source.text, this.positions);
    return this.#index;
  }

  get duplicates(): readonly DuplicateKey[] {
    this.#duplicates ??= this.#duplicateRecords.map((duplicate) => this.#named(duplicate));
    return this.#duplicates;
  }

  /** Its path is put together when asked for: kept, the paths of a deep document would outweigh it by far. */
  #named({ record, first, last }: DuplicateRecord): DuplicateKey {
    const { nodes } = this;
    return {
      get path() {
        return nodes.path(record);
      },
      first,
      last,
    };
  }

  locate(path: Path): NodeLocation | undefined {
    const { record, depth } = this.nodes.find(path);
    return depth === path.length ? this.nodes.location(record) : undefined;
  }

  locateNearest(path: Path): { location: NodeLocation; depth: number } {
    const { record, depth } = this.nodes.find(path);
    return { location: this.nodes.location(record), depth };
  }

  comments(): readonly YamlComment[] {
    this.#comments ??= readComments(this.#source, this.span);
    return this.#comments;
  }
}

function readComments(source: SourceText, span: Span): YamlComment[] {
  const spans: Span[] = [];
  if (source.text.slice(span.start, span.end).includes('#')) {
    const scanner = new Scanner(source, span.start, span.end, spans);
    try {
      while (scanner.next().kind !== 'stream-end');
    } catch (error) {
      // The document was read: the fault is an escape of JSON, or stands behind the document, where Go does not look.
      if (!isKeelsonError(error)) throw error;
    }
  }
  return spans.map((found) => ({
    span: found,
    text: source.text.slice(found.start + 1, found.end).trim(),
    trailing: hasTextBefore(source.text, found.start),
  }));
}

function hasTextBefore(text: string, offset: number): boolean {
  for (let i = offset - 1; i >= 0; i--) {
    const unit = text.charCodeAt(i);
    if (unit === 10 || unit === 13) return false;
    if (unit !== 32 && unit !== 9) return true;
  }
  return false;
}
