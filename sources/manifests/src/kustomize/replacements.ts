import type { TreeCopier } from './copier.ts';
import { fault } from './fault.ts';
import { findFields, splitDottedPath } from './field-path.ts';
import {
  currentId,
  describeId,
  type Item,
  namespaceOf,
  previousIds,
  type ResourceId,
  selectsKind,
} from './item.ts';
import { anchoredPattern } from './pattern.ts';
import type { Place } from './place.ts';
import { labelSelector, mappingItems, textItems } from './selector.ts';
import { type BuildState, isTrue } from './transformers.ts';
import {
  childOf,
  isNull,
  type MappingTree,
  type Scalar,
  scalarText,
  scalarTree,
  type Tree,
  textAt,
} from './tree.ts';

const defaultPath = 'metadata.name';

/** `replacements:`: copies a value of one object into fields of others. */
export function applyReplacements(
  items: readonly Item[],
  replacements: readonly MappingTree[],
  state: BuildState,
): void {
  for (const replacement of replacements) {
    const value = sourceValue(items, replacement, state);
    if (value === undefined) continue;
    for (const target of mappingItems(replacement.entries.get('targets'), 'targets'))
      applyTarget(items, target, value, state);
  }
}

function sourceValue(items: readonly Item[], replacement: MappingTree, state: BuildState): Tree | undefined {
  const fixed = replacement.entries.get('sourceValue');
  if (fixed !== undefined) return state.copier.copy(fixed, fixed.place);
  const source = replacement.entries.get('source');
  if (source?.kind !== 'mapping') throw fault('a replacement has a source', replacement.place);
  const wanted = selectorOf(source);
  const matches = items.filter((item) => idsOf(item).some((id) => wanted(id)));
  const [item] = matches;
  if (item === undefined && !state.complete) return undefined;
  if (item === undefined || matches.length > 1)
    throw fault(`the source matches ${matches.length} objects`, source.place);
  const path = textAt(source, 'fieldPath') ?? defaultPath;
  const [slot] = findFields({ tree: item.root, replace: () => undefined }, splitDottedPath(path), undefined);
  if (slot === undefined || isNull(slot.tree))
    throw fault(`${path} is not in ${describeId(currentId(item))}`, source.place);
  return refined(state.copier.copy(slot.tree, source.place), childOf(source, 'options'));
}

function refined(value: Tree, options: Tree | undefined): Tree {
  const delimiter = options === undefined ? '' : (textAt(options, 'delimiter') ?? '');
  if (options === undefined || delimiter === '') return value;
  const text = scalarText(value);
  if (text === undefined) throw fault('a delimiter needs a plain value', options.place);
  const index = Number(textAt(options, 'index') ?? 0);
  const part = text.split(delimiter)[index];
  if (part === undefined) throw fault(`there is no part ${index} in ${text}`, options.place);
  return scalarTree(typeof scalarOf(value) === 'number' ? resolved(part) : part, value.place);
}

function scalarOf(tree: Tree): Scalar {
  return tree.kind === 'scalar' ? tree.value : null;
}

/** Exact names, empty for any. */
function selectorOf(tree: Tree): (id: ResourceId) => boolean {
  const text = (key: string) => textAt(tree, key) ?? '';
  const kind = { group: text('group'), version: text('version'), kind: text('kind') };
  const [name, namespace] = [text('name'), text('namespace')];
  return (id) =>
    selectsKind(kind, id) &&
    (name === '' || name === id.name) &&
    (namespace === '' || namespace === namespaceOf(id));
}

/** The names that it had and has; former ones have a namespace always. */
function idsOf(item: Item): ResourceId[] {
  return [...previousIds(item), currentId(item)];
}

