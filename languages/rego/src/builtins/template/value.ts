import {
  entriesSorted,
  getKey,
  isArray,
  isNumber,
  isObjectValue,
  numberText,
  type RegoValue,
  sizeOf,
  utf8Length,
} from '../../values/index.ts';
import { noFlags } from '../format/flags.ts';
import { formatFloat } from '../format/float.ts';
import type { FormatArgument } from '../format/printf.ts';
import { GoFloat } from './nodes.ts';

/**
 * A value while a template runs: one of the data, or what the template itself computes. Numbers of the data
 * are texts to Go (json.Number); undefined is a key that is absent.
 */
export type Value = RegoValue | bigint | GoFloat | undefined;

/** The value as one of the data, or undefined. */
export function dataOf(value: Value): RegoValue | undefined {
  return typeof value === 'bigint' || value instanceof GoFloat ? undefined : value;
}

/** Go's idea of truth: what is not zero and not empty. A number of the data is a text, and so true. */
export function isTrue(value: Value): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return value !== 0n;
  if (value instanceof GoFloat) return value.value !== 0;
  if (typeof value === 'string') return value !== '';
  if (isNumber(value)) return true;
  return (lengthOf(value) ?? 1) > 0;
}

/** The length of a text in bytes, or of a collection. */
export function lengthOf(value: Value): number | undefined {
  if (typeof value === 'string') return utf8Length(value);
  const data = dataOf(value);
  if (isNumber(data)) return numberText(data).length;
  return isArray(data) || isObjectValue(data) ? sizeOf(data) : undefined;
}

/** The value as Go prints it; what is absent or null is `<no value>`, within a collection `<nil>`. */
export function printValue(value: Value): string {
  return value === undefined || value === null ? '<no value>' : textOf(value);
}

export function textOf(value: Value): string {
  if (value === undefined || value === null) return '<nil>';
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof GoFloat) return formatFloat(value.value, 'v', noFlags());
  if (isNumber(value)) return numberText(value);
  if (isArray(value)) return `[${value.map(textOf).join(' ')}]`;
  return `map[${entriesSorted(value)
    .map(([key, item]) => `${textOf(key)}:${textOf(item)}`)
    .join(' ')}]`;
}

/** The name of Go's type, for errors. */
export function goTypeOf(value: Value): string {
  if (value === undefined || value === null) return '<nil>';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'bigint') return 'int';
  if (value instanceof GoFloat) return 'float64';
  if (isNumber(value)) return 'json.Number';
  return isArray(value) ? '[]interface {}' : 'map[string]interface {}';
}

/** The value as an argument of `printf`; collections and words go as their text. */
export function formatArgumentOf(value: Value): FormatArgument {
  if (typeof value === 'bigint') return { type: 'int64', value };
  if (value instanceof GoFloat) return { type: 'float64', value: value.value };
  if (typeof value === 'boolean') return { type: 'bool', value };
  return { type: isNumber(value) ? 'json.Number' : 'string', value: textOf(value) };
}

/** The member of a map; undefined where there is none. */
export function memberOf(value: Value, name: string): { found: Value } | undefined {
  const data = dataOf(value);
  return isObjectValue(data) ? { found: getKey(data, name) } : undefined;
}
