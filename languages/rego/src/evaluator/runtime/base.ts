import {
  entriesOf,
  isArray,
  isNumber,
  isObjectValue,
  lookUp,
  numberText,
  RegoObject,
  type RegoValue,
} from '../../values/index.ts';
import { absent, isReplaced, type Scope } from './scope.ts';

/** A base document by its number in the program, kept for the scope. */
export function base(scope: Scope, id: number, path: readonly RegoValue[]): RegoValue | undefined {
  const known = scope.bases[id];
  if (known !== undefined) return known === absent ? undefined : known;
  const value = baseValue(scope, path);
  scope.bases[id] = value === undefined ? absent : value;
  return value;
}

/**
 * What is stored at a path of data, and what `with` put there or below.
 *
 * @param path without `data`.
 */
export function baseValue(scope: Scope, path: readonly RegoValue[]): RegoValue | undefined {
  const replacement = scope.replaced === undefined ? undefined : walk(scope.replaced, path, lookUp);
  if (isReplaced(scope, path)) return replacement;
  const stored = walk(scope.run.data, path, storedAt);
  if (replacement === undefined) return stored;
  return stored === undefined ? replacement : merge(replacement, stored);
}

function walk(
  value: RegoValue | undefined,
  path: readonly RegoValue[],
  step: (value: RegoValue | undefined, key: RegoValue) => RegoValue | undefined,
): RegoValue | undefined {
  let current = value;
  for (const key of path) {
    if (current === undefined) return undefined;
    current = step(current, key);
  }
  return current;
}

/** A step in the store, whose paths are texts: `data.x[0]` and `data.x["0"]` are one. */
function storedAt(value: RegoValue | undefined, key: RegoValue): RegoValue | undefined {
  if (isArray(value) && typeof key === 'string')
    return /^(?:0|[1-9][0-9]{0,9})$/.test(key) ? value[Number(key)] : undefined;
  if (isObjectValue(value) && isNumber(key)) return lookUp(value, numberText(key));
  return lookUp(value, key);
}

/** Two documents as one; where both have something and it is no object, the first wins. */
export function merge(first: RegoValue, second: RegoValue): RegoValue {
  if (!isObjectValue(first) || !isObjectValue(second)) return first;
  const merged = new RegoObject();
  for (const [key, value] of entriesOf(first)) {
    const other = lookUp(second, key);
    merged.set(key, other === undefined ? value : merge(value, other));
  }
  for (const [key, value] of entriesOf(second)) if (!merged.has(key)) merged.set(key, value);
  return merged;
}
