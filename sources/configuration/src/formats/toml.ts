import { createObject, type JsonValue, KeelsonError, type SourceText } from '@keelson/core';
import { parse, TomlDate, TomlError, type TomlTable, type TomlValue } from 'smol-toml';
import { configurationError } from '../error.ts';
import type { FormatReader } from '../format.ts';
import type { ConfigurationLimits } from '../limits.ts';

/** TOML as one object. Dates and times are texts in the form of RFC 3339, to the millisecond. */
export const readToml: FormatReader = (source, limits) => [
  { value: new TomlValues(source, limits).table(parseTable(source, limits)), locate: () => undefined },
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

/** The parser's values as JSON. */
class TomlValues {
  readonly #source: SourceText;
  readonly #maxDepth: number;
  #depth = 0;
  #written: Set<string> | undefined;

  constructor(source: SourceText, { maxDepth }: ConfigurationLimits) {
    this.#source = source;
    this.#maxDepth = maxDepth;
  }

  table(table: TomlTable): JsonValue {
    // Headers nest too (`[a.b.c]`), which the parser does not count.
    if (++this.#depth > this.#maxDepth)
      throw this.#fault(`nested deeper than maxDepth, ${this.#maxDepth}`, 'CONFIGURATION_LIMIT');
    const out = createObject();
    for (const [name, value] of Object.entries(table)) out[name] = this.#value(value);
    this.#depth--;
    return out;
  }

  #fault(
    message: string,
    code: 'CONFIGURATION_LIMIT' | 'CONFIGURATION_SYNTAX' = 'CONFIGURATION_SYNTAX',
  ): Error {
    return configurationError(this.#source, code, message, 0);
  }

  #value(value: TomlValue): JsonValue {
    if (value instanceof TomlDate) return this.#date(value);
    if (Array.isArray(value)) return value.map((item) => this.#value(item));
    if (typeof value === 'object') return this.table(value);
    if (typeof value === 'number' && !Number.isFinite(value)) throw this.#fault(`${value} has no JSON form`);
    return value;
  }

  /** What has no date is of the year 0, what has no time of midnight, and what has no zone of UTC, as conftest has it. */
  #date(date: TomlDate): string {
    const text = date
      .toISOString()
      .replace(/\.(\d*?)0+(?=\D|$)/, (_, digits: string) => (digits === '' ? '' : `.${digits}`));
    if (date.isTime()) return `0000-01-01T${text}Z`;
    // The parser takes 29 February of other years for 1 March; a date that there is stands in the text as it is.
    this.#written ??= new Set(this.#source.text.match(/\d{4}-\d\d-\d\d/g));
    if (!this.#written.has(text.slice(0, 10))) throw this.#fault('a date that there is not');
    if (date.isDate()) return `${text}T00:00:00Z`;
    return date.isLocal() ? `${text}Z` : text;
  }
}
