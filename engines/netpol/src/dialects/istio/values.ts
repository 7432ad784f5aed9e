import type { JsonValue, Path } from '@keelson/core';
import type { TextPattern } from '../../sets/connections.ts';
import { FieldFault, listAt, textAt } from '../fields.ts';

/** A value that a rule asks for: a text, the beginning or the end of one, or any (Istio, "Value matching"). */
export type ValuePattern = TextPattern & { type: 'exact' | 'prefix' | 'suffix' };

export function valuePattern(text: string, path: Path): ValuePattern {
  const star = text.indexOf('*');
  if (star < 0) return { type: 'exact', text };
  if (star === text.length - 1) return { type: 'prefix', text: text.slice(0, -1) };
  if (star === 0 && !text.includes('*', 1)) return { type: 'suffix', text: text.slice(1) };
  throw new FieldFault(path, 'has a * that is neither its beginning nor its end');
}

export function matchesValue({ type, text }: ValuePattern, value: string): boolean {
  if (type === 'exact') return value === text;
  return type === 'prefix' ? value.startsWith(text) : value.endsWith(text);
}

/** Texts of a field that may be left out, but not be null: undefined where there are none. */
export function textsAt(value: JsonValue | undefined, path: Path): readonly string[] | undefined {
  if (value === null) throw new FieldFault(path, 'is null');
  const texts = listAt(value, path)?.map((each, i) => {
    const text = textAt(each, [...path, i]) ?? '';
    if (text === '') throw new FieldFault([...path, i], 'is empty');
    return text;
  });
  return texts?.length === 0 ? undefined : texts;
}

/** Patterns of a field that may be left out. */
export function patternsAt(value: JsonValue | undefined, path: Path): readonly ValuePattern[] | undefined {
  return textsAt(value, path)?.map((text, i) => valuePattern(text, [...path, i]));
}
