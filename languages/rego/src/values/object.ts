import { compare } from './compare.ts';
import { encodeObject, type Key, keyOf } from './key.ts';
import type { RegoValue } from './value.ts';

export type Entry = readonly [key: RegoValue, value: RegoValue];

/** An object made at run time, with keys of any type. `set` is only for whoever makes it. */
export class RegoObject {
  readonly #items = new Map<Key, Entry>();
  #sorted: readonly Entry[] | undefined;
  #key: string | undefined;

  get size(): number {
    return this.#items.size;
  }

  /** Sets the value of a key; of keys that are equal but written otherwise the first stays. */
  set(key: RegoValue, value: RegoValue): this {
    const id = keyOf(key);
    const old = this.#items.get(id);
    this.#items.set(id, [old === undefined ? key : old[0], value]);
    this.#sorted = undefined;
    this.#key = undefined;
    return this;
  }

  get(key: RegoValue): RegoValue | undefined {
    return this.#items.get(keyOf(key))?.[1];
  }

  has(key: RegoValue): boolean {
    return this.#items.has(keyOf(key));
  }

  /** The entries in no order that means anything. */
  entries(): IterableIterator<Entry> {
    return this.#items.values();
  }

  /** The entries in the order of their keys. */
  sorted(): readonly Entry[] {
    this.#sorted ??= [...this.#items.values()].sort((a, b) => compare(a[0], b[0]));
    return this.#sorted;
  }

  /** Canonical key, the same for equal objects whatever their class. */
  get key(): string {
    this.#key ??= `\u0000${encodeObject(this)}`;
    return this.#key;
  }
}

export function objectOf(entries: Iterable<Entry>): RegoObject {
  const object = new RegoObject();
  for (const [key, value] of entries) object.set(key, value);
  return object;
}
