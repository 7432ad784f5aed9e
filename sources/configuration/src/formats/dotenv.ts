import { createObject, type JsonObject, type SourceText } from '@keelson/core';
import { configurationError } from '../error.ts';
import type { FormatReader } from '../format.ts';
import { Places } from '../places.ts';

/**
 * Variables of the environment, as Go's package gotenv reads them, but for variables that the file does not set
 * itself: they are empty, since what is judged must not hang on who judges.
 */
export const readDotenv: FormatReader = (source, { maxTextBytes }) => {
  const places = new Places();
  const value = createObject();
  let size = 0;
  for (const { text, start, end } of entries(source)) {
    const entry = readEntry(text);
    if (entry === undefined)
      throw configurationError(source, 'CONFIGURATION_SYNTAX', 'a line must be NAME=value', start);
    const expanded = entry.isPlain ? entry.text : expand(entry.text, value, maxTextBytes - size);
    size += expanded?.length ?? 0;
    // `B=$A$A`, `C=$B$B` and so on doubles with every line.
    if (expanded === undefined || size > maxTextBytes)
      throw configurationError(
        source,
        'CONFIGURATION_LIMIT',
        `the values come to more than maxTextBytes, ${maxTextBytes}`,
        start,
      );
    value[entry.name] = expanded;
    places.mark(value, entry.name, { start, end });
  }
  return [{ value, locate: places.within(value) }];
};

interface Entry {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Lines, and those behind them for as long as a quote is open. */
function* entries(source: SourceText): Generator<Entry> {
  const lines = source.text.matchAll(/([^\r\n]*)(?:\r\n|\r|\n|$)/g);
  for (const { 0: whole, 1: first = '', index: start } of lines) {
    const text = first.trim();
    if (text === '' || text.startsWith('#')) continue;
    const parts = [text];
    let end = start + whole.length;
    for (let quote = openQuote(text); quote !== ''; ) {
      const next = lines.next();
      if (next.done === true || (next.value[0] === '' && next.value.index === source.text.length))
        throw configurationError(source, 'CONFIGURATION_SYNTAX', 'a value has no quote that ends it', start);
      const { 0: line, 1: more = '', index } = next.value;
      parts.push(more);
      end = index + line.length;
      const close = more.lastIndexOf(quote);
      if (close >= 0 && more[close - 1] !== '\\') quote = '';
    }
    yield { text: parts.join('\n'), start, end };
  }
}

/** The quote that a line opens and does not close. */
function openQuote(line: string): string {
  const equals = line.indexOf('=');
  const at = equals < 0 ? line.indexOf(':') : equals;
  const value = at > 0 ? line.slice(at + 1).trim() : '';
  const quote = value[0] ?? '';
  if (quote !== '"' && quote !== "'") return '';
  const close = value.slice(1).trim().lastIndexOf(quote);
  return close >= 0 && value[close] !== '\\' ? '' : quote;
}

interface Variable {
  readonly name: string;
  readonly text: string;
  /** In single quotes: no variable in it is meant. */
  readonly isPlain: boolean;
}

function readEntry(entry: string): Variable | undefined {
  const [head = '', name = ''] = /^\s*(?:export\s+)?([\w.]+)(?:\s*=\s*|:\s)/.exec(entry) ?? [];
  const written = name === '' ? undefined : writtenValue(entry.slice(head.length));
  if (written === undefined) return undefined;
  const [quote = ''] = written;
  if (written.length < 2 || !written.endsWith(quote) || (quote !== '"' && quote !== "'"))
    return { name, text: written, isPlain: false };
  const inner = written.slice(1, -1);
  return quote === '"'
    ? { name, text: unescaped(inner), isPlain: false }
    : { name, text: inner, isPlain: true };
}

/** The value as written: in quotes up to the last that a comment or nothing follows, else up to a comment. */
function writtenValue(rest: string): string | undefined {
  const lastLine = rest.lastIndexOf('\n') + 1;
  const quote = rest[0] === '"' || rest[0] === "'" ? rest[0] : undefined;
  if (quote !== undefined)
    for (let close = rest.lastIndexOf(quote); close > 0; close = rest.lastIndexOf(quote, close - 1))
      if (endsEntry(rest, close + 1, lastLine)) return rest.slice(0, close + 1);
  const plain = /^[^#\n]*/.exec(rest)?.[0] ?? '';
  return endsEntry(rest, plain.length, lastLine) ? plain.trim() : undefined;
}

/** Blanks and perhaps a comment, which stands on the last line, to the end. */
function endsEntry(text: string, from: number, lastLine: number): boolean {
  let at = from;
  while (/\s/.test(text[at] ?? '')) at++;
  return at >= text.length || (text[at] === '#' && at >= lastLine);
}

/** Escapes undone, but that of `$`, which tells variables apart. */
function unescaped(text: string): string {
  return text
    .replaceAll('\\n', '\n')
    .replaceAll('\\r', '\r')
    .replace(/\\([^$])/g, '$1');
}

/** With variables as what they are set to; undefined where that would be longer than `room`. */
function expand(text: string, values: JsonObject, room: number): string | undefined {
  let length = text.length;
  const out = text.replace(
    /(\\)?\$(\{?([A-Z0-9_]+)?\}?)/g,
    (all: string, escaped?: string, _?: string, name?: string) => {
      if (escaped !== undefined) return all.slice(1);
      if (name === undefined || length > room) return all;
      const value = Object.hasOwn(values, name) ? values[name] : '';
      if (typeof value !== 'string') return '';
      length += value.length - all.length;
      return length > room ? all : value;
    },
  );
  return length > room ? undefined : out;
}
