import type { TransformerConfig } from './default-config.ts';
import { fault } from './fault.ts';
import { type FieldSpec, type Slot, visitField } from './field-spec.ts';
import {
  currentId,
  describeId,
  type Item,
  isClusterScopedId,
  namespaceOf,
  originalId,
  previousIds,
  selectsKind,
} from './item.ts';
import { type MappingTree, scalarText, scalarTree, type Tree, textAt } from './tree.ts';

/** Writes the present names of objects into the fields that refer to them by any of their former names. */
export function fixNameReferences(
  items: readonly Item[],
  config: Pick<TransformerConfig, 'nameReference'>,
): void {
  const named = items.filter((item) => item.previous.length > 0);
  const references = config.nameReference.flatMap(({ target, referrers }) => {
    const candidates = named.filter((item) => previousIds(item).some((id) => selectsKind(target, id)));
    return candidates.length === 0 ? [] : [{ candidates: candidatesOf(candidates), referrers }];
  });
  if (references.length === 0) return;
  for (const item of items) {
    const id = originalId(item);
    const referrer = new Referrer(item);
    for (const { candidates, referrers } of references) {
      for (const spec of referrers) if (selectsKind(spec, id)) referrer.fix(candidates, spec);
    }
  }
}

/** Objects that a reference may mean, and the same by their former names: most references are settled by the name. */
interface Candidates {
  readonly all: readonly Item[];
  readonly byName: ReadonlyMap<string, readonly Item[]>;
}

function candidatesOf(all: readonly Item[]): Candidates {
  const byName = new Map<string, Item[]>();
  for (const item of all) {
    for (const name of new Set(item.previous.map((previous) => previous.name))) {
      const same = byName.get(name);
      if (same === undefined) byName.set(name, [item]);
      else same.push(item);
    }
  }
  return { all, byName };
}

class Referrer {
  readonly #item: Item;

  constructor(item: Item) {
    this.#item = item;
  }

  /** Rewrites what the field spec leads to. */
  fix(candidates: Candidates, spec: FieldSpec): void {
    const visit = (slot: Slot) => this.#fixNode(slot, candidates, spec);
    visitField(this.#item.root, { ...spec, group: '', version: '', kind: '' }, visit);
  }

  /** Those that the object could refer to: cluster-scoped, of its namespace, or of a namespace that it binds. */
  #near(candidates: readonly Item[]): readonly Item[] {
    const id = currentId(this.#item);
    if (candidates.length === 0 || isClusterScopedId(id)) return candidates;
    const bound = boundNamespaces(this.#item.root);
    return candidates.filter((other) => {
      const otherId = currentId(other);
      return (
        isClusterScopedId(otherId) || namespaceOf(otherId) === namespaceOf(id) || bound.has(otherId.namespace)
      );
    });
  }

  #fixNode(slot: Slot, candidates: Candidates, spec: FieldSpec): void {
    const { tree } = slot;
    if (tree.kind === 'mapping') {
      this.#fixMapping(tree, candidates, spec);
      return;
    }
    if (tree.kind === 'scalar') {
      const fixed = this.#fixScalar(tree, candidates, spec);
      if (fixed !== undefined) slot.replace(fixed);
      return;
    }
    for (const [i, item] of tree.items.entries()) {
      if (item.kind === 'mapping') this.#fixMapping(item, candidates, spec);
      else tree.items[i] = this.#fixScalar(item, candidates, spec) ?? item;
    }
  }

  #fixScalar(tree: Tree, candidates: Candidates, spec: FieldSpec): Tree | undefined {
    const name = scalarText(tree);
    if (name === undefined) return undefined;
    const referral = this.#select(name, this.#near(candidates.byName.get(name) ?? []), spec, false);
    return referral === undefined ? undefined : scalarTree(currentId(referral).name, tree.place);
  }

