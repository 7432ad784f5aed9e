import { compare } from './compare.ts';
import { encodeSet, type Key, keyOf } from './key.ts';
import { sortValues } from './sort.ts';
import type { RegoValue } from './value.ts';

/** A set. `add` is only for whoever makes it; afterwards it never changes. Sorted when order is asked for. */
export class RegoSet {
  readonly #items = new Map<Key, RegoValue>();
  #sorted: readonly RegoValue[] | undefined;
  #list: readonly RegoValue[] | undefined;
  #key: string | undefined;

  get size(): number {
    return this.#items.size;
  }

  /** Adds a value unless an equal one is there: of `1` and `1.0` the first stays. */
  add(value: RegoValue): this {
    const key = keyOf(value);
    if (!this.#items.has(key)) {
      this.#items.set(key, value);
      this.#sorted = undefined;
      this.#list = undefined;
      this.#key = undefined;
    }
    return this;
  }

  has(value: RegoValue): boolean {
    return this.#items.has(keyOf(value));
  }

  /** The member that equals `value`, which may be written otherwise. */
  get(value: RegoValue): RegoValue | undefined {
    return this.#items.get(keyOf(value));
  }

  /** The members in no order that means anything. */
  values(): IterableIterator<RegoValue> {
    return this.#items.values();
  }

  /** As `values`, in an array that is made once. */
  items(): readonly RegoValue[] {
    this.#list ??= this.#sorted ?? [...this.#items.values()];
    return this.#list;
  }

  [Symbol.iterator](): IterableIterator<RegoValue> {
    return this.#items.values();
  }

  /** The members in Rego's order. */
  sorted(): readonly RegoValue[] {
    this.#sorted ??= sortValues([...this.#items.values()], compare);
    return this.#sorted;
  }

  /** Canonical key, the same for equal sets. */
  get key(): string {
    this.#key ??= `\u0000${encodeSet(this)}`;
    return this.#key;
  }
}

export const emptySet: RegoSet = new RegoSet();

export function setOf(values: Iterable<RegoValue>): RegoSet {
  const set = new RegoSet();
  for (const value of values) set.add(value);
  return set;
}
