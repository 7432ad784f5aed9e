import { isUtf8 } from 'node:buffer';
import { fault } from './fault.ts';
import { baseName } from './file-system.ts';
import { currentId, describeId, type Item, type ItemsById, idKey, itemsById, makeItem } from './item.ts';
import type { Place } from './place.ts';
import { mappingItems, textEntries, textItems } from './selector.ts';
import { isTrue } from './transformers.ts';
import { type MappingTree, mappingAt, mappingTree, scalarTree, type Tree, textAt } from './tree.ts';

/** Reads a file that a generator names, within the load restriction. */
export type ReadBytes = (path: string, at: Place) => Uint8Array;

/** What generators read from and add to. */
export interface GeneratorContext {
  readonly items: Item[];
  readonly read: ReadBytes;
  /** Objects that the build may have. */
  readonly maxObjects: number;
}

/** Objects of `configMapGenerator` and `secretGenerator`, added to those that are there or merged into them. */
export function runGenerators(kustomization: MappingTree, context: GeneratorContext): void {
  let known: ItemsById | undefined;
  const defaults = kustomization.entries.get('generatorOptions');
  for (const [field, kind] of [
    ['configMapGenerator', 'ConfigMap'],
    ['secretGenerator', 'Secret'],
  ] as const) {
    for (const generator of mappingItems(kustomization.entries.get(field), field)) {
      known ??= itemsById(context.items);
      absorb(
        known,
        generate(generator, kind, optionsOf(generator, defaults), context.read),
        generator.place,
        context,
      );
    }
  }
}

/** Makes the object of one generator and adds it, or merges it into the one that is there. */
export function generateInto(
  generator: MappingTree,
  kind: 'ConfigMap' | 'Secret',
  context: GeneratorContext,
): void {
  const made = generate(generator, kind, optionsOf(generator, undefined), context.read);
  absorb(itemsById(context.items), made, generator.place, context);
}

function optionsOf(generator: MappingTree, defaults: Tree | undefined): (MappingTree | undefined)[] {
  return [generator.entries.get('options'), defaults].filter((tree) => tree?.kind === 'mapping');
}

function generate(
  generator: MappingTree,
  kind: 'ConfigMap' | 'Secret',
  options: readonly (MappingTree | undefined)[],
  read: ReadBytes,
): Item {
  const { place } = generator;
  const name = textAt(generator, 'name') ?? '';
  if (name === '') throw fault(`a ${kind} must have a name`, place);
  const root = mappingTree(place);
  root.entries.set('apiVersion', scalarTree('v1', place));
  root.entries.set('kind', scalarTree(kind, place));
  const metadata = mappingAt(root, 'metadata', place);
  metadata.entries.set('name', scalarTree(name, generator.entries.get('name')?.place ?? place));
  const namespace = generator.entries.get('namespace');
  const namespaceText = textAt(generator, 'namespace') ?? '';
  if (namespace !== undefined && namespaceText !== '')
    metadata.entries.set('namespace', scalarTree(namespaceText, namespace.place));
  if (kind === 'Secret') {
    const type = generator.entries.get('type');
    root.entries.set('type', scalarTree(textAt(generator, 'type') ?? 'Opaque', type?.place ?? place));
    mappingAt(root, 'data', place);
  }
  addData(root, kind, pairsOf(generator, read));
  const item = makeItem(root);
  applyOptions(item, options);
  const behavior = textAt(generator, 'behavior') ?? '';
  if (behavior === 'merge' || behavior === 'replace') item.behavior = behavior;
  return item;
}

interface Pair {
  key: string;
  value: Uint8Array;
  place: Place;
}

function pairsOf(generator: MappingTree, read: ReadBytes): Pair[] {
  const field = (name: string) => textItems(generator.entries.get(name), name);
  const single = generator.entries.get('env');
  const env =
    single?.kind === 'scalar' && single.value !== ''
      ? [{ text: String(single.value), place: single.place }]
      : [];
  const pairs: Pair[] = [];
  for (const { text, place } of [...field('envs'), ...env]) pairs.push(...envPairs(read(text, place), place));
  for (const { text, place } of field('literals')) {
    const equals = text.indexOf('=');
    if (equals < 1) throw fault(`the literal ${text} is not key=value`, place);
    pairs.push({ key: text.slice(0, equals), value: Buffer.from(unquote(text.slice(equals + 1))), place });
  }
  for (const { text, place } of field('files')) {
    const parts = text.split('=');
    const [first = '', path = first] = parts;
    if (parts.length > 2 || first === '' || path === '')
      throw fault(`the file ${text} is not [key=]path`, place);
    pairs.push({ key: parts.length === 1 ? baseName(path) : first, value: read(path, place), place });
  }
  checkKeys(pairs);
  return pairs;
}