function applyTarget(items: readonly Item[], target: MappingTree, value: Tree, { copier }: BuildState): void {
  const select = target.entries.get('select');
  if (select?.kind !== 'mapping') throw fault('a target of a replacement has a select', target.place);
  const selected = patternSelector(select);
  const rejects = mappingItems(target.entries.get('reject'), 'reject').map((tree) => rejection(tree));
  const written = textItems(target.entries.get('fieldPaths'), 'fieldPaths');
  const paths = written.length > 0 ? written : [{ text: defaultPath, place: target.place }];
  const options = target.entries.get('options');
  for (const item of items) {
    const ids = idsOf(item);
    if (
      !ids.some((id) => selected.id(id)) ||
      !selected.labels(item) ||
      rejects.some((reject) => reject(item, ids))
    )
      continue;
    for (const { text, place } of paths) copyInto(item, text, value, options, { place, copier });
  }
}

function patternSelector(tree: Tree) {
  const test = (key: string) => anchoredPattern(textAt(tree, key) ?? '', tree.place);
  const [group, version, kind] = [test('group'), test('version'), test('kind')];
  const [name, namespace] = [test('name'), test('namespace')];
  const labels = labelSelector(textAt(tree, 'labelSelector') ?? '', tree.place);
  const annotations = labelSelector(textAt(tree, 'annotationSelector') ?? '', tree.place);
  return {
    id: (id: ResourceId) =>
      group(id.group) && version(id.version) && kind(id.kind) && name(id.name) && namespace(id.namespace),
    labels: (item: Item) =>
      labels((key) => textAt(item.root, 'metadata', 'labels', key)) &&
      annotations((key) => textAt(item.root, 'metadata', 'annotations', key)),
  };
}

/** Names and labels of a `reject` each reject on their own. */
function rejection(tree: MappingTree): (item: Item, ids: readonly ResourceId[]) => boolean {
  const selector = patternSelector(tree);
  const hasId = ['group', 'version', 'kind', 'name', 'namespace'].some(
    (key) => (textAt(tree, key) ?? '') !== '',
  );
  const hasLabels = ['labelSelector', 'annotationSelector'].some((key) => (textAt(tree, key) ?? '') !== '');
  return (item, ids) => (hasLabels && selector.labels(item)) || (hasId && ids.some(selector.id));
}

function copyInto(
  item: Item,
  path: string,
  value: Tree,
  options: Tree | undefined,
  { place, copier }: Writing,
): void {
  const creates = options !== undefined && isTrue(options, 'create');
  const create = creates ? { kind: value.kind, place: value.place } : undefined;
  const slots = findFields({ tree: item.root, replace: () => undefined }, splitDottedPath(path), create);
  if (slots.length === 0) throw fault(`${path} is not in ${describeId(currentId(item))}`, place);
  for (const { tree, replace } of slots) replace(joined(tree, value, options, { place, copier }));
}

/** Where a replacement says what it writes to, and what it copies with. */
interface Writing {
  readonly place: Place;
  readonly copier: TreeCopier;
}

/** The value for a field: as it is, or as one of the parts of the text that stands there. */
function joined(field: Tree, value: Tree, options: Tree | undefined, { place, copier }: Writing): Tree {
  const delimiter = options === undefined ? '' : (textAt(options, 'delimiter') ?? '');
  let text = scalarText(value);
  if (options !== undefined && delimiter !== '') {
    if (field.kind !== 'scalar' || text === undefined)
      throw fault('a delimiter needs plain values', options.place);
    const parts = (scalarText(field) ?? '').split(delimiter);
    const index = Number(textAt(options, 'index') ?? 0);
    if (index < 0) parts.unshift(text);
    else if (index >= parts.length) parts.push(text);
    else parts[index] = text;
    text = copier.text(parts.join(delimiter), place);
  }
  if (field.kind !== 'scalar' || text === undefined) return copier.copy(value, place);
  // A plain field keeps its type, one that was made takes that of the text.
  return scalarTree(typeof field.value === 'string' ? text : resolved(text), value.place);
}

/** The value that YAML gives to a plain text. */
function resolved(text: string): Scalar {
  if (/^-?(0|[1-9]\d{0,14})(\.\d{1,15})?$/.test(text)) return Number(text);
  return text === 'true' ? true : text === 'false' ? false : text;
}
