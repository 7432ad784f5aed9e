import { equals, isObjectValue, RegoObject, RegoSet, type RegoValue } from '../../values/index.ts';

/**
 * The usual cases of some built-ins. Undefined means that the built-in itself must be called, with all its
 * errors.
 */
export function plus(a: RegoValue, b: RegoValue): number | undefined {
  return typeof a === 'number' && typeof b === 'number' ? integers(a, b, a + b) : undefined;
}

export function minus(a: RegoValue, b: RegoValue): number | undefined {
  return typeof a === 'number' && typeof b === 'number' ? integers(a, b, a - b) : undefined;
}

export function times(a: RegoValue, b: RegoValue): number | undefined {
  if (typeof a !== 'number' || typeof b !== 'number') return undefined;
  const product = a * b;
  return product === 0 ? undefined : integers(a, b, product);
}

function integers(a: number, b: number, result: number): number | undefined {
  return Number.isSafeInteger(result) && Number.isSafeInteger(a) && Number.isSafeInteger(b)
    ? result
    : undefined;
}

export function count(value: RegoValue): number | undefined {
  if (Array.isArray(value)) return value.length;
  if (value instanceof RegoSet || value instanceof RegoObject) return value.size;
  return isObjectValue(value) ? Object.keys(value).length : undefined;
}

/** `x in xs`. */
export function member2(item: RegoValue, collection: RegoValue): boolean | undefined {
  if (collection instanceof RegoSet) return collection.has(item);
  if (!Array.isArray(collection)) return undefined;
  if (typeof item === 'string') return collection.includes(item);
  return collection.some((other) => equals(other, item));
}

export function startsWith(text: RegoValue, prefix: RegoValue): boolean | undefined {
  return typeof text === 'string' && typeof prefix === 'string' ? text.startsWith(prefix) : undefined;
}
