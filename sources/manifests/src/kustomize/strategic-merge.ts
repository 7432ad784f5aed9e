import { fault } from './fault.ts';
import { ItemMerger } from './merge-items.ts';
import { type FieldRule, type MergeType, mergeTypeOf } from './merge-schema.ts';
import { isWrittenEmpty } from './place.ts';
import {
  isNull,
  type MappingTree,
  mappingTree,
  type SequenceTree,
  scalarText,
  sequenceTree,
  type Tree,
  textAt,
} from './tree.ts';

/**
 * Strategic merge of `patch` into `target`, as kustomize does it: nulls delete, `$patch` directives replace or
 * delete, lists with merge keys merge item by item with those of the patch first, other lists are replaced.
 * Returns undefined when the patch deletes the object. The target is left as it is; the patch goes into what comes out, so callers copy one that they need again.
 */
export function strategicMerge(target: MappingTree, patch: MappingTree): MappingTree | undefined {
  const schema = mergeTypeOf(textAt(target, 'apiVersion') ?? '', textAt(target, 'kind') ?? '');
  const merged = mergeNode(target, patch, schema === undefined ? undefined : { type: schema });
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
  if (kind === 'scalar') return patch !== undefined && isNull(patch) ? undefined : (patch ?? target);
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
  const itemRule = rule?.type === undefined ? undefined : { type: rule.type };
  if (keys.length === 0) merged.items = mergeValues(patch, base);
  else merged.items = new ItemMerger(keys, (from, by) => mergeNode(from, by, itemRule)).merge(patch, base);
  // A directive that found nothing to act on is not part of the object.
  merged.items = merged.items.filter((item) => item.kind !== 'mapping' || !item.entries.has('$patch'));
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
