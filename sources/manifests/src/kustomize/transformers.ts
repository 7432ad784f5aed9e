import type { TreeCopier } from './copier.ts';
import type { TransformerConfig } from './default-config.ts';
import { fault } from './fault.ts';
import { mergeSpecs } from './field-merge.ts';
import { type FieldSpec, setEntries, splitFieldPath, visitField } from './field-spec.ts';
import {
  anyId,
  currentId,
  describeId,
  type Item,
  idKey,
  isClusterScopedId,
  originalId,
  rememberId,
  selectsKind,
} from './item.ts';
import { anchoredPattern, searchPattern } from './pattern.ts';
import type { Place } from './place.ts';
import { mappingItems, textEntries } from './selector.ts';
import { childOf, type MappingTree, mappingAt, scalarText, scalarTree, type Tree, textAt } from './tree.ts';

/** What the steps of a build share. */
export interface BuildState {
  /** False when objects are missing because they would have to be fetched: what needs them is then no fault. */
  complete: boolean;
  readonly copier: TreeCopier;
}

/** `namespace:`: the namespace of every object that has one, of the default account in bindings, and of a Namespace itself. */
export function setNamespaces(
  items: readonly Item[],
  namespace: Tree | undefined,
  config: TransformerConfig,
  settings: NamespaceSettings = {},
): void {
  const text = scalarText(namespace);
  if (namespace === undefined || text === undefined || text === '') return;
  const { place } = namespace;
  for (const item of items) {
    rememberId(item);
    const { root } = item;
    if (!isClusterScopedId(currentId(item))) {
      setOne(mappingAt(root, 'metadata', place), text, place, settings);
    }
    const isBinding = /^(Cluster)?RoleBinding$/.test(textAt(root, 'kind') ?? '');
    if (isBinding) setSubjects(root, text, place, settings);
    for (const spec of config.namespace) {
      const path = spec.path.join('/');
      if (path === 'metadata/namespace' || (isBinding && path === 'subjects/namespace')) continue;
      if (path === 'metadata/name' && textAt(root, 'apiVersion') !== 'v1') continue;
      visitField(root, spec, (slot) => slot.replace(scalarTree(text, place)), { kind: 'scalar', place });
    }
  }
  const seen = new Set<string>();
  for (const item of items) {
    const id = currentId(item);
    if (seen.has(idKey(id)))
      throw fault(`in namespace ${text} there would be two of ${describeId(id)}`, place);
    seen.add(idKey(id));
  }
}

/** Options that only a configured transformer has. */
export interface NamespaceSettings {
  /** Leaves namespaces that are written. */
  readonly unsetOnly?: boolean;
  /** Which accounts of bindings follow: `defaultOnly`, `allServiceAccounts` or `none`. */
  readonly subjects?: string | undefined;
}

function setOne(
  mapping: MappingTree,
  namespace: string,
  place: Place,
  { unsetOnly = false }: NamespaceSettings,
): void {
  const written = scalarText(mapping.entries.get('namespace')) ?? '';
  if (!unsetOnly || written === '') mapping.entries.set('namespace', scalarTree(namespace, place));
}

function setSubjects(root: MappingTree, namespace: string, place: Place, settings: NamespaceSettings): void {
  const subjects = root.entries.get('subjects');
  if (settings.subjects === 'none') return;
  for (const subject of subjects?.kind === 'sequence' ? subjects.items : []) {
    const follows =
      settings.subjects === 'allServiceAccounts'
        ? textAt(subject, 'kind') === 'ServiceAccount'
        : textAt(subject, 'name') === 'default';
    if (subject.kind === 'mapping' && follows) setOne(subject, namespace, place, settings);
  }
}

/** Kinds whose names are kept: they must be what they are. */
const fixedNames = [
  { group: '', version: '', kind: 'CustomResourceDefinition' },
  { group: 'apiregistration.k8s.io', version: '', kind: 'APIService' },
  { group: '', version: '', kind: 'Namespace' },
];

