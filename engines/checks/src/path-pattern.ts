import type { JsonValue, Path, PathStep } from '@keelson/core';
import { childOf, isObject } from '@keelson/core';
import { CheckError } from './errors.ts';

/** `*` stands for every entry of a sequence or mapping. */
export type PathPattern = readonly (PathStep | Wildcard)[];
export interface Wildcard {
  readonly wildcard: true;
}

const everyEntry: Wildcard = { wildcard: true };
const step = /\.?([A-Za-z_$][\w$-]*)|\[(\d+)\]|\[(\*)\]|\[("(?:[^"\\]|\\.)*")\]/y;

/**
 * Parses `a.b[0]["odd/key"][*]`; an empty text is the element itself.
 * @throws CheckError CHECK_PATH
 */
export function parsePathPattern(text: string): PathPattern {
  const out: (PathStep | Wildcard)[] = [];
  step.lastIndex = 0;
  while (step.lastIndex < text.length) {
    const at = step.lastIndex;
    const match = step.exec(text);
    if (match === null)
      throw new CheckError('CHECK_PATH', `cannot read the path "${text}" at character ${at + 1}`);
    const [, word, index, star, quoted] = match;
    if (word !== undefined) out.push(word);
    else if (index !== undefined) out.push(Number(index));
    else if (star !== undefined) out.push(everyEntry);
    else if (quoted !== undefined) out.push(JSON.parse(quoted) as string);
  }
  return out;
}

/** Parses a path without wildcards. */
export function parsePath(text: string): Path {
  const path: PathStep[] = [];
  for (const part of parsePathPattern(text)) {
    if (typeof part === 'object') throw new CheckError('CHECK_PATH', `"${text}" may not hold [*] here`);
    path.push(part);
  }
  return path;
}

/** Calls `visit` for every existing value that the pattern leads to, in document order. */
export function walkPattern(
  value: JsonValue | undefined,
  pattern: PathPattern,
  visit: (value: JsonValue, path: Path) => void,
): void {
  walk(value, pattern, visit, []);
}

function walk(
  value: JsonValue | undefined,
  pattern: PathPattern,
  visit: (value: JsonValue, path: Path) => void,
  path: PathStep[],
): void {
  if (value === undefined) return;
  const part = pattern[path.length];
  if (part === undefined) {
    visit(value, [...path]);
    return;
  }
  if (typeof part !== 'object') {
    path.push(part);
    walk(childOf(value, part), pattern, visit, path);
    path.pop();
    return;
  }
  const count = Array.isArray(value) ? value.length : 0;
  const keys = isObject(value) ? Object.keys(value) : [];
  for (let i = 0; i < count || i < keys.length; i++) {
    const key = keys[i] ?? i;
    path.push(key);
    walk(childOf(value, key), pattern, visit, path);
    path.pop();
  }
}
