import { fault } from './fault.ts';
import type { Slot } from './field-spec.ts';
import { splitFieldPath } from './field-spec.ts';
import { searchPattern } from './pattern.ts';
import type { Place } from './place.ts';
import { isNull, mappingTree, scalarText, scalarTree, sequenceTree, type Tree } from './tree.ts';

/** `spec.containers.[name=web].image` in its steps; dots in brackets or after a backslash do not divide. */
export function splitDottedPath(path: string): string[] {
  const parts: string[] = [];
  let open: string[] | undefined;
  for (const part of splitFieldPath(path, '.')) {
    if (open === undefined && part.startsWith('[') && !part.endsWith(']')) open = [part];
    else if (open === undefined) parts.push(part);
    else open.push(part);
    if (open !== undefined && open.length > 1 && part.endsWith(']')) {
      const joined = open.join('.');
      parts.push(joined.includes('=') ? joined : joined.slice(1, -1));
      open = undefined;
    }
  }
  return open === undefined ? parts : [...parts, open.join('.')];
}

/** What to make of a missing field: the kind that its value will have. */
export interface CreateField {
  readonly kind: Tree['kind'];
  readonly place: Place;
}

/** The nodes that a path of replacements and vars leads to: keys, indices, `*` and `[key=pattern]`. */
export function findFields(slot: Slot, path: readonly string[], create: CreateField | undefined): Slot[] {
  const [step, ...rest] = path;
  if (step === undefined) return [slot];
  const { tree } = slot;
  if (/^\d{1,9}$/.test(step) && tree.kind !== 'mapping') return indexed(slot, Number(step), rest, create);
  if (step.startsWith('[') && step.endsWith(']')) return matching(slot, step, rest, create);
  if (step === '*' && tree.kind === 'sequence')
    return items(slot).flatMap((item) => findFields(item, rest, create));
  if (tree.kind !== 'mapping') return [];
  const replace = (other: Tree) => tree.entries.set(step, other);
  let child = tree.entries.get(step);
  if (child === undefined || isNull(child)) {
    if (create === undefined) return child === undefined || rest.length > 0 ? [] : [{ tree: child, replace }];
    child = made(rest[0], create);
    replace(child);
  }
  return findFields({ tree: child, replace }, rest, create);
}

function items(slot: Slot): Slot[] {
  const { tree } = slot;
  if (tree.kind !== 'sequence') return [];
  return tree.items.map((item, i) => ({ tree: item, replace: (other) => (tree.items[i] = other) }));
}

function made(next: string | undefined, create: CreateField): Tree {
  const isList = next === undefined ? create.kind === 'sequence' : /^(\[.*\]|\d+)$/.test(next);
  if (isList) return sequenceTree(create.place);
  return next === undefined && create.kind === 'scalar'
    ? scalarTree(null, create.place)
    : mappingTree(create.place);
}

function indexed(
  slot: Slot,
  index: number,
  rest: readonly string[],
  create: CreateField | undefined,
): Slot[] {
  const { tree } = slot;
  if (tree.kind !== 'sequence') return [];
  if (tree.items.length === index && create !== undefined) tree.items.push(made(rest[0], create));
  const item = items(slot)[index];
  if (item === undefined)
    throw fault(`there is no item ${index} in a list of ${tree.items.length}`, tree.place);
  return findFields(item, rest, create);
}

function matching(
  slot: Slot,
  step: string,
  rest: readonly string[],
  create: CreateField | undefined,
): Slot[] {
  const { tree } = slot;
  if (tree.kind !== 'sequence') return [];
  const equals = step.indexOf('=');
  if (equals < 0) throw fault(`${step} is not [key=value]`, tree.place);
  const key = step.slice(1, equals);
  const value = step.slice(equals + 1, -1);
  const test = searchPattern(value, tree.place);
  const textOf = (item: Tree) =>
    key === '' ? scalarText(item) : item.kind === 'mapping' ? scalarText(item.entries.get(key)) : undefined;
  const found = () =>
    items(slot).filter((item) => {
      const text = textOf(item.tree);
      return text !== undefined && test(text);
    });
  const matches = found().flatMap((item) => findFields(item, rest, create));
  if (matches.length > 0 || create === undefined) return matches;
  const item = key === '' ? scalarTree(value, create.place) : mappingTree(create.place);
  if (item.kind === 'mapping') item.entries.set(key, scalarTree(value, create.place));
  tree.items.push(item);
  return found().flatMap((other) => findFields(other, rest, create));
}