/** `namePrefix:` and `nameSuffix:`. */
export function addAffix(
  items: readonly Item[],
  affix: Tree | undefined,
  side: 'prefix' | 'suffix',
  specs: readonly FieldSpec[],
): void {
  const text = scalarText(affix);
  if (affix === undefined || text === undefined || text === '') return;
  for (const item of items) {
    const id = originalId(item);
    if (fixedNames.some((fixed) => selectsKind(fixed, id))) continue;
    for (const spec of specs) {
      if (!selectsKind(spec, id)) continue;
      if (spec.path.join('/') === 'metadata/name') {
        (side === 'prefix' ? item.prefixes : item.suffixes).push(text);
        rememberId(item);
      }
      visitField(item.root, spec, ({ tree, replace }) => {
        const old = scalarText(tree) ?? '';
        replace(scalarTree(side === 'prefix' ? text + old : old + text, tree.place));
      });
    }
  }
}

const metadataLabels: readonly FieldSpec[] = [
  { group: '', version: '', kind: '', path: ['metadata', 'labels'], create: true },
];

const claimTemplateLabels: readonly FieldSpec[] = [
  {
    group: 'apps',
    version: '',
    kind: 'StatefulSet',
    path: ['spec', 'volumeClaimTemplates[]', 'metadata', 'labels'],
    create: true,
  },
];

/** `labels:` and `commonLabels:`. */
export function addLabels(
  items: readonly Item[],
  kustomization: MappingTree,
  config: TransformerConfig,
): void {
  for (const label of mappingItems(kustomization.entries.get('labels'), 'labels')) {
    const pairs = textEntries(label.entries.get('pairs'), 'labels.pairs');
    let specs = mergeSpecs(fieldSpecs(label.entries.get('fields')), config.labels);
    if (isTrue(label, 'includeSelectors')) specs = mergeSpecs(specs, config.commonLabels);
    else {
      if (isTrue(label, 'includeTemplates')) specs = mergeSpecs(specs, config.templateLabels);
      if (isTrue(label, 'includeVolumeClaimTemplates')) specs = mergeSpecs(specs, claimTemplateLabels);
      specs = mergeSpecs(specs, metadataLabels);
    }
    for (const item of items)
      for (const { key, text, place } of pairs) setEntries(item.root, specs, key, text, place);
  }
  for (const { key, text, place } of textEntries(kustomization.entries.get('commonLabels'), 'commonLabels')) {
    for (const item of items) setEntries(item.root, config.commonLabels, key, text, place);
  }
}

export function isTrue(tree: Tree, key: string): boolean {
  const node = childOf(tree, key);
  return node?.kind === 'scalar' && node.value === true;
}

/** Field specs as files and `labels.fields` write them. */
export function fieldSpecs(tree: Tree | undefined): FieldSpec[] {
  return mappingItems(tree, 'fields').map((field) => ({
    group: textAt(field, 'group') ?? '',
    version: textAt(field, 'version') ?? '',
    kind: textAt(field, 'kind') ?? '',
    path: splitFieldPath(textAt(field, 'path') ?? ''),
    create: isTrue(field, 'create'),
  }));
}

/** `commonAnnotations:`. */
export function addAnnotations(
  items: readonly Item[],
  kustomization: MappingTree,
  config: TransformerConfig,
): void {
  for (const { key, text, place } of textEntries(
    kustomization.entries.get('commonAnnotations'),
    'commonAnnotations',
  )) {
    for (const item of items) setEntries(item.root, config.commonAnnotations, key, text, place);
  }
}

