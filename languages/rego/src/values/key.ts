import { BigNumber } from './big-number.ts';
import { entriesSorted } from './lookup.ts';
import { reducedDecimalOf } from './number.ts';
import { RegoObject } from './object.ts';
import { RegoSet } from './set.ts';
import type { RegoNumber, RegoValue } from './value.ts';

/** What a value is known by in a `Map`: equal values have the same key, others another. */
export type Key = string | number | boolean | null;

const mark = '\u0000';

/**
 * The canonical key. Primitives are their own; a string that begins with the mark, a composite and a number
 * that JavaScript's do not hold become text that begins with the mark.
 */
export function keyOf(value: RegoValue): Key {
  switch (typeof value) {
    case 'string':
      return value.charCodeAt(0) === 0 ? `${mark}s${value}` : value;
    case 'number':
    case 'boolean':
      return value;
  }
  if (value === null) return value;
  if (value instanceof BigNumber) return numberKey(value);
  if (value instanceof RegoSet || value instanceof RegoObject) return value.key;
  return mark + encode(value);
}

/** The double whose shortest text has the same value, or a text of the exact value. */
function numberKey(number: BigNumber): Key {
  const double = Number(number.text);
  const exact = number.decimal;
  if (Number.isFinite(double)) {
    const shortest = reducedDecimalOf(double);
    if (shortest.coefficient === exact.coefficient && shortest.exponent === exact.exponent) return double;
  }
  return `${mark}n${exact.coefficient}e${exact.exponent}`;
}

/** The text of a value within the key of a composite: self-delimiting, so that no two values share one. */
function encode(value: RegoValue): string {
  switch (typeof value) {
    case 'string':
      return `${value.length}:${value}`;
    case 'number':
      return `n${value + 0};`;
    case 'boolean':
      return value ? 't' : 'f';
  }
  if (value === null) return 'z';
  if (value instanceof BigNumber) return encodeNumber(value);
  if (value instanceof RegoSet || value instanceof RegoObject) return value.key.slice(1);
  if (Array.isArray(value)) return `[${value.map(encode).join('')}]`;
  return encodeObject(value);
}

function encodeNumber(number: RegoNumber): string {
  const key = typeof number === 'number' ? number : numberKey(number);
  return typeof key === 'string' ? `${key.slice(1)};` : `n${key};`;
}

export function encodeObject(value: RegoValue): string {
  let out = '{';
  for (const [key, item] of entriesSorted(value)) out += encode(key) + encode(item);
  return `${out}}`;
}

export function encodeSet(set: RegoSet): string {
  return `<${set.sorted().map(encode).join('')}>`;
}
