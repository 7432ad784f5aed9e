import type { Span } from '@keelson/core';

/** Text put together from pieces of a source, which knows where each character came from. */
export class MappedText {
  readonly text: string;
  /** Offsets in `text` at which pieces begin, ascending, the first is 0. */
  readonly #starts: readonly number[];
  /** Offset in the source of each piece. */
  readonly #origins: readonly number[];

  constructor(text: string, starts: readonly number[], origins: readonly number[]) {
    this.text = text;
    this.#starts = starts;
    this.#origins = origins;
  }

  /** Source offset of the character at `offset`. */
  at(offset: number): number {
    const piece = this.#piece(offset);
    return (this.#origins[piece] ?? 0) + offset - (this.#starts[piece] ?? 0);
  }

  #piece(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Source range of `[start, end)`. The end is taken from the last character, so that it stays on its line. */
  span(start: number, end: number): Span {
    return { start: this.at(start), end: end > start ? this.at(end - 1) + 1 : this.at(start) };
  }

  /** The part `[start, end)`, still mapped. */
  slice(start: number, end: number): MappedText {
    const builder = new MappedTextBuilder();
    this.copyTo(builder, start, end);
    return builder.build(this.at(start));
  }

  /** Appends the part `[start, end)` to a builder. */
  copyTo(builder: MappedTextBuilder, start = 0, end = this.text.length): void {
    for (let i = this.#piece(start); i < this.#starts.length; i++) {
      const from = Math.max(start, this.#starts[i] ?? 0);
      if (from >= end) break;
      const to = Math.min(end, this.#starts[i + 1] ?? this.text.length);
      if (from < to) builder.add(this.text.slice(from, to), this.at(from));
    }
  }
}

export class MappedTextBuilder {
  readonly #parts: string[] = [];
  readonly #starts: number[] = [];
  readonly #origins: number[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Appends text that begins at `origin` in the source. */
  add(text: string, origin: number): void {
    if (text === '') return;
    this.#parts.push(text);
    this.#starts.push(this.#length);
    this.#origins.push(origin);
    this.#length += text.length;
  }

  build(emptyOrigin: number): MappedText {
    if (this.#starts.length === 0) return new MappedText('', [0], [emptyOrigin]);
    return new MappedText(this.#parts.join(''), this.#starts, this.#origins);
  }
}

/** Text that stands in the source as it is from `origin` on. */
export function textAt(text: string, origin: number): MappedText {
  return new MappedText(text, [0], [origin]);
}
