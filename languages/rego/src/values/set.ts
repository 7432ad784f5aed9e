import { compare, equals } from './compare.ts';
import { encodeSet, type Key, keyOf } from './key.ts';
import { sortValues } from './sort.ts';
import type { RegoValue } from './value.ts';

/** Up to so many members are compared one by one, which costs less than writing out their keys. */
const fewMembers = 16;

/** A set. `add` is only for whoever makes it; afterwards it never changes. Sorted when order is asked for. */
export class RegoSet {
  readonly #members: RegoValue[] = [];
  /** By key; made when there are more than a few members. */
  #byKey: Map<Key, RegoValue> | undefined;
  #sorted: readonly RegoValue[] | undefined;
  #key: string | undefined;

  get size(): number {
    return this.#members.length;
  }

  /** Adds a value unless an equal one is there: of `1` and `1.0` the first stays. */
  add(value: RegoValue): this {
    if (this.#byKey !== undefined) {
      const key = keyOf(value);
      if (this.#byKey.has(key)) return this;
      this.#byKey.set(key, value);
    } else if (this.#find(value) !== undefined) return this;
    this.#members.push(value);
    this.#sorted = undefined;
    this.#key = undefined;
    if (this.#byKey === undefined && this.#members.length > fewMembers) this.#index();
    return this;
  }

  #find(value: RegoValue): RegoValue | undefined {
    const members = this.#members;
    for (let i = 0; i < members.length; i++) {
      const member = members[i];
      if (member !== undefined && equals(member, value)) return member;
    }
    return undefined;
  }

  #index(): void {
    const byKey = new Map<Key, RegoValue>();
    for (const member of this.#members) byKey.set(keyOf(member), member);
    this.#byKey = byKey;
  }

  has(value: RegoValue): boolean {
    return this.#byKey === undefined ? this.#find(value) !== undefined : this.#byKey.has(keyOf(value));
  }

  /** The member that equals `value`, which may be written otherwise. */
  get(value: RegoValue): RegoValue | undefined {
    return this.#byKey === undefined ? this.#find(value) : this.#byKey.get(keyOf(value));
  }

  /** The members in no order that means anything. */
  values(): IterableIterator<RegoValue> {
    return this.#members.values();
  }

  /** As `values`; the array is the set's own and grows with it. */
  items(): readonly RegoValue[] {
    return this.#members;
  }

  [Symbol.iterator](): IterableIterator<RegoValue> {
    return this.#members.values();
  }

  /** The members in Rego's order. */
  sorted(): readonly RegoValue[] {
    this.#sorted ??= sortValues([...this.#members], compare);
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
