import type { RegoValue } from '../../values/index.ts';

/** A place in `input` or `data`: the document itself, or a key of another place. */
export type ReadPath =
  | { readonly root: 'input' | 'data'; readonly below: readonly RegoValue[] }
  | { readonly parent: ReadPath; readonly key: RegoValue };

/** A place that was read, and what was there. */
export interface Read {
  readonly path: ReadPath;
  /** Undefined where there was nothing. */
  readonly value: RegoValue | undefined;
}

/** As many reads as one expression keeps; what is more is only counted. */
const maxReads = 64;

/** What an expression read, those of bodies within it included. */
export class ReadLog {
  readonly #reads: Read[] = [];
  readonly #outer: ReadLog | undefined;
  readonly #inner: Read[] = [];
  #more = 0;

  /** @param outer that of the expression around, which hears of every read. */
  constructor(outer?: ReadLog) {
    this.#outer = outer;
  }

  add(read: Read): void {
    if (this.#reads.length < maxReads) this.#reads.push(read);
    else this.#more++;
    for (let outer = this.#outer; outer !== undefined; outer = outer.#outer) outer.#addFromWithin(read);
  }

  #addFromWithin(read: Read): void {
    if (this.#inner.length < maxReads) this.#inner.push(read);
    else this.#more++;
  }

  /** Takes what bodies within another expression read. */
  addInner(other: ReadLog): void {
    for (const read of other.#inner) this.add(read);
    this.#more += other.#more;
  }

  /** The places that were read to the end: where something below a place was read, only that is told. */
  get reads(): readonly Read[] {
    const reads = [...this.#reads, ...this.#inner];
    const above = new Set<ReadPath>();
    for (const { path } of reads) {
      for (let at = path; 'parent' in at && !above.has(at.parent); at = at.parent) above.add(at.parent);
    }
    return reads.filter(({ path }) => !above.has(path));
  }

  /** How many more there were. */
  get more(): number {
    return this.#more;
  }
}
