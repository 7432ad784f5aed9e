import type { RegoValue } from './value.ts';

const surrogate = /[\ud800-\udfff]/;

/** Strings in the order of their code points, in place. */
export function sortStrings(strings: string[]): string[] {
  // JavaScript's own order is by UTF-16 unit and faster; it differs only where there are surrogates.
  return strings.some((text) => surrogate.test(text)) ? strings.sort(compareStrings) : strings.sort();
}

/** -1, 0 or 1 by code points, as the bytes of UTF-8 compare. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointRank(x) < codePointRank(y) ? -1 : 1;
  }
  return a.length < b.length ? -1 : 1;
}

/** Units of a surrogate pair stand for code points above all others of 16 bits. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** Values in Rego's order, in place. */
export function sortValues(
  values: RegoValue[],
  compare: (a: RegoValue, b: RegoValue) => number,
): RegoValue[] {
  if (values.length < 2) return values;
  if (areStrings(values)) return sortStrings(values);
  return values.sort(compare);
}

function areStrings(values: RegoValue[]): values is string[] {
  return values.every((value) => typeof value === 'string');
}
