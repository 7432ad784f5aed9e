import type { Span } from '@keelson/core';

/** Lines one after another, each with its newline. */
export class LineReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Where the line that was read last ends. */
  get end(): number {
    return this.#at;
  }

  next(): { readonly text: string; readonly span: Span } | undefined {
    const start = this.#at;
    if (start >= this.#text.length) return undefined;
    const newline = this.#text.indexOf('\n', start);
    this.#at = newline < 0 ? this.#text.length : newline + 1;
    return { text: this.#text.slice(start, this.#at), span: { start, end: this.#at } };
  }
}
