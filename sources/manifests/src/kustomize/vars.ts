import { splitApiVersion } from '@keelson/kubernetes';
import type { TransformerConfig } from './default-config.ts';
import { fault } from './fault.ts';
import { findFields, splitDottedPath } from './field-path.ts';
import { visitField } from './field-spec.ts';
import { anyId, currentId, describeId, type Item, sameId, sameName } from './item.ts';
import { mappingItems } from './selector.ts';
import type { BuildState } from './transformers.ts';
import { type MappingTree, type Scalar, scalarTree, type Tree, textAt } from './tree.ts';

/** A var: a name for a field of an object, written `$(NAME)` where it is used. */
export interface Var {
  readonly name: string;
  readonly written: MappingTree;
}

/** Notes which objects the vars of a kustomization speak of, under the names that they have there. */
export function collectVars(
  items: readonly Item[],
  kustomization: MappingTree,
  vars: Map<string, Var>,
): void {
  for (const written of mappingItems(kustomization.entries.get('vars'), 'vars')) {
    const name = textAt(written, 'name') ?? '';
    if (vars.has(name)) throw fault(`the var ${name} is there already`, written.place);
    vars.set(name, { name, written });
    const id = referredId(written);
    const same = id.namespace === '' ? sameName : sameId;
    const matches = items.filter((item) => anyId(item, (other) => same(other, id)));
    if (matches.length > 1) throw fault(`${matches.length} objects match the var ${name}`, written.place);
    matches[0]?.vars.push(name);
  }
}

function referredId(written: MappingTree) {
  const text = (key: string) => textAt(written, 'objref', key) ?? '';
  const apiVersion = text('apiVersion');
  const { group, version } =
    apiVersion === '' ? { group: text('group'), version: text('version') } : splitApiVersion(apiVersion);
  return { group, version, kind: text('kind'), name: text('name'), namespace: text('namespace') };
}

/** Writes the values of vars where they are used. */
export function resolveVars(
  items: readonly Item[],
  vars: ReadonlyMap<string, Var>,
  config: TransformerConfig,
  state: BuildState,
): void {
  if (vars.size === 0) return;
  const values = new Map<string, Scalar>();
  for (const one of vars.values()) {
    const value = valueOfVar(items, one, state);
    if (value !== undefined) values.set(one.name, value);
  }
  for (const { root } of items) {
    for (const spec of config.varReference) {
      visitField(root, spec, ({ tree, replace }) => {
        const expanded = expandTree(tree, values);
        if (expanded !== tree) replace(expanded);
      });
    }
  }
}

function valueOfVar(items: readonly Item[], { name, written }: Var, state: BuildState): Scalar | undefined {
  const item = items.find((one) => one.vars.includes(name));
  if (item === undefined) {
    if (!state.complete) return undefined;
    throw fault(`no object matches the var ${name}`, written.place);
  }
  const path = textAt(written, 'fieldref', 'fieldPath') ?? 'metadata.name';
  const [slot] = findFields(
    { tree: item.root, replace: () => undefined },
    splitDottedPath(path.replace(/\[(\d+)\]/g, '.$1')),
    undefined,
  );
  if (slot?.tree.kind !== 'scalar')
    throw fault(`${path} is no plain field of ${describeId(currentId(item))}`, written.place);
  return slot.tree.value;
}

function expandTree(tree: Tree, values: ReadonlyMap<string, Scalar>): Tree {
  if (tree.kind === 'scalar') {
    if (typeof tree.value !== 'string' || !tree.value.includes('$')) return tree;
    return scalarTree(expand(tree.value, values), tree.place);
  }
  if (tree.kind === 'sequence')
    tree.items = tree.items.map((item) => (item.kind === 'scalar' ? expandTree(item, values) : item));
  else
    for (const [key, child] of tree.entries)
      if (child.kind === 'scalar') tree.entries.set(key, expandTree(child, values));
  return tree;
}

/** `$(NAME)` is replaced, `$$` is a dollar; a text that is one reference takes the value's type. */
function expand(text: string, values: ReadonlyMap<string, Scalar>): Scalar {
  const whole = /^\$\(([^()]*)\)$/.exec(text);
  if (whole?.[1] !== undefined && values.has(whole[1])) return values.get(whole[1]) ?? null;
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (match, name: string | undefined) => {
    if (match === '$$') return '$';
    return name !== undefined && values.has(name) ? String(values.get(name)) : match;
  });
}
