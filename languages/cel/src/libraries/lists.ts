import { CelFault } from '../runtime/fault.ts';
import { add, compare } from '../runtime/operators.ts';
import { CelOptional, type CelValue, equalValues } from '../runtime/values.ts';
import type { FunctionTable } from './library.ts';

const summed = ['int', 'uint', 'double', 'google.protobuf.Duration'];
const ordered = [...summed, 'string', 'bytes', 'bool', 'google.protobuf.Timestamp'];

/** Kubernetes' lists library and cel-go's lists extension. */
export const listsDeclarations: readonly string[] = [
  ...ordered.map((type) => `list(${type}).isSorted() -> bool`),
  ...summed.map((type) => `list(${type}).sum() -> ${type}`),
  ...ordered.flatMap((type) => [`list(${type}).min() -> ${type}`, `list(${type}).max() -> ${type}`]),
  'list(A).indexOf(A) -> int',
  'list(A).lastIndexOf(A) -> int',
  'list(A).slice(int, int) -> list(A)',
  'list(list(A)).flatten() -> list(A)',
  'list(dyn).flatten() -> list(dyn)',
  'list(dyn).flatten(int) -> list(dyn)',
  'list(A).distinct() -> list(A)',
  'list(A).reverse() -> list(A)',
  'list(A).first() -> optional_type(A)',
  'list(A).last() -> optional_type(A)',
  'lists.range(int) -> list(int)',
  ...ordered.map((type) => `list(${type}).sort() -> list(${type})`),
];

const maxRange = 1_000_000;

/** A member of lists. */
function member(operation: (list: readonly CelValue[], ...args: CelValue[]) => CelValue | undefined) {
  return (list: CelValue, ...args: CelValue[]) =>
    Array.isArray(list) ? operation(list, ...args) : undefined;
}

function pick(name: string, keep: (comparison: number) => boolean) {
  return member((list) => {
    const [first, ...rest] = list;
    if (first === undefined) throw new CelFault(`${name} called on empty list`);
    return rest.reduce((found, item) => (keep(compare(item, found)) ? item : found), first);
  });
}

function isSorted(list: readonly CelValue[]): boolean {
  return list.every((item, at) => at === 0 || compare(list[at - 1] ?? null, item) <= 0);
}

function sum(list: readonly CelValue[]): CelValue {
  const [first, ...rest] = list;
  return first === undefined ? 0 : rest.reduce((total, item) => add(total, item), first);
}

function slice(list: readonly CelValue[], start: CelValue, end: CelValue): CelValue | undefined {
  if (typeof start !== 'number' || typeof end !== 'number') return undefined;
  if (start < 0 || end < 0)
    throw new CelFault(`cannot slice(${start}, ${end}), negative indexes not supported`);
  if (start > end)
    throw new CelFault(`cannot slice(${start}, ${end}), start index must be less than or equal to end index`);
  if (end > list.length) throw new CelFault(`cannot slice(${start}, ${end}), list is length ${list.length}`);
  return list.slice(start, end);
}

function flatten(list: readonly CelValue[], depth: CelValue = 1): CelValue | undefined {
  if (typeof depth !== 'number') return undefined;
  if (depth < 0) throw new CelFault('level must be non-negative');
  return list.flatMap((item) =>
    Array.isArray(item) && depth > 0 ? (flatten(item, depth - 1) ?? item) : [item],
  );
}

/** The first of equal elements. Strings, by far the most common, take no quadratic time. */
function distinct(list: readonly CelValue[]): CelValue[] {
  const strings = new Set<string>();
  const others: CelValue[] = [];
  return list.filter((item) => {
    if (typeof item === 'string') {
      if (strings.has(item)) return false;
      strings.add(item);
      return true;
    }
    if (others.some((other) => equalValues(other, item))) return false;
    others.push(item);
    return true;
  });
}

function sort(list: readonly CelValue[]): CelValue[] {
  return [...list].sort((a, b) => compare(a, b));
}

function range(count: CelValue): CelValue | undefined {
  if (typeof count !== 'number') return undefined;
  if (count > maxRange) throw new CelFault(`lists.range(${count}) is larger than ${maxRange}`);
  return Array.from({ length: Math.max(count, 0) }, (_, at) => at);
}

export const listsFunctions: FunctionTable = {
  '.isSorted': member(isSorted),
  '.sum': member(sum),
  '.min': pick('min', (comparison) => comparison < 0),
  '.max': pick('max', (comparison) => comparison > 0),
  '.indexOf': member((list, item) => list.findIndex((other) => equalValues(other, item ?? null))),
  '.lastIndexOf': member((list, item) => list.findLastIndex((other) => equalValues(other, item ?? null))),
  '.slice': member((list, start = null, end = null) => slice(list, start, end)),
  '.flatten': member((list, depth) => flatten(list, depth)),
  '.distinct': member(distinct),
  '.reverse': member((list) => [...list].reverse()),
  '.first': member((list) => new CelOptional(list[0])),
  '.last': member((list) => new CelOptional(list.at(-1))),
  'lists.range': range,
  '.sort': member(sort),
};
