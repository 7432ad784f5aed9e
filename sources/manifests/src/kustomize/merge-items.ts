import {
  copyTree,
  type MappingTree,
  type ScalarTree,
  type SequenceTree,
  scalarTree,
  type Tree,
  textAt,
} from './tree.ts';

/** Merges one item of the patch into one of the object; undefined when that deletes it. */
export type MergeItem = (from: Tree | undefined, by: Tree | undefined) => Tree | undefined;

/**
 * Merges lists whose items are told apart by keys. Items of the patch come first. With several keys (ports:
 * number and protocol) an item may leave one out; it then stands for an item that agrees in the others, and the
 * object's own items keep their order at the end, as kustomize has it.
 */
export class ItemMerger {
  readonly #keys: readonly string[];
  readonly #merge: MergeItem;

  constructor(keys: readonly string[], merge: MergeItem) {
    this.#keys = keys;
    this.#merge = merge;
  }

  merge(patch: SequenceTree | undefined, base: SequenceTree | undefined): Tree[] {
    const own = [...((base ?? patch)?.items ?? [])];
    const patches = patch?.items ?? [];
    const rows = this.#rows([...patches, ...(base?.items ?? [])]);
    const used = this.#keys.filter((_, i) => rows.some((row) => row[i] !== ''));
    const keys = used.length === 0 ? this.#keys : used;
    let added: Tree[] = [];
    for (const row of rows) {
      const values = row.filter((value, i) => value !== '' || keys.includes(this.#keys[i] ?? ''));
      const wanted = keys.flatMap((key, i) => (values[i] === '' ? [] : [[key, values[i] ?? ''] as const]));
      const index = own.findIndex((item) => holds(item, wanted));
      const by = patches.find((item) => holds(item, wanted));
      const from = base === undefined ? undefined : own[index];
      const merged = this.#merge(from, by === undefined ? undefined : copyTree(by));
      if (merged === undefined || (merged.kind === 'mapping' && merged.entries.size === 0)) {
        remove(own, keys, values);
        continue;
      }
      complete(merged, keys, values);
      if (index >= 0 && textAt(by ?? merged, '$patch') !== 'replace') own[index] = merged;
      added = set(added, merged, keys, values);
    }
    return this.#append(added, own, keys);
  }

  /** The distinct key values of the items; a value left out is taken from an item that agrees in the rest. */
  #rows(items: readonly Tree[]): string[][] {
    const rows: string[][] = [];
    for (const item of items) {
      const row = this.#keys.map((key) => textAt(item, key) ?? '');
      if (!rows.some((other) => other.every((value, i) => value === row[i]))) rows.push(row);
    }
    if (this.#keys.length === 1) return rows;
    for (let i = 0; i < rows.length; i++) {
      const left = rows[i] ?? [];
      for (let j = 0; j < rows.length; j++) {
        const joined = joinRows(left, rows[j] ?? []);
        if (joined === undefined) continue;
        rows[i] = joined;
        rows[j] = joined;
      }
    }
    return rows;
  }

  /** Puts the object's own items where merged ones stand, or at the end. */
  #append(added: Tree[], own: readonly Tree[], keys: readonly string[]): Tree[] {
    let items = added;
    for (const item of own) {
      const values = keys.map((key) => textAt(item, key)).filter((value) => value !== undefined);
      if (values.length === 0) {
        if (!items.includes(item)) items.push(item);
        continue;
      }
      if (keys.length > 1) remove(items, keys, values);
      items = set(items, item, keys, values);
    }
    return items;
  }
}

function holds(item: Tree, wanted: readonly (readonly [string, string])[]): boolean {
  if (wanted.length === 0) return false;
  return item.kind === 'mapping' && wanted.every(([key, value]) => textAt(item, key) === value);
}

/** An empty value is held by every item that has the key; keys beyond the values are not looked at. */
function matches(item: Tree, keys: readonly string[], values: readonly string[]): boolean {
  if (item.kind !== 'mapping' || values.length === 0) return false;
  return values.every((value, i) => {
    const key = keys[i] ?? '';
    return value === '' ? item.entries.has(key) : textAt(item, key) === value;
  });
}

function remove(items: Tree[], keys: readonly string[], values: readonly string[]): void {
  const kept = items.filter((item) => !matches(item, keys, values));
  items.splice(0, items.length, ...kept);
}

function set(items: readonly Tree[], item: Tree, keys: readonly string[], values: readonly string[]): Tree[] {
  let isFound = false;
  const out = items.map((other) => {
    if (!matches(other, keys, values)) return other;
    isFound = true;
    return item;
  });
  return isFound ? out : [...out, item];
}

/** Two rows that agree in a key and contradict each other in none, made one. */
function joinRows(a: readonly string[], b: readonly string[]): string[] | undefined {
  let agrees = false;
  const joined: string[] = [];
  for (const [i, value] of a.entries()) {
    const other = b[i] ?? '';
    if (value === other) agrees = true;
    else if (value !== '' && other !== '') return undefined;
    joined.push(value === '' ? other : value);
  }
  return agrees ? joined : undefined;
}

function complete(item: Tree, keys: readonly string[], values: readonly string[]): void {
  if (item.kind !== 'mapping') return;
  for (const [i, key] of keys.entries()) {
    const value = values[i] ?? '';
    if (value !== '' && !item.entries.has(key)) item.entries.set(key, keyScalar(value, item));
  }
}

/** A key value that another item brought; ports are numbers. */
function keyScalar(value: string, item: MappingTree): ScalarTree {
  return scalarTree(/^\d{1,9}$/.test(value) ? Number(value) : value, item.place);
}
