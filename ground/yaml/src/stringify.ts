import { isObject, type JsonObject, type JsonValue, KeelsonError } from '@keelson/core';
import type { YamlErrorCode } from './error.ts';
import { writeLiteral, writeSimple, writeString } from './scalar-text.ts';

/** How block collections are laid out. */
export interface Layout {
  /** Columns that a nested mapping is indented. */
  step: number;
  /** Columns that a list under a key is indented: 0 as kubectl writes it. */
  listShift: number;
  lineBreak: string;
  /** Whether text of several lines may become a literal block scalar. */
  mayBeLiteral: boolean;
}

export const defaultLayout: Readonly<Layout> = Object.freeze({
  step: 2,
  listShift: 0,
  lineBreak: '\n',
  mayBeLiteral: true,
});

/** A key longer than this would need the `?` form, which nothing here writes. */
const longestKey = 1000;

/**
 * YAML text of a value in block style, ending with a line feed; reading it gives exactly the value back.
 * `indent` (2 unless given, at least 1) is the step of nested mappings. Throws YAML_EDIT_VALUE for a number
 * that is not finite and for a key of more than 1,000 characters.
 */
export function stringifyYaml(value: JsonValue, options: { indent?: number } = {}): string {
  const layout = { ...defaultLayout, step: Math.max(1, options.indent ?? 2) };
  return `${writeBlock(value, 0, layout)}\n`;
}

/** A value as it stands from `column` on; later lines carry their own indentation. */
export function writeBlock(value: JsonValue, column: number, layout: Layout): string {
  if (Array.isArray(value) && value.length > 0) return writeSequence(value, column, layout);
  if (isObject(value) && Object.keys(value).length > 0) return writeMapping(value, column, layout);
  return writeScalar(value, column, layout);
}

function writeMapping(object: JsonObject, column: number, layout: Layout): string {
  const entries = Object.keys(object).map((key) => writeEntry(key, object[key] ?? null, column, layout));
  return entries.join(layout.lineBreak + ' '.repeat(column));
}

/** `key: value` of a block mapping whose keys stand in `column`. */
export function writeEntry(key: string, value: JsonValue, column: number, layout: Layout): string {
  return `${writeKey(key, false)}:${writeAfterKey(value, column, layout)}`;
}

export function writeKey(key: string, isFlow: boolean): string {
  if (key.length > longestKey) throw valueError(`a key of ${key.length} characters cannot be written`);
  return writeString(key, isFlow);
}

/** What follows the colon of a key in `column`: a blank and a scalar, or lines. */
export function writeAfterKey(value: JsonValue, column: number, layout: Layout): string {
  if (!isFilled(value)) return ` ${writeScalar(value, column, layout)}`;
  const inner = column + (Array.isArray(value) ? layout.listShift : layout.step);
  return layout.lineBreak + ' '.repeat(inner) + writeBlock(value, inner, layout);
}

/** True for a collection with something in it, which block style puts on lines of its own. */
export function isFilled(value: JsonValue): boolean {
  return Array.isArray(value) ? value.length > 0 : isObject(value) && Object.keys(value).length > 0;
}

function writeSequence(items: JsonValue[], column: number, layout: Layout): string {
  return items.map((item) => writeItem(item, column, layout)).join(layout.lineBreak + ' '.repeat(column));
}

/** `- item` of a block list whose dashes stand in `column`. */
export function writeItem(item: JsonValue, column: number, layout: Layout): string {
  return `- ${isFilled(item) ? writeBlock(item, column + 2, layout) : writeScalar(item, column, layout)}`;
}

/** A scalar or empty collection; text of several lines becomes a literal inside `column`. */
export function writeScalar(value: JsonValue, column: number, layout: Layout): string {
  if (typeof value !== 'string') return writeFlow(value, false);
  const literal = layout.mayBeLiteral ? writeLiteral(value) : undefined;
  if (literal === undefined) return writeString(value, false);
  const margin = layout.lineBreak + ' '.repeat(column + Math.max(layout.step, 2));
  const lines = literal.lines.map((line) => (line === '' ? layout.lineBreak : margin + line));
  return literal.header + lines.join('');
}

/** A value in flow style on one line; with `isJson` every string is double-quoted. */
export function writeFlow(value: JsonValue, isJson: boolean): string {
  if (typeof value === 'string') return writeString(value, true, isJson ? 'double' : 'plain');
  if (Array.isArray(value)) return `[${value.map((item) => writeFlow(item, isJson)).join(', ')}]`;
  if (isObject(value)) {
    const entries = Object.keys(value).map((key) => {
      const name = isJson ? writeString(key, true, 'double') : writeKey(key, true);
      return `${name}: ${writeFlow(value[key] ?? null, isJson)}`;
    });
    return `{${entries.join(', ')}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw valueError(`${value} cannot be written`);
  return writeSimple(value);
}

function valueError(message: string): KeelsonError<YamlErrorCode> {
  return new KeelsonError('YAML_EDIT_VALUE', message);
}