/** `replicas:`. */
export function setReplicas(
  items: readonly Item[],
  kustomization: MappingTree,
  config: TransformerConfig,
  state: BuildState,
): void {
  for (const replica of mappingItems(kustomization.entries.get('replicas'), 'replicas')) {
    const name = textAt(replica, 'name') ?? '';
    const count = replica.entries.get('count');
    let found = false;
    for (const spec of config.replicas) {
      for (const item of items) {
        if (!anyId(item, (id) => id.name === name && selectsKind(spec, id))) continue;
        found = true;
        const place = count?.place ?? replica.place;
        const value = count?.kind === 'scalar' ? count.value : 0;
        visitField(item.root, spec, (slot) => slot.replace(scalarTree(value, place)), {
          kind: 'scalar',
          place,
        });
      }
    }
    if (!found && state.complete)
      throw fault(`replicas names ${name}, and nothing that has replicas is called so`, replica.place);
  }
}

/** `images:`: in every list of containers wherever it stands, and in the fields of the configuration. */
export function setImages(
  items: readonly Item[],
  kustomization: MappingTree,
  config: TransformerConfig,
): void {
  for (const image of mappingItems(kustomization.entries.get('images'), 'images')) {
    const update = imageUpdater(image);
    for (const { root } of items) {
      if (textAt(root, 'kind') === 'CustomResourceDefinition') continue;
      updateContainers(root, update);
      for (const spec of config.images) {
        visitField(root, spec, (slot) => {
          if (slot.tree.kind === 'scalar') slot.replace(update(slot.tree));
        });
      }
    }
  }
}

function updateContainers(tree: Tree, update: (tree: Tree) => Tree): void {
  if (tree.kind === 'scalar') return;
  if (tree.kind === 'sequence') {
    for (const item of tree.items) updateContainers(item, update);
    return;
  }
  for (const [key, child] of tree.entries) {
    updateContainers(child, update);
    if ((key !== 'containers' && key !== 'initContainers') || child.kind !== 'sequence') continue;
    for (const container of child.items) {
      const image = childOf(container, 'image');
      if (container.kind === 'mapping' && image?.kind === 'scalar')
        container.entries.set('image', update(image));
    }
  }
}

function imageUpdater(image: MappingTree): (tree: Tree) => Tree {
  const name = textAt(image, 'name') ?? '';
  const at = image.entries.get('name')?.place ?? image.place;
  // Said for its error: a name that is no pattern is the user's mistake, at its place.
  anchoredPattern(name, at);
  const isMatched = searchPattern(
    `^${name}(:[a-zA-Z0-9_.{}-]*)?(@[a-zA-Z0-9]+([.+_-][a-zA-Z0-9]+)*:[a-zA-Z0-9_.{}-]*)?$`,
    at,
  );
  const text = (key: string) => textAt(image, key) ?? '';
  const place = ['newTag', 'digest', 'newName', 'tagSuffix']
    .map((key) => image.entries.get(key)?.place)
    .find((one) => one !== undefined);
  return (tree) => {
    const written = scalarText(tree);
    if (written === undefined || !isMatched(written)) return tree;
    const old = splitImage(written);
    let { tag, digest } = old;
    if (text('newTag') !== '' || text('digest') !== '') {
      tag = text('newTag');
      digest = text('digest');
    } else if (text('tagSuffix') !== '') {
      tag += text('tagSuffix');
      digest = '';
    }
    const updated =
      (text('newName') || old.name) + (tag === '' ? '' : `:${tag}`) + (digest === '' ? '' : `@${digest}`);
    return updated === written ? tree : scalarTree(updated, place ?? tree.place);
  };
}

/** Name, tag and digest; a colon before the first slash belongs to the registry. */
function splitImage(image: string): { name: string; tag: string; digest: string } {
  const slash = Math.max(image.indexOf('/'), 0);
  const at = image.indexOf('@', slash);
  const colon = image.indexOf(':', slash);
  const digest = at < 0 ? '' : image.slice(at + 1);
  const rest = at < 0 ? image : image.slice(0, at);
  if (colon < 0 || (at >= 0 && colon > at)) return { name: rest, tag: '', digest };
  return { name: image.slice(0, colon), tag: rest.slice(colon + 1), digest };
}
