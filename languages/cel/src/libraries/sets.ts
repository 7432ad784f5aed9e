import { contains } from '../runtime/access.ts';
import type { CelValue } from '../runtime/values.ts';
import type { FunctionTable } from './library.ts';

/** cel-go's sets extension: lists compared as sets. */
export const setsDeclarations: readonly string[] = [
  'sets.contains(list(A), list(A)) -> bool',
  'sets.equivalent(list(A), list(A)) -> bool',
  'sets.intersects(list(A), list(A)) -> bool',
];

function ofLists(operation: (a: CelValue[], b: CelValue[]) => boolean) {
  return (a: CelValue, b: CelValue) => (Array.isArray(a) && Array.isArray(b) ? operation(a, b) : undefined);
}

function includesAll(list: CelValue[], items: readonly CelValue[]): boolean {
  return items.every((item) => contains(item, list));
}

export const setsFunctions: FunctionTable = {
  'sets.contains': ofLists(includesAll),
  'sets.equivalent': ofLists((a, b) => includesAll(a, b) && includesAll(b, a)),
  'sets.intersects': ofLists((a, b) => a.some((item) => contains(item, b))),
};
