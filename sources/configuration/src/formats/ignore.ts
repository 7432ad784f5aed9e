import { type JsonValue, objectOf } from '@keelson/core';
import type { FormatReader } from '../format.ts';
import { Places } from '../places.ts';

/** Rules of `.gitignore` and `.dockerignore`: one document, the list of their lines. */
export const readIgnore: FormatReader = (source) => {
  const places = new Places();
  const value: JsonValue[] = [];
  let start = 0;
  for (const line of source.text.split('\n')) {
    places.mark(value, value.length, { start, end: start + line.length });
    value.push(objectOf([...entryOf(line), ['Original', line]]));
    start += line.length + 1;
  }
  return [{ value, locate: places.within(value) }];
};

function entryOf(line: string): [string, string][] {
  const rule = trimmed(line);
  const kind = (name: string, value: string): [string, string][] => [
    ['Kind', name],
    ['Value', value],
  ];
  if (rule === '') return kind('Empty', line);
  if (line.startsWith('#')) return kind('Comment', rule.slice(1).trim());
  if (line.startsWith('!')) return kind('NegatedPath', unescaped(rule.slice(1)));
  return kind('Path', unescaped(rule));
}

/** Without the blanks at its end, but for one that a backslash keeps. */
function trimmed(line: string): string {
  let end = line.length;
  while (line[end - 1] === ' ') end--;
  return line.slice(0, line[end - 1] === '\\' ? end + 1 : end);
}

function unescaped(rule: string): string {
  return rule.replace(/\\(\\?)/g, '$1');
}
