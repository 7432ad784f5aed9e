/** Strings of Rego count and are cut by code points; most have none that takes two units of UTF-16. */

const high = /[\ud800-\udbff]/;

/** True where every code point is one unit, so that JavaScript's own indexes do. */
export function hasSingleUnits(text: string): boolean {
  return !high.test(text);
}

export function countCodePoints(text: string): number {
  if (hasSingleUnits(text)) return text.length;
  let pairs = 0;
  for (let i = 0; i < text.length - 1; i++) {
    if (!isPair(text, i)) continue;
    pairs++;
    i++;
  }
  return text.length - pairs;
}

function isPair(text: string, index: number): boolean {
  const first = text.charCodeAt(index);
  const second = text.charCodeAt(index + 1);
  return first >= 0xd800 && first <= 0xdbff && second >= 0xdc00 && second <= 0xdfff;
}

/** The index in units of the code point with the index given, at most the text's length. */
export function unitIndex(text: string, codePoints: number): number {
  let unit = 0;
  for (let i = 0; i < codePoints && unit < text.length; i++) unit += isPair(text, unit) ? 2 : 1;
  return unit;
}

/** The part from one code point up to another. */
export function sliceCodePoints(text: string, start: number, end: number): string {
  if (hasSingleUnits(text)) return text.slice(start, end);
  const from = unitIndex(text, start);
  const rest = text.slice(from);
  return rest.slice(0, unitIndex(rest, end - start));
}