function checkKeys(pairs: readonly Pair[]): void {
  const seen = new Set<string>();
  for (const { key, place } of pairs) {
    if (!/^[-._a-zA-Z0-9]{1,253}$/.test(key)) throw fault(`${key} is not a valid key`, place);
    if (seen.has(key)) throw fault(`the key ${key} is given twice`, place);
    seen.add(key);
  }
}

/** Lines of `key=value`; blank ones and comments are left out. */
function envPairs(bytes: Uint8Array, place: Place): Pair[] {
  if (!isUtf8(bytes)) throw fault('the env file is not UTF-8', place);
  const pairs: Pair[] = [];
  for (const line of Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)) {
    const text = line.trimStart();
    if (text === '' || text.startsWith('#')) continue;
    const equals = text.indexOf('=');
    const key = equals < 0 ? text : text.slice(0, equals);
    if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(key)) throw fault(`${key} is not the name of a variable`, place);
    pairs.push({ key, value: Buffer.from(equals < 0 ? '' : text.slice(equals + 1)), place });
  }
  return pairs;
}

function unquote(text: string): string {
  const quote = text.charAt(0);
  return text.length >= 2 && (quote === '"' || quote === "'") && text.endsWith(quote)
    ? text.slice(1, -1)
    : text;
}

function addData(root: MappingTree, kind: 'ConfigMap' | 'Secret', pairs: readonly Pair[]): void {
  const sorted = [...pairs].sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const { key, value, place } of sorted) {
    const isText = kind === 'ConfigMap' && isUtf8(value);
    const field = kind === 'Secret' || isText ? 'data' : 'binaryData';
    const text = isText ? Buffer.from(value).toString('utf8') : wrappedBase64(value);
    mappingAt(root, field, place).entries.set(key, scalarTree(text, place));
  }
}

/** Base64 in lines of 70 characters, each with its line end, unless all fits into one. */
function wrappedBase64(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('base64');
  return text.length < 70 ? text : text.replace(/.{1,70}/g, '$&\n');
}

/** The generator's own options win over `generatorOptions`, but for flags, which either may set. */
function applyOptions(item: Item, options: readonly (MappingTree | undefined)[]): void {
  for (const field of ['labels', 'annotations'] as const) {
    for (const option of options) {
      for (const { key, text, place } of textEntries(option?.entries.get(field), field)) {
        const entries = mappingAt(mappingAt(item.root, 'metadata', place), field, place).entries;
        if (!entries.has(key)) entries.set(key, scalarTree(text, place));
      }
    }
  }
  const given = options.filter((option) => option !== undefined);
  item.needsHash = !given.some((option) => isTrue(option, 'disableNameSuffixHash'));
  const immutable = given.find((option) => isTrue(option, 'immutable'));
  if (immutable !== undefined) item.root.entries.set('immutable', scalarTree(true, immutable.place));
}

function absorb(known: ItemsById, made: Item, at: Place, { items, maxObjects }: GeneratorContext): void {
  const id = currentId(made);
  const matches = known.get(idKey(id)) ?? new Set();
  const [old] = matches;
  if (old === undefined) {
    if (made.behavior !== 'create') throw fault(`there is no ${describeId(id)} to ${made.behavior}`, at);
    if (items.length >= maxObjects) throw fault(`the build has more than maxObjects (${maxObjects})`, at);
    items.push(made);
    known.set(idKey(id), new Set([made]));
    return;
  }
  if (matches.size > 1) throw fault(`more than one object is ${describeId(id)}`, at);
  if (made.behavior === 'create')
    throw fault(`${describeId(id)} is there already; behavior must be merge or replace`, at);
  mergeGenerated(old, made);
}

/** What a later generator makes of an earlier one: it keeps the name, and for `merge` the data that it does not give. */
function mergeGenerated(old: Item, made: Item): void {
  const { place } = made.root;
  const metadata = mappingAt(made.root, 'metadata', place);
  const oldMetadata = mappingAt(old.root, 'metadata', place);
  for (const key of ['name', 'namespace']) {
    const value = oldMetadata.entries.get(key);
    if (value === undefined) metadata.entries.delete(key);
    else metadata.entries.set(key, value);
  }
  fillFrom(metadata, oldMetadata, ['labels', 'annotations']);
  if (made.behavior === 'merge') fillFrom(made.root, old.root, ['data', 'binaryData']);
  old.root = made.root;
  old.needsHash &&= made.needsHash;
}

function fillFrom(into: MappingTree, from: MappingTree, keys: readonly string[]): void {
  for (const key of keys) {
    const source = from.entries.get(key);
    if (source?.kind !== 'mapping') continue;
    const target = mappingAt(into, key, source.place);
    for (const [name, value] of source.entries)
      if (!target.entries.has(name)) target.entries.set(name, value);
  }
}
