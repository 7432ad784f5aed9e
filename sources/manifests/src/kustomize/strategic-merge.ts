import { fault } from './fault.ts';
import { type FieldRule, type MergeType, mergeTypeOf } from './merge-schema.ts';
import { isWrittenEmpty } from './place.ts';
import {
  copyTree,
  isNull,
  type MappingTree,
  mappingTree,
  type ScalarTree,
  type SequenceTree,
  scalarText,
  scalarTree,
  sequenceTree,
  type Tree,
  textAt,
} from './tree.ts';

/**
 * Strategic merge of `patch` into `target`, as kustomize does it: nulls delete, `$patch` directives replace or
 * delete, lists with merge keys merge item by item with those of the patch first, other lists are replaced.
 * Returns undefined when the patch deletes the object. Both trees are left as they are.
 */
export function strategicMerge(target: MappingTree, patch: MappingTree): MappingTree | undefined {
  const schema = mergeTypeOf(textAt(target, 'apiVersion') ?? '', textAt(target, 'kind') ?? '');
  const merged = mergeNode(target, copyTree(patch), schema === undefined ? undefined : { type: schema });
  if (merged === undefined) return undefined;
  if (merged.kind !== 'mapping') throw fault('the patch is not a mapping', patch.place);
  return merged;
}

function mergeNode(
  target: Tree | undefined,
  patch: Tree | undefined,
  rule: FieldRule | undefined,
): Tree | undefined {
  const kind = isNull(target) ? (isNull(patch) ? 'null' : patch?.kind) : target?.kind;
  for (const side of [target, patch]) {
    if (kind !== 'null' && side !== undefined && !isNull(side) && side.kind !== kind) {
      throw fault(`the patch has a ${patch?.kind} where the object has a ${target?.kind}`, side.place);
    }
  }
  if (kind === 'null') return mergeNulls(target, patch);
  if (kind === 'scalar') return patch ?? target;
  if (kind === 'sequence') return mergeLists(asSequence(target), patch, rule);
  return mergeMaps(asMapping(target), patch, rule);
}

/** A null that the object writes out stays unless the patch speaks of the field. */
function mergeNulls(target: Tree | undefined, patch: Tree | undefined): Tree | undefined {
  if (patch !== undefined || target === undefined || isWrittenEmpty(target.place)) return undefined;
  return target;
}

function asSequence(tree: Tree | undefined): SequenceTree | undefined {
  return tree?.kind === 'sequence' ? tree : undefined;
}

function asMapping(tree: Tree | undefined): MappingTree | undefined {
  return tree?.kind === 'mapping' ? tree : undefined;
}

type Directive = 'merge' | 'replace' | 'delete';

function directiveOf(text: string | undefined, at: Tree): Directive {
  if (text === 'merge' || text === 'replace' || text === 'delete') return text;
  throw fault(`$patch is one of merge, replace and delete, not ${text}`, at.place);
}

function mergeMaps(
  target: MappingTree | undefined,
  patchNode: Tree | undefined,
  rule: FieldRule | undefined,
): Tree | undefined {
  if (patchNode !== undefined && patchNode.kind !== 'mapping') return undefined;
  const patch = patchNode;
  const written = patch?.entries.get('$patch');
  if (patch !== undefined && written !== undefined) {
    const directive = directiveOf(scalarText(written), written);
    patch.entries.delete('$patch');
    if (directive === 'delete') return undefined;
    if (directive === 'replace' && target !== undefined) return mergeMaps(undefined, patch, rule);
  }
  const merged = mappingTree(target?.place ?? patch?.place ?? missing());
  const keys = new Set([...(target?.entries.keys() ?? []), ...(patch?.entries.keys() ?? [])]);
  const schema = rule?.type ?? schemaOfNested(target ?? patch);
  for (const key of keys) {
    const field = schema === undefined || !Object.hasOwn(schema.fields, key) ? undefined : schema.fields[key];
    const value = mergeNode(target?.entries.get(key), patch?.entries.get(key), field);
    if (value !== undefined) merged.entries.set(key, value);
  }
  return merged;
}

function missing(): never {
  throw fault('a merge of nothing', undefined);
}

/** An object inside an object (a claim template, an item of a List) brings its own rules. */
function schemaOfNested(tree: MappingTree | undefined): MergeType | undefined {
  if (tree === undefined) return undefined;
  const apiVersion = textAt(tree, 'apiVersion');
  const kind = textAt(tree, 'kind');
  return apiVersion === undefined || kind === undefined ? undefined : mergeTypeOf(apiVersion, kind);
}

