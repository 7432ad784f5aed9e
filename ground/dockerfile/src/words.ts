import { isBlank } from './line-reader.ts';

/** A word as written, quotes and escapes kept, with its range in the text. */
export interface RawWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Splits at blanks only. */
export function splitBlanks(text: string, from = 0): RawWord[] {
  const words: RawWord[] = [];
  let at = from;
  while (at < text.length) {
    while (at < text.length && isBlank(text.charCodeAt(at))) at++;
    const start = at;
    while (at < text.length && !isBlank(text.charCodeAt(at))) at++;
    if (at > start) words.push({ text: text.slice(start, at), start, end: at });
  }
  return words;
}

/**
 * Splits at blanks outside quotes, as ENV, ARG and LABEL are read. A quote that nothing closes runs to the
 * end of the line.
 */
export function splitQuoted(text: string, escapeChar: string, from = 0): RawWord[] {
  const words: RawWord[] = [];
  let at = from;
  while (at < text.length) {
    while (at < text.length && isBlank(text.charCodeAt(at))) at++;
    if (at >= text.length) break;
    const start = at;
    at = endOfWord(text, at, escapeChar);
    words.push({ text: text.slice(start, at), start, end: at });
  }
  return words;
}

function endOfWord(text: string, from: number, escapeChar: string): number {
  let quote = '';
  let at = from;
  for (; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === escapeChar && quote !== "'") at++;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (isBlank(text.charCodeAt(at))) break;
  }
  return Math.min(at, text.length);
}

export interface RawFlag {
  readonly name: string;
  readonly value: string;
  readonly hasValue: boolean;
  readonly start: number;
  readonly end: number;
}

/** Flags before the arguments: words that begin with `--`, up to a lone `--` or another word. */
export function splitFlags(
  text: string,
  escapeChar: string,
  from: number,
): { flags: RawFlag[]; rest: number } {
  const flags: RawFlag[] = [];
  let at = from;
  for (;;) {
    while (at < text.length && isBlank(text.charCodeAt(at))) at++;
    if (!text.startsWith('--', at)) return { flags, rest: at };
    const end = endOfWord(text, at, escapeChar);
    const word = text.slice(at, end);
    const start = at;
    at = end;
    if (word === '--') return { flags, rest: skip(text, at) };
    const equals = word.indexOf('=');
    const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
    const value = equals < 0 ? '' : unquote(word.slice(equals + 1), escapeChar);
    flags.push({ name, value, hasValue: equals >= 0, start, end });
  }
}

function skip(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** Quotes removed and escapes undone, without expansion of variables. */
export function unquote(text: string, escapeChar: string): string {
  if (!text.includes('"') && !text.includes("'") && !text.includes(escapeChar)) return text;
  let out = '';
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === escapeChar && quote === '"') {
      const following = text[at + 1] ?? '';
      if (following === '"' || following === '$' || following === escapeChar) at++;
      out += text[at] ?? '';
    } else if (char === escapeChar && quote === '') {
      at++;
      out += text[at] ?? '';
    } else if (quote !== '') {
      if (char === quote) quote = '';
      else out += char;
    } else if (char === '"' || char === "'") quote = char;
    else out += char;
  }
  return out;
}
