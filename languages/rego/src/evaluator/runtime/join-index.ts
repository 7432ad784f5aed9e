import { type Key, keyOf, lookUp, type RegoValue, setOf } from '../../values/index.ts';
import { items } from './access.ts';
import type { Run } from './run.ts';
import type { Scope } from './scope.ts';

/** How the key of a row is made: from members of the row and constants. */
export type KeyTemplate =
  | { readonly kind: 'path'; readonly path: readonly RegoValue[] }
  | { readonly kind: 'constant'; readonly value: RegoValue }
  | { readonly kind: 'array'; readonly items: readonly KeyTemplate[] }
  | { readonly kind: 'object'; readonly pairs: readonly (readonly [name: string, value: KeyTemplate])[] };

const smallest = 16;
const none: readonly number[] = Object.freeze([]);

/** The rows of a collection by a key. Equal to going through all rows and comparing each. */
export class JoinIndex {
  readonly #rows = new Map<Key, number[]>();

  constructor(rows: readonly RegoValue[], site: JoinSite) {
    rows.forEach((row, position) => {
      if (!site.needed.every((path) => follow(row, path) !== undefined)) return;
      const key = keyOfRow(row, site.template);
      if (key === undefined) return;
      const id = keyOf(key);
      const known = this.#rows.get(id);
      if (known === undefined) this.#rows.set(id, [position]);
      else known.push(position);
    });
  }

  /** No row has a key: what is compared with keys is never evaluated. */
  get isEmpty(): boolean {
    return this.#rows.size === 0;
  }

  /** Positions of the rows whose key equals a value, upwards. */
  equal(value: RegoValue): readonly number[] {
    return this.#rows.get(keyOf(value)) ?? none;
  }

  /** Positions of the rows whose key is in a collection, upwards. */
  within(collection: RegoValue): readonly number[] {
    const found: number[] = [];
    for (const value of setOf(items(collection)).values()) {
      for (const position of this.equal(value)) found.push(position);
    }
    return found.sort((a, b) => a - b);
  }
}

/** What is known of a collection: that it was gone through, or its index. */
interface Known {
  /** The evaluation that it holds for; undefined where it holds for all. */
  readonly run: WeakRef<Run> | undefined;
  index: JoinIndex | undefined;
}

/**
 * A loop over rows with a comparison of what each row holds. The first time that a collection is gone through
 * costs nothing more; the second time its index is made. It is kept as long as the collection lives where that is
 * stored data, which never changes in place; what comes from the input is kept for one evaluation.
 */
export class JoinSite {
  readonly template: KeyTemplate;
  /** Members that expressions before the comparison ask for: a row without one of them is out. */
  readonly needed: readonly (readonly RegoValue[])[];
  readonly #rowsOf: (collection: RegoValue) => readonly RegoValue[];
  readonly #isStored: boolean;
  readonly #known = new WeakMap<object, Known>();

  constructor(
    template: KeyTemplate,
    needed: readonly (readonly RegoValue[])[],
    rowsOf: (collection: RegoValue) => readonly RegoValue[],
    isStored: boolean,
  ) {
    this.template = template;
    this.needed = needed;
    this.#rowsOf = rowsOf;
    this.#isStored = isStored;
  }

  /** The index of a collection; null where going through it is to be preferred. */
  index(collection: RegoValue, size: number, scope: Scope): JoinIndex | null {
    if (size < smallest || typeof collection !== 'object' || collection === null) return null;
    const known = this.#known.get(collection);
    if (known === undefined || (known.run !== undefined && known.run.deref() !== scope.run)) {
      // What `with` put into data may be a part of the input.
      const lasts = this.#isStored && scope.replaced === undefined;
      this.#known.set(collection, { run: lasts ? undefined : new WeakRef(scope.run), index: undefined });
      return null;
    }
    known.index ??= new JoinIndex(this.#rowsOf(collection), this);
    return known.index;
  }
}

function follow(row: RegoValue, path: readonly RegoValue[]): RegoValue | undefined {
  let current: RegoValue | undefined = row;
  for (const key of path) current = current === undefined ? undefined : lookUp(current, key);
  return current;
}

function keyOfRow(row: RegoValue, template: KeyTemplate): RegoValue | undefined {
  switch (template.kind) {
    case 'path':
      return follow(row, template.path);
    case 'constant':
      return template.value;
    case 'array': {
      const list: RegoValue[] = [];
      for (const item of template.items) {
        const value = keyOfRow(row, item);
        if (value === undefined) return undefined;
        list.push(value);
      }
      return list;
    }
    case 'object': {
      const object: Record<string, RegoValue> = {};
      for (const [name, item] of template.pairs) {
        const value = keyOfRow(row, item);
        if (value === undefined) return undefined;
        object[name] = value;
      }
      return object;
    }
  }
}