function mergeLists(
  target: SequenceTree | undefined,
  patchNode: Tree | undefined,
  rule: FieldRule | undefined,
): Tree | undefined {
  const keys = rule?.merge;
  if (keys === undefined)
    return isNull(patchNode) && patchNode !== undefined ? undefined : (patchNode ?? target);
  if (patchNode !== undefined && patchNode.kind !== 'sequence') return undefined;
  let patch = patchNode;
  const directive = patch === undefined ? 'merge' : takeListDirective(patch);
  if (directive === 'delete') return undefined;
  let base = target;
  if (directive === 'replace' && patch !== undefined) {
    base = undefined;
    patch = sequenceTree(patch.place, patch.items);
  }
  const merged = sequenceTree((base ?? patch)?.place ?? missing());
  if (keys.length === 0) merged.items = mergeValues(patch, base);
  else merged.items = new ItemMerger(keys, rule?.type).merge(patch, base);
  return merged;
}

/** An item that holds `$patch` alone (or with one more key) speaks of the whole list. */
function takeListDirective(patch: SequenceTree): Directive {
  const index = patch.items.findIndex((item) => item.kind === 'mapping' && item.entries.has('$patch'));
  const item = patch.items[index];
  if (item?.kind !== 'mapping' || item.entries.size > 1) return 'merge';
  patch.items.splice(index, 1);
  return directiveOf(textAt(item, '$patch'), item);
}

function mergeValues(patch: SequenceTree | undefined, base: SequenceTree | undefined): Tree[] {
  const seen = new Set<string>();
  return [...(patch?.items ?? []), ...(base?.items ?? [])].filter((item) => {
    const text = scalarText(item) ?? '';
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}

/** Merges the items of a list whose items are told apart by one or several keys. */
class ItemMerger {
  readonly #keys: readonly string[];
  readonly #type: MergeType | undefined;

  constructor(keys: readonly string[], type: MergeType | undefined) {
    this.#keys = keys;
    this.#type = type;
  }

  merge(patch: SequenceTree | undefined, base: SequenceTree | undefined): Tree[] {
    const rows = this.#rows([...(patch?.items ?? []), ...(base?.items ?? [])]);
    const used = this.#keys.filter((_, i) => rows.some((row) => row[i] !== ''));
    const added: { row: readonly string[]; tree: Tree }[] = [];
    const consumed = new Set<Tree>();
    for (const row of rows) {
      const from = this.#find(base, row, consumed);
      const by = this.#find(patch, row, undefined);
      if (from !== undefined) consumed.add(from);
      const merged = mergeNode(
        from,
        by === undefined ? undefined : copyTree(by),
        this.#type === undefined ? undefined : { type: this.#type },
      );
      if (merged === undefined || (merged.kind === 'mapping' && merged.entries.size === 0)) continue;
      this.#complete(merged, row, used);
      const same = added.find((other) => sameRow(other.row, row));
      if (same === undefined) added.push({ row, tree: merged });
      else same.tree = merged;
    }
    return added.map(({ tree }) => tree);
  }

  /** The distinct key values of the items; a value left out is taken from an item that agrees in the rest. */
  #rows(items: readonly Tree[]): string[][] {
    let rows: string[][] = [];
    for (const item of items) {
      const row = this.#keys.map((key) => textAt(item, key) ?? '');
      if (!rows.some((other) => sameRow(other, row))) rows.push(row);
    }
    if (this.#keys.length > 1) {
      rows = [...rows];
      for (let i = 0; i < rows.length; i++) {
        const left = rows[i] ?? [];
        for (let j = 0; j < rows.length; j++) {
          const joined = joinRows(left, rows[j] ?? []);
          if (joined === undefined) continue;
          rows[i] = joined;
          rows[j] = joined;
        }
      }
    }
    return rows;
  }

  #find(
    list: SequenceTree | undefined,
    row: readonly string[],
    consumed: ReadonlySet<Tree> | undefined,
  ): Tree | undefined {
    const wanted = this.#keys.flatMap((key, i) => (row[i] === '' ? [] : [[key, row[i]] as const]));
    if (wanted.length === 0) {
      return list?.items.find(
        (item) => this.#keys.every((key) => (textAt(item, key) ?? '') === '') && consumed?.has(item) !== true,
      );
    }
    return list?.items.find((item) => wanted.every(([key, value]) => textAt(item, key) === value));
  }

  #complete(item: Tree, row: readonly string[], used: readonly string[]): void {
    if (item.kind !== 'mapping') return;
    for (const [i, key] of this.#keys.entries()) {
      const value = row[i] ?? '';
      if (used.includes(key) && value !== '' && !item.entries.has(key))
        item.entries.set(key, keyScalar(value, item));
    }
  }
}

/** A key value that another item brought; ports are numbers. */
function keyScalar(value: string, item: MappingTree): ScalarTree {
  return scalarTree(/^\d{1,9}$/.test(value) ? Number(value) : value, item.place);
}

function sameRow(a: readonly string[], b: readonly string[]): boolean {
  return a.every((value, i) => value === b[i]);
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
