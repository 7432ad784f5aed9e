import type { Path, PathStep, Span } from '@keelson/core';
import type { NodeLocation } from './document.ts';

/** Integers per node: start and end of its key (-1 for none), of its value, and the record after its subtree. */
export const recordSize = 5;

/** Offsets of every node of one document in the order of the text, and what offsets alone cannot say. */
export interface PositionTable {
  readonly records: Int32Array;
  /** Keys whose text is not simply what stands between their offsets (or between their quotes). */
  readonly keys: ReadonlyMap<number, string> | undefined;
  /** Records of aliases, with the record that each stands for. */
  readonly aliases: ReadonlyMap<number, number> | undefined;
  /** Records of `<<` entries. */
  readonly merges: ReadonlySet<number> | undefined;
}

/** A key that stands twice, by the record of its later entry. */
export interface DuplicateRecord {
  readonly record: number;
  readonly first: Span;
  readonly last: Span;
}

/** Fills a table; one builder serves many documents so that its buffer grows only once. */
export class PositionBuilder {
  records = new Int32Array(4096);
  /** Records written, times `recordSize`. */
  length = 0;
  #keys: Map<number, string> | undefined;
  #aliases: Map<number, number> | undefined;
  #merges: Set<number> | undefined;

  reset(): void {
    this.length = 0;
    this.#keys = undefined;
    this.#aliases = undefined;
    this.#merges = undefined;
  }

  /** Opens the record of a node; `close` must follow after its children. */
  open(keyStart: number, keyEnd: number, valueStart: number): number {
    const record = this.length;
    if (record + recordSize > this.records.length) this.#grow();
    const { records } = this;
    records[record] = keyStart;
    records[record + 1] = keyEnd;
    records[record + 2] = valueStart;
    this.length = record + recordSize;
    return record;
  }

  close(record: number, valueEnd: number): void {
    this.records[record + 3] = valueEnd;
    this.records[record + 4] = this.length;
  }

  noteKey(record: number, key: string): void {
    this.#keys ??= new Map();
    this.#keys.set(record, key);
  }

  noteAlias(record: number, target: number): void {
    this.#aliases ??= new Map();
    this.#aliases.set(record, target);
  }

  noteMerge(record: number): void {
    this.#merges ??= new Set();
    this.#merges.add(record);
  }

  finish(): PositionTable {
    return {
      records: this.records.slice(0, this.length),
      keys: this.#keys,
      aliases: this.#aliases,
      merges: this.#merges,
    };
  }

  #grow(): void {
    const larger = new Int32Array(this.records.length * 2);
    larger.set(this.records);
    this.records = larger;
  }
}

/** Mappings with more entries than this are looked up in an index. */
const longMapping = 16;

/** Index of the last of rising numbers that is not above `limit`; -1 for none. */
function lastUpTo(numbers: readonly number[], limit: number): number {
  let low = -1;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((numbers[middle] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Finds nodes of a document by path. `0` is the record of the root. */
export class PositionIndex {
  readonly #text: string;
  readonly #table: PositionTable;
  /** Children of the collections asked for so far: many findings point into one long list. */
  readonly #children = new Map<number, readonly number[]>();
  /** Entries by key of the long mappings asked for so far. */
  readonly #entries = new Map<number, ReadonlyMap<string, number>>();

  constructor(text: string, table: PositionTable) {
    this.#text = text;
    this.#table = table;
  }

  location(record: number): NodeLocation {
    const value = { start: this.#number(record + 2), end: this.#number(record + 3) };
    const start = this.#number(record);
    return start < 0 ? { value } : { key: { start, end: this.#number(record + 1) }, value };
  }

  /** The record at the longest existing prefix of `path`, and how many steps of it exist. */
  find(path: Path): { record: number; depth: number } {
    let record = 0;
    for (let depth = 0; depth < path.length; depth++) {
      const step = path[depth];
      const child = step === undefined ? undefined : this.child(record, step);
      if (child === undefined) return { record, depth };
      record = child;
    }
    return { record, depth: path.length };
  }

  /** The record that an alias stands for, or the record itself. */
  resolve(record: number): number {
    let current = record;
    for (;;) {
      const target = this.#table.aliases?.get(current);
      if (target === undefined) return current;
      current = target;
    }
  }

  isAlias(record: number): boolean {
    return this.#table.aliases?.has(record) === true;
  }

  isMerge(record: number): boolean {
    return this.#table.merges?.has(record) === true;
  }

  /** Records of the children of a collection, in order, those of `<<` entries among them. */
  children(parent: number): readonly number[] {
    const known = this.#children.get(parent);
    if (known !== undefined) return known;
    const out: number[] = [];
    const end = this.#number(parent + 4);
    for (let child = parent + recordSize; child < end; child = this.#number(child + 4)) out.push(child);
    this.#children.set(parent, out);
    return out;
  }

  /** The path at which a record stands. */
  path(record: number): Path {
    const path: PathStep[] = [];
    for (let parent = 0; parent !== record; ) {
      const children = this.children(parent);
      const place = lastUpTo(children, record);
      const child = children[place];
      if (child === undefined) break;
      path.push(this.#number(child) < 0 ? place : this.key(child));
      parent = child;
    }
    return path;
  }

  key(record: number): string {
    const noted = this.#table.keys?.get(record);
    if (noted !== undefined) return noted;
    const start = this.#number(record);
    const end = this.#number(record + 1);
    const unit = this.#text.charCodeAt(start);
    return unit === 34 || unit === 39 ? this.#text.slice(start + 1, end - 1) : this.#text.slice(start, end);
  }

  child(parent: number, step: PathStep): number | undefined {
    const collection = this.resolve(parent);
    const children = this.children(collection);
    if (typeof step === 'number') {
      const record = children[step];
      return record === undefined || this.#number(record) >= 0 ? undefined : record;
    }
    if (this.#table.merges === undefined && children.length > longMapping) {
      return this.#entriesOf(collection, children).get(step);
    }
    let found: number | undefined;
    for (const record of children) {
      if (this.#number(record) < 0) return undefined;
      // go-yaml lets whatever stands later win, be it an entry of its own or one merged in.
      if (this.isMerge(record)) found = this.#merged(record, step) ?? found;
      else if (this.key(record) === step) found = record;
    }
    return found;
  }

  /** The last entry of each key. */
  #entriesOf(collection: number, children: readonly number[]): ReadonlyMap<string, number> {
    let entries = this.#entries.get(collection);
    if (entries === undefined) {
      const isMapping = this.#number(children[0] ?? 0) >= 0;
      entries = new Map(isMapping ? children.map((record) => [this.key(record), record]) : []);
      this.#entries.set(collection, entries);
    }
    return entries;
  }

  #merged(record: number, step: string): number | undefined {
    const source = this.resolve(record);
    const children = this.children(source);
    const first = children[0];
    const isList = first !== undefined && this.#number(first) < 0;
    if (!isList) return this.child(source, step);
    for (const item of children) {
      const found = this.child(item, step);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #number(index: number): number {
    return this.#table.records[index] ?? -1;
  }
}
