import { createObject } from '@keelson/core';
import type { BigNumber } from './big-number.ts';
import { entriesSorted, memberNamesSorted } from './lookup.ts';
import { numberText } from './number.ts';
import { RegoSet } from './set.ts';
import { sortStrings } from './sort.ts';
import { isArray, isNumber, isPlainObject, type RegoValue } from './value.ts';

/** What results are: JSON, whose numbers may be big. */
export type JsonResult =
  | null
  | boolean
  | string
  | number
  | BigNumber
  | readonly JsonResult[]
  | { readonly [key: string]: JsonResult };

/** The value as JSON: sets are sorted arrays, keys that are no strings their JSON text. */
export function toJson(value: RegoValue): JsonResult {
  if (typeof value !== 'object' || value === null || isNumber(value)) return value;
  if (isArray(value)) return value.map(toJson);
  if (value instanceof RegoSet) return value.sorted().map(toJson);
  const out: { [key: string]: JsonResult } = createResult();
  for (const [key, item] of entriesSorted(value)) out[memberName(key)] = toJson(item);
  return out;
}

function createResult(): { [key: string]: JsonResult } {
  const bare: object = createObject();
  return isMembers(bare) ? bare : {};
}

function isMembers(_value: object): _value is { [key: string]: JsonResult } {
  return true;
}

/** The name that a key has in JSON. */
export function memberName(key: RegoValue): string {
  return typeof key === 'string' ? key : stringifyJson(key);
}

export interface JsonTextOptions {
  /** Text before each level of a line of its own; undefined for all in one line. */
  readonly indent?: string;
  /** Text before each line after the first. */
  readonly prefix?: string;
  /** Whether `<`, `>` and `&` are escaped, as Go does unless told otherwise. Default true. */
  readonly escapeHtml?: boolean;
}

/** JSON text as Go's encoding/json writes it: keys sorted, no blanks, `<`, `>`, `&` and U+2028 escaped. */
export function stringifyJson(value: RegoValue, options: JsonTextOptions = {}): string {
  return write(value, options, `\n${options.prefix ?? ''}`);
}

function write(value: RegoValue, options: JsonTextOptions, margin: string): string {
  if (typeof value === 'string') return jsonString(value, options.escapeHtml ?? true);
  if (typeof value !== 'object' || value === null) return String(value);
  if (isNumber(value)) return numberText(value);
  const inner = margin + (options.indent ?? '');
  if (isArray(value))
    return wrap(
      '[',
      value.map((item) => write(item, options, inner)),
      ']',
      options,
      margin,
    );
  if (value instanceof RegoSet) return write(value.sorted(), options, margin);
  return wrap('{', members(value, options, inner), '}', options, margin);
}

function wrap(
  open: string,
  items: string[],
  close: string,
  options: JsonTextOptions,
  margin: string,
): string {
  if (items.length === 0) return open + close;
  if (options.indent === undefined && options.prefix === undefined) return open + items.join(',') + close;
  const inner = margin + (options.indent ?? '');
  return open + inner + items.join(`,${inner}`) + margin + close;
}

function members(value: RegoValue, options: JsonTextOptions, inner: string): string[] {
  const colon = options.indent === undefined && options.prefix === undefined ? ':' : ': ';
  const escapeHtml = options.escapeHtml ?? true;
  if (isPlainObject(value)) {
    return memberNamesSorted(value).map(
      (name) => jsonString(name, escapeHtml) + colon + write(value[name] ?? null, options, inner),
    );
  }
  const named = new Map<string, RegoValue>();
  let inOrder = true;
  for (const [key, item] of entriesSorted(value)) {
    inOrder &&= typeof key === 'string';
    named.set(memberName(key), item);
  }
  const names = inOrder ? named.keys() : sortStrings([...named.keys()]);
  return Array.from(names, (name) => {
    return jsonString(name, escapeHtml) + colon + write(named.get(name) ?? null, options, inner);
  });
}

// What stands in quotes as it is.
const harmless = /^[ !#-%'-;=?-[\]-~]*$/;
const needsEscape = /[<>&\u2028\u2029\ud800-\udfff]/;
const htmlCharacters = /[<>&]/g;
const separators = /[\u2028\u2029]/g;

/** A JSON string as Go writes it. */
export function jsonString(text: string, escapeHtml = true): string {
  if (harmless.test(text)) return `"${text}"`;
  const quoted = JSON.stringify(needsEscape.test(text) ? text.toWellFormed() : text);
  if (!needsEscape.test(quoted)) return quoted;
  const safe = quoted.replace(separators, escapeUnit);
  return escapeHtml ? safe.replace(htmlCharacters, escapeUnit) : safe;
}

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
