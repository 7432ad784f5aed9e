import { fault } from './fault.ts';
import { idOfTree, type KindSelector, selectsKind } from './item.ts';
import type { Place } from './place.ts';
import { isNull, type MappingTree, mappingTree, type Scalar, scalarTree, type Tree } from './tree.ts';

/** A field of some kinds: empty selectors match every kind, lists on the way stand for all their items. */
export interface FieldSpec extends KindSelector {
  readonly path: readonly string[];
  /** Make what is missing on the way to it. */
  readonly create: boolean;
}

/** A node that a field spec leads to. */
export interface Slot {
  readonly tree: Tree;
  replace(tree: Tree): void;
}

/** What to make where a spec with `create` finds nothing. */
export interface Created {
  readonly kind: 'mapping' | 'scalar';
  readonly place: Place;
}

/** `spec/containers[]/image`, with `\/` for a slash inside a key. */
export function splitFieldPath(path: string, delimiter = '/'): string[] {
  const parts: string[] = [];
  // A delimiter at the start is left out.
  const written = path.startsWith(delimiter) ? path.slice(1) : path;
  let open = false;
  for (const part of written.split(delimiter)) {
    const continued = part.endsWith('\\');
    const text = continued ? part.slice(0, -1) : part;
    if (open) parts.push((parts.pop() ?? '') + delimiter + text);
    else parts.push(text);
    open = continued;
  }
  return parts;
}

/** Visits every node that the spec leads to in the object. @throws ManifestError where the path runs into a plain value */
export function visitField(
  root: MappingTree,
  spec: FieldSpec,
  visit: (slot: Slot) => void,
  created?: Created,
): void {
  if (!selectsKind(spec, idOfTree(root))) return;
  walk({ tree: root, replace: () => undefined }, spec.path, spec.create ? created : undefined, visit);
}

function walk(
  slot: Slot,
  path: readonly string[],
  created: Created | undefined,
  visit: (slot: Slot) => void,
): void {
  const [step, ...rest] = path;
  const { tree } = slot;
  if (step === undefined) {
    visit(slot);
    return;
  }
  if (isNull(tree)) return;
  if (tree.kind === 'scalar') throw fault(`${path.join('/')} leads into a plain value`, tree.place);
  if (tree.kind === 'sequence') {
    for (const [i, item] of [...tree.items.entries()]) {
      walk({ tree: item, replace: (other) => (tree.items[i] = other) }, path, created, visit);
    }
    return;
  }
  const key = step.replace(/\[\]$/, '');
  const replace = (other: Tree) => tree.entries.set(key, other);
  const child = tree.entries.get(key);
  if (child !== undefined && !isNull(child)) {
    walk({ tree: child, replace }, rest, created, visit);
    return;
  }
  if (created === undefined || key !== step) {
    if (child !== undefined && rest.length === 0) visit({ tree: child, replace });
    return;
  }
  const isMapping = rest.length > 0 || created.kind === 'mapping';
  const made = isMapping ? mappingTree(created.place) : scalarTree(null, created.place);
  tree.entries.set(key, made);
  walk({ tree: made, replace }, rest, created, visit);
}

/** Sets a key of every mapping that the specs lead to. */
export function setEntries(
  root: MappingTree,
  specs: readonly FieldSpec[],
  key: string,
  value: Scalar,
  place: Place,
): void {
  for (const spec of specs) {
    const visit = ({ tree }: Slot) => {
      if (tree.kind !== 'mapping') throw fault(`${spec.path.join('/')} is not a mapping`, tree.place);
      tree.entries.set(key, scalarTree(value, place));
    };
    visitField(root, spec, visit, { kind: 'mapping', place });
  }
}
