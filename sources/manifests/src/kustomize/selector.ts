import { fault } from './fault.ts';
import { currentId, type Item, namespaceOf, originalId } from './item.ts';
import { anchoredPattern } from './pattern.ts';
import type { Place } from './place.ts';
import { childOf, scalarText, type Tree, textAt } from './tree.ts';

export type ItemTest = (item: Item) => boolean;

/** The target of a patch: anchored patterns of names and kinds, and selectors of labels and annotations. */
export function targetSelector(target: Tree): ItemTest {
  const test = (key: string) =>
    anchoredPattern(textAt(target, key) ?? '', childOf(target, key)?.place ?? target.place);
  const namespace = test('namespace');
  const name = test('name');
  const [group, version, kind] = [test('group'), test('version'), test('kind')];
  const labels = labelSelector(textAt(target, 'labelSelector') ?? '', target.place);
  const annotations = labelSelector(textAt(target, 'annotationSelector') ?? '', target.place);
  return (item) => {
    const current = currentId(item);
    const original = originalId(item);
    return (
      (namespace(namespaceOf(original)) || namespace(namespaceOf(current))) &&
      (name(original.name) || name(current.name)) &&
      group(current.group) &&
      version(current.version) &&
      kind(current.kind) &&
      labels((key) => textAt(item.root, 'metadata', 'labels', key)) &&
      annotations((key) => textAt(item.root, 'metadata', 'annotations', key))
    );
  };
}

type LabelTest = (value: (key: string) => string | undefined) => boolean;

/** A label selector as kubectl writes it: `a=b,c!=d,e in (f,g),h notin (i),j,!k`. */
export function labelSelector(text: string, at: Place): LabelTest {
  const tests = splitRequirements(text).map((requirement) => requirementTest(requirement, at));
  return (value) => tests.every((test) => test(value));
}

function splitRequirements(text: string): string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (const char of text) {
    if (char === '(') depth++;
    if (char === ')') depth--;
    if (char === ',' && depth === 0) parts.push('');
    else parts.push((parts.pop() ?? '') + char);
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function requirementTest(text: string, at: Place): LabelTest {
  const set = /^([\w./-]+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(text);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    const isIn = (value: string | undefined) => value !== undefined && values.includes(value);
    return operator === 'in' ? (value) => isIn(value(key)) : (value) => !isIn(value(key));
  }
  const equal = /^([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)$/.exec(text);
  if (equal !== null) {
    const [, key = '', operator, wanted] = equal;
    return operator === '!=' ? (value) => value(key) !== wanted : (value) => value(key) === wanted;
  }
  const exists = /^(!?)\s*([\w./-]+)$/.exec(text);
  if (exists !== null) {
    const [, not, key = ''] = exists;
    return (value) => (value(key) === undefined) === (not === '!');
  }
  throw fault(`${text} is not a label selector`, at);
}

/** The texts of a sequence of scalars, with their places. */
export function textItems(tree: Tree | undefined, name: string): { text: string; place: Place }[] {
  if (tree === undefined || (tree.kind === 'scalar' && tree.value === null)) return [];
  if (tree.kind !== 'sequence') throw fault(`${name} is not a list`, tree.place);
  return tree.items.map((item) => {
    const text = scalarText(item);
    if (text === undefined) throw fault(`an entry of ${name} is not a text`, item.place);
    return { text, place: item.place };
  });
}

/** The mappings of a sequence. */
export function mappingItems(tree: Tree | undefined, name: string) {
  if (tree === undefined || (tree.kind === 'scalar' && tree.value === null)) return [];
  if (tree.kind !== 'sequence') throw fault(`${name} is not a list`, tree.place);
  return tree.items.map((item) => {
    if (item.kind !== 'mapping') throw fault(`an entry of ${name} is not a mapping`, item.place);
    return item;
  });
}

/** The entries of a mapping of texts. */
export function textEntries(
  tree: Tree | undefined,
  name: string,
): { key: string; text: string; place: Place }[] {
  if (tree === undefined || (tree.kind === 'scalar' && tree.value === null)) return [];
  if (tree.kind !== 'mapping') throw fault(`${name} is not a mapping`, tree.place);
  return [...tree.entries].map(([key, value]) => {
    const text = scalarText(value);
    if (text === undefined) throw fault(`${key} of ${name} is not a text`, value.place);
    return { key, text, place: value.place };
  });
}
