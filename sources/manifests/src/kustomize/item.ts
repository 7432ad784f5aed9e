import { splitApiVersion } from '@keelson/kubernetes';
import type { Place } from './place.ts';
import { isCertainlyClusterScoped } from './scope.ts';
import { type MappingTree, mappingAt, objectOfTree, scalarTree, type Tree, textAt } from './tree.ts';

/** What names an object; an empty namespace means that none is written. */
export interface ResourceId {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/** An object under way through a build. */
export interface Item {
  root: MappingTree;
  /** Names that it had before, oldest first; what refers to it may use any of them. */
  previous: { name: string; namespace: string; kind: string }[];
  prefixes: string[];
  suffixes: string[];
  /** What its generator says of an object that is already there. */
  behavior: 'create' | 'merge' | 'replace';
  needsHash: boolean;
  /** Vars whose value comes from this object. */
  vars: string[];
}

export function makeItem(root: MappingTree): Item {
  return { root, previous: [], prefixes: [], suffixes: [], behavior: 'create', needsHash: false, vars: [] };
}

export function idOfTree(root: Tree): ResourceId {
  const { group, version } = splitApiVersion(textAt(root, 'apiVersion') ?? '');
  return {
    group,
    version,
    kind: textAt(root, 'kind') ?? '',
    name: textAt(root, 'metadata', 'name') ?? '',
    namespace: textAt(root, 'metadata', 'namespace') ?? '',
  };
}

export function currentId(item: Item): ResourceId {
  return idOfTree(item.root);
}

export function previousIds(item: Item): ResourceId[] {
  if (item.previous.length === 0) return [];
  const { group, version } = currentId(item);
  return item.previous.map((previous) => ({ group, version, ...previous }));
}

/** The name that the object was read with. */
export function originalId(item: Item): ResourceId {
  return previousIds(item)[0] ?? currentId(item);
}

export function anyId(item: Item, test: (id: ResourceId) => boolean): boolean {
  return previousIds(item).some(test) || test(currentId(item));
}

/** Remembers the present name, before it changes. */
export function rememberId(item: Item): void {
  const id = currentId(item);
  item.previous.push({ name: id.name, namespace: namespaceOf(id), kind: id.kind });
}

const noNamespace = '\0cluster';

/** The namespace that ids are compared by: a fixed word for cluster-scoped kinds, `default` when none is written. */
export function namespaceOf(id: ResourceId): string {
  if (isClusterScopedId(id)) return noNamespace;
  return id.namespace === '' ? 'default' : id.namespace;
}

export function isClusterScopedId(id: ResourceId): boolean {
  return isCertainlyClusterScoped(id.group === '' ? id.version : `${id.group}/${id.version}`, id.kind);
}

/** A text that is equal for ids that `sameId` calls equal. */
export function idKey(id: ResourceId): string {
  return [id.group, id.version, id.kind, namespaceOf(id), id.name].join('\0');
}

/** Items by the key of every id that they have or had. */
export type ItemsById = Map<string, Set<Item>>;

export function itemsById(items: readonly Item[]): ItemsById {
  const known: ItemsById = new Map();
  for (const item of items) {
    for (const id of [...previousIds(item), currentId(item)]) {
      const key = idKey(id);
      const same = known.get(key);
      if (same === undefined) known.set(key, new Set([item]));
      else same.add(item);
    }
  }
  return known;
}

export function sameId(a: ResourceId, b: ResourceId): boolean {
  return sameName(a, b) && namespaceOf(a) === namespaceOf(b);
}

/** Equal but for the namespace. */
export function sameName(a: ResourceId, b: ResourceId): boolean {
  return a.group === b.group && a.version === b.version && a.kind === b.kind && a.name === b.name;
}

/** Group, version and kind; what is empty matches everything. */
export interface KindSelector {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export function selectsKind(selector: KindSelector, id: KindSelector): boolean {
  return (
    (selector.group === '' || selector.group === id.group) &&
    (selector.version === '' || selector.version === id.version) &&
    (selector.kind === '' || selector.kind === id.kind)
  );
}

/** `Deployment shop/web`, for messages. */
export function describeId(id: ResourceId): string {
  return `${id.kind} ${id.namespace === '' ? '' : `${id.namespace}/`}${id.name}`;
}

export function setName(item: Item, name: string, place: Place): void {
  const metadata = mappingAt(item.root, 'metadata', place);
  metadata.entries.set('name', scalarTree(name, metadata.entries.get('name')?.place ?? place));
}

export function setNamespace(item: Item, namespace: string, place: Place): void {
  const metadata = mappingAt(item.root, 'metadata', place);
  if (namespace === '') metadata.entries.delete('namespace');
  else metadata.entries.set('namespace', scalarTree(namespace, place));
}

export function itemObject(item: Item) {
  return objectOfTree(item.root);
}
