import { createObject, type JsonValue, KeelsonError, type SourceText } from '@keelson/core';
import { parse, TomlDate, TomlError, type TomlTable, type TomlValue } from 'smol-toml';
import { configurationError } from '../error.ts';
import type { FormatReader } from '../format.ts';
import type { ConfigurationLimits } from '../limits.ts';

/** TOML as one object. Dates and times are texts in the form of RFC 3339. */
export const readToml: FormatReader = (source, limits) => [
  { value: tableOf(parseTable(source, limits), source, limits.maxDepth), locate: () => undefined },
];

function parseTable(source: SourceText, { maxDepth }: ConfigurationLimits): TomlTable {
  try {
    return parse(source.text, { integersAsBigInt: 'asNeeded', maxDepth });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [first = ''] = error.message.split('\n');
    const { line, column } = error;
    throw new KeelsonError('CONFIGURATION_SYNTAX', first.replace(/^Invalid TOML document: /, ''), {
      location: { file: source.file, line, column },
      cause: error,
    });
  }
}

/** Headers nest too (`[a.b.c]`), which the parser does not count. */
function tableOf(table: TomlTable, source: SourceText, depth: number): JsonValue {
  if (depth === 0) throw configurationError(source, 'CONFIGURATION_LIMIT', 'nested deeper than maxDepth', 0);
  const out = createObject();
  for (const [name, value] of Object.entries(table)) out[name] = jsonOf(value, source, depth - 1);
  return out;
}

function jsonOf(value: TomlValue, source: SourceText, depth: number): JsonValue {
  if (value instanceof TomlDate) return dateText(value);
  if (Array.isArray(value)) return value.map((item) => jsonOf(item, source, depth));
  if (typeof value === 'object') return tableOf(value, source, depth);
  if (typeof value === 'number' && !Number.isFinite(value))
    throw configurationError(source, 'CONFIGURATION_SYNTAX', `${value} has no JSON form`, 0);
  return value;
}

/** What has no date is of the year 0, what has no time of midnight, and what has no zone of UTC, as conftest has it. */
function dateText(date: TomlDate): string {
  const text = date
    .toISOString()
    .replace(/\.(\d*?)0+(?=\D|$)/, (_, digits: string) => (digits === '' ? '' : `.${digits}`));
  if (date.isDate()) return `${text}T00:00:00Z`;
  if (date.isTime()) return `0000-01-01T${text}Z`;
  return date.isLocal() ? `${text}Z` : text;
}