  /** A reference of a name and perhaps a namespace, such as a subject of a binding. */
  #fixMapping(tree: MappingTree, known: Candidates, spec: FieldSpec): void {
    const nameNode = tree.entries.get('name');
    const name = scalarText(nameNode);
    if (nameNode === undefined || name === undefined) {
      throw fault(`${spec.path.join('/')} has no name`, tree.place);
    }
    const namespace = textAt(tree, 'namespace');
    let candidates: readonly Item[];
    if (namespace === undefined) candidates = this.#near(known.byName.get(name) ?? []);
    else {
      const all = this.#near(known.all);
      const original = all.filter(
        (item) => !isClusterScopedId(originalId(item)) && namespaceOf(originalId(item)) === namespace,
      );
      const current = () =>
        all.filter(
          (item) => !isClusterScopedId(currentId(item)) && namespaceOf(currentId(item)) === namespace,
        );
      candidates = original.length > 0 ? original : current();
    }
    const referral = this.#select(name, candidates, spec, true);
    if (referral === undefined) return;
    const id = currentId(referral);
    tree.entries.set('name', scalarTree(id.name, nameNode.place));
    if (id.namespace !== '') {
      tree.entries.set(
        'namespace',
        scalarTree(id.namespace, tree.entries.get('namespace')?.place ?? nameNode.place),
      );
    }
  }

  #select(
    name: string,
    candidates: readonly Item[],
    spec: FieldSpec,
    withNamespace: boolean,
  ): Item | undefined {
    const referrer = this.#item;
    const id = currentId(referrer);
    let found = candidates.filter((item) => previousIds(item).some((previous) => previous.name === name));
    found = found.filter((item) => this.#fitsRoleRef(item, spec));
    if (!isClusterScopedId(id)) {
      found = found.filter((item) => {
        const other = currentId(item);
        return (
          isClusterScopedId(other) ||
          other.kind === 'ServiceAccount' ||
          namespaceOf(other) === namespaceOf(id)
        );
      });
    }
    if (found.length > 1) found = found.filter((item) => sameAffixes(item, referrer, true));
    if (found.length > 1) found = found.filter((item) => sameAffixes(item, referrer, false));
    const [first] = found;
    if (first === undefined || found.length === 1) return first;
    const key = (item: Item) => `${currentId(item).name}\0${withNamespace ? currentId(item).namespace : ''}`;
    if (found.every((item) => key(item) === key(first))) return first;
    const names = found.map((item) => describeId(currentId(item))).join(', ');
    throw fault(`${describeId(id)} refers to ${name}, which may be any of ${names}`, referrer.root.place);
  }

  #fitsRoleRef(item: Item, spec: FieldSpec): boolean {
    if (spec.path.at(-2) !== 'roleRef') return true;
    const group = textAt(this.#item.root, 'roleRef', 'apiGroup');
    const kind = textAt(this.#item.root, 'roleRef', 'kind');
    if (group === undefined || kind === undefined) return true;
    return previousIds(item).some((id) => selectsKind({ group, version: '', kind }, id));
  }
}

/** Namespaces of the service accounts that a RoleBinding names. */
function boundNamespaces(root: MappingTree): ReadonlySet<string> {
  const namespaces = new Set<string>();
  const subjects = textAt(root, 'kind') === 'RoleBinding' ? root.entries.get('subjects') : undefined;
  for (const subject of subjects?.kind === 'sequence' ? subjects.items : []) {
    const namespace = textAt(subject, 'namespace');
    if (namespace !== undefined && textAt(subject, 'kind') === 'ServiceAccount') namespaces.add(namespace);
  }
  return namespaces;
}

function sameAffixes(a: Item, b: Item, allowEmpty: boolean): boolean {
  return sameEnd(a.prefixes, b.prefixes, allowEmpty) && sameEnd(a.suffixes, b.suffixes, allowEmpty);
}

function sameEnd(a: readonly string[], b: readonly string[], allowEmpty: boolean): boolean {
  if (a.length === 0 || b.length === 0) return allowEmpty || a.length === b.length;
  const length = Math.min(a.length, b.length);
  return a.slice(-length).every((value, i) => value === b.slice(-length)[i]);
}
