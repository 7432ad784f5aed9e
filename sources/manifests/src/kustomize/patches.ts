import { fault } from './fault.ts';
import {
  anyId,
  currentId,
  describeId,
  type Item,
  idOfTree,
  rememberId,
  sameId,
  setName,
  setNamespace,
} from './item.ts';
import { applyJsonPatch, type JsonOperation, jsonOperations } from './json-patch.ts';
import type { Place } from './place.ts';
import { mappingItems, targetSelector, textItems } from './selector.ts';
import { strategicMerge } from './strategic-merge.ts';
import { type BuildState, isTrue } from './transformers.ts';
import { type MappingTree, scalarTree, type Tree, textAt } from './tree.ts';

/** Reads the documents of a patch: a file, or a text that stands in the kustomization. */
export interface PatchReader {
  file(path: string, at: Place): Tree[];
  inline(text: string, host: Place): Tree[];
}

interface Patch {
  documents: Tree[];
  target: Tree | undefined;
  options: Tree | undefined;
  place: Place;
}

/** `patchesStrategicMerge:`: paths or texts. */
export function applyStrategicMergePatches(
  items: Item[],
  kustomization: MappingTree,
  read: PatchReader,
  state: BuildState,
): void {
  for (const { text, place } of textItems(
    kustomization.entries.get('patchesStrategicMerge'),
    'patchesStrategicMerge',
  )) {
    const documents = /[\n{:]/.test(text.trim()) ? read.inline(text, place) : read.file(text, place);
    if (documents.length === 0) throw fault('the patch is empty', place);
    for (const document of documents) mergeById(items, asPatch(document), undefined, state);
  }
}

/** `patches:`: strategic merge or JSON 6902, told apart by what they hold. */
export function applyPatches(
  items: Item[],
  patches: readonly MappingTree[],
  read: PatchReader,
  state: BuildState,
): void {
  for (const entry of patches) applyPatch(items, readPatch(entry, read), state);
}

function readPatch(entry: MappingTree, read: PatchReader): Patch {
  const path = textAt(entry, 'path') ?? '';
  const inline = entry.entries.get('patch');
  const text = textAt(entry, 'patch') ?? '';
  if ((path === '') === (text.trim() === ''))
    throw fault('a patch has either a path or a patch', entry.place);
  const documents =
    path !== '' || inline === undefined
      ? read.file(path, entry.entries.get('path')?.place ?? entry.place)
      : read.inline(text, inline.place);
  return {
    documents,
    target: entry.entries.get('target'),
    options: entry.entries.get('options'),
    place: entry.place,
  };
}

function applyPatch(items: Item[], patch: Patch, state: BuildState): void {
  const [first] = patch.documents;
  if (first === undefined) throw fault('the patch is empty', patch.place);
  const operations = patch.documents.length === 1 ? jsonOperations(first) : undefined;
  if (operations !== undefined) {
    if (patch.target === undefined) throw fault('a JSON patch must have a target', patch.place);
    applyToSelected(items, patch.target, operations, true, state);
    return;
  }
  const merges = patch.documents.map(asPatch);
  if (patch.target === undefined) {
    for (const merge of merges) mergeById(items, merge, patch.options, state);
    return;
  }
  const [merge] = merges;
  if (merge === undefined || merges.length > 1)
    throw fault('a patch with a target holds one document', patch.place);
  const selects = targetSelector(patch.target);
  for (const item of items.filter(selects)) mergeInto(items, item, merge, patch.options, state);
}

/** `patchesJson6902:`. */
export function applyJsonPatches(
  items: Item[],
  kustomization: MappingTree,
  read: PatchReader,
  state: BuildState,
): void {
  for (const entry of mappingItems(kustomization.entries.get('patchesJson6902'), 'patchesJson6902')) {
    const { documents, target, place } = readPatch(entry, read);
    const [first] = documents;
    const operations = first === undefined ? undefined : jsonOperations(first);
    if (operations === undefined) throw fault('the patch is no list of JSON patch operations', place);
    if (target === undefined || (textAt(target, 'name') ?? '') === '')
      throw fault('the target has no name', place);
    applyToSelected(items, target, operations, false, state);
  }
}

function applyToSelected(
  items: readonly Item[],
  target: Tree,
  operations: readonly JsonOperation[],
  remembers: boolean,
  { copier }: BuildState,
): void {
  const selects = targetSelector(target);
  for (const item of items.filter(selects)) {
    if (remembers) rememberId(item);
    applyJsonPatch(item.root, operations, copier);
  }
}

function asPatch(document: Tree): MappingTree {
  if (document.kind !== 'mapping')
    throw fault('the patch is neither an object nor a list of operations', document.place);
  const { kind, name } = idOfTree(document);
  if (kind === '' || name === '')
    throw fault('a strategic merge patch needs kind and metadata.name', document.place);
  return document;
}

function mergeById(items: Item[], patch: MappingTree, options: Tree | undefined, state: BuildState): void {
  const id = idOfTree(patch);
  const matches = items.filter((item) => anyId(item, (other) => sameId(other, id)));
  const [item] = matches;
  if (item === undefined || matches.length > 1) {
    if (item === undefined && !state.complete) return;
    const count = item === undefined ? 'nothing' : `${matches.length} objects`;
    throw fault(`the patch is for ${describeId(id)}, and ${count} matches`, patch.place);
  }
  mergeInto(items, item, patch, options, state);
}

/** Merges one patch; name, kind and namespace stay what they are unless the options allow a change. */
function mergeInto(
  items: Item[],
  item: Item,
  patch: MappingTree,
  options: Tree | undefined,
  { copier }: BuildState,
): void {
  const keepsName = options === undefined || !isTrue(options, 'allowNameChange');
  const keepsKind = options === undefined || !isTrue(options, 'allowKindChange');
  if (!keepsName || !keepsKind) rememberId(item);
  const before = currentId(item);
  const apiVersion = item.root.entries.get('apiVersion');
  const kind = item.root.entries.get('kind');
  const name = item.root.entries.get('metadata');
  const namespace = name?.kind === 'mapping' ? name.entries.get('namespace') : undefined;
  const merged = strategicMerge(item.root, copier.copy(patch, patch.place));
  if (merged === undefined) {
    items.splice(items.indexOf(item), 1);
    return;
  }
  if (apiVersion !== undefined) merged.entries.set('apiVersion', apiVersion);
  if (keepsKind && kind !== undefined) merged.entries.set('kind', kind);
  const oldName = name?.kind === 'mapping' ? name.entries.get('name') : undefined;
  item.root = merged;
  if (keepsName) {
    setName(item, before.name, merged.place);
    const metadata = merged.entries.get('metadata');
    if (metadata?.kind === 'mapping' && oldName !== undefined)
      metadata.entries.set('name', scalarTree(before.name, oldName.place));
  }
  setNamespace(item, before.namespace, namespace?.place ?? merged.place);
}
