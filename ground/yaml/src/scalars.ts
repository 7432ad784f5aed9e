import {
  APOSTROPHE,
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  DASH,
  HASH,
  hexValue,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isBreakOrEnd,
  isDigit,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUESTION,
  QUOTE,
  SPACE,
  TAB,
} from './characters.ts';
import type { Cursor } from './cursor.ts';
import { makeToken, type Token } from './token.ts';

/** Line folding (YAML 1.1 section 5.4): one break is a space, more are that many less one. */
function fold(first: string, others: string): string {
  if (first !== '\n') return first + others;
  return others === '' ? ' ' : others;
}

/** Skips blanks and breaks inside a flow scalar and gives the text they stand for. */
function scanSpaces(cursor: Cursor, afterEscapedBreak: boolean, refuseTabsBefore: number): Spaces {
  const { text } = cursor;
  let first: string | undefined = afterEscapedBreak ? '' : undefined;
  let others = '';
  const start = cursor.offset;
  let unit = cursor.at();
  while (isBlank(unit) || isBreak(unit)) {
    if (isBreak(unit)) {
      const lineBreak = cursor.skipBreak();
      if (first === undefined) first = lineBreak;
      else others += lineBreak;
    } else {
      if (unit === TAB && first !== undefined && cursor.column < refuseTabsBefore) {
        throw cursor.syntax('a tab indents a line of a plain scalar');
      }
      cursor.offset++;
    }
    unit = cursor.at();
  }
  if (first === undefined) return { text: text.slice(start, cursor.offset), broken: false };
  return { text: first === '' ? others : fold(first, others), broken: true };
}

interface Spaces {
  text: string;
  broken: boolean;
}

/** YAML 1.1 section 9.1.3. Sets `simpleKeyAllowed` when the scalar ended at a line break. */
export function scanPlain(cursor: Cursor): Token {
  const start = cursor.offset;
  const isFlow = cursor.flowLevel > 0;
  const minimum = cursor.indent + 1;
  const parts: string[] = [];
  let end = start;
  let pending: Spaces = { text: '', broken: false };
  while (!cursor.atDocumentIndicator() && cursor.at() !== HASH) {
    const from = cursor.offset;
    let unit = cursor.at();
    while (!isBlankOrEnd(unit) && !endsPlain(cursor, unit, isFlow)) {
      cursor.offset++;
      unit = cursor.at();
    }
    if (cursor.offset > from) {
      parts.push(pending.text, cursor.text.slice(from, cursor.offset));
      end = cursor.offset;
      pending = { text: '', broken: false };
    }
    if (!isBlank(unit) && !isBreak(unit)) break;
    pending = scanSpaces(cursor, false, minimum);
    if (!isFlow && cursor.column < minimum) break;
  }
  if (pending.broken) cursor.simpleKeyAllowed = true;
  return makeToken('scalar', start, end, parts.join(''), '', true);
}

function endsPlain(cursor: Cursor, unit: number, isFlow: boolean): boolean {
  if (unit === COLON) return isBlankOrEnd(cursor.at(1));
  if (!isFlow) return false;
  return (
    unit === COMMA ||
    unit === QUESTION ||
    unit === OPEN_BRACKET ||
    unit === CLOSE_BRACKET ||
    unit === OPEN_BRACE ||
    unit === CLOSE_BRACE
  );
}

/** YAML 1.1 sections 9.1.1 and 9.1.2. */
export function scanQuoted(cursor: Cursor, quote: number): Token {
  const start = cursor.offset;
  const parts: string[] = [];
  cursor.offset++;
  for (;;) {
    if (cursor.atDocumentIndicator())
      throw cursor.syntax('a document indicator stands inside a quoted scalar');
    const escapedBreak = scanQuotedRun(cursor, quote, parts);
    const unit = cursor.at();
    if (unit === quote && !escapedBreak) break;
    if (unit === 0) throw cursor.syntax('a quoted scalar is not closed', start);
    parts.push(scanSpaces(cursor, escapedBreak, 0).text);
  }
  cursor.offset++;
  return makeToken('scalar', start, cursor.offset, parts.length === 1 ? (parts[0] ?? '') : parts.join(''));
}

/** Reads up to a blank, a break or the closing quote; true when an escaped line break was stepped over. */
function scanQuotedRun(cursor: Cursor, quote: number, parts: string[]): boolean {
  let from = cursor.offset;
  for (;;) {
    const unit = cursor.at();
    if (isBlankOrEnd(unit)) break;
    if (unit === quote) {
      if (quote !== APOSTROPHE || cursor.at(1) !== APOSTROPHE) break;
      parts.push(cursor.text.slice(from, cursor.offset + 1));
      cursor.offset += 2;
      from = cursor.offset;
    } else if (unit === BACKSLASH && quote === QUOTE) {
      parts.push(cursor.text.slice(from, cursor.offset));
      if (isBreak(cursor.at(1))) {
        cursor.offset++;
        cursor.skipBreak();
        return true;
      }
      parts.push(scanEscape(cursor));
      from = cursor.offset;
    } else cursor.offset++;
  }
  parts.push(cursor.text.slice(from, cursor.offset));
  return false;
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['t', '\t'],
  ['\t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\x1b'],
  [' ', ' '],
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['N', '\x85'],
  ['_', '\xa0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
]);

const codeLengths: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

function scanEscape(cursor: Cursor): string {
  const letter = cursor.text.charAt(cursor.offset + 1);
  const simple = escapes.get(letter);
  const length = codeLengths.get(letter);
  if (cursor.at(1) === 0 || (simple === undefined && length === undefined)) {
    throw cursor.syntax('unknown escape in a double-quoted scalar');
  }
  cursor.offset += 2;
  if (simple !== undefined) return simple;
  let code = 0;
  for (let i = 0; i < (length ?? 0); i++) {
    const digit = hexValue(cursor.at(i));
    if (digit < 0) throw cursor.syntax('an escape lacks hexadecimal digits');
    code = code * 16 + digit;
  }
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) {
    throw cursor.syntax('an escape names no Unicode character');
  }
  cursor.offset += length ?? 0;
  return String.fromCodePoint(code);
}

type Chomping = 'strip' | 'clip' | 'keep';

/** YAML 1.1 section 9.2: `|` and `>`. The token ends after the last line that has content. */
export function scanBlock(cursor: Cursor, isLiteral: boolean): Token {
  const start = cursor.offset;
  cursor.offset++;
  const { chomping, increment } = scanBlockHeader(cursor);
  let end = cursor.offset;
  endBlockHeader(cursor);
  const layout = { indent: increment === 0 ? 0 : Math.max(cursor.indent, 0) + increment, breaks: '' };
  scanBlockBreaks(cursor, layout);
  const parts: string[] = [];
  let lineBreak = '';
  let wasBlank = false;
  while (cursor.column === layout.indent && cursor.at() !== 0) {
    const isBlankLine = isBlank(cursor.at());
    if (!isLiteral && lineBreak.startsWith('\n') && !wasBlank && !isBlankLine) {
      if (layout.breaks === '') parts.push(' ');
    } else parts.push(lineBreak);
    parts.push(layout.breaks);
    wasBlank = isBlankLine;
    const from = cursor.offset;
    while (!isBreakOrEnd(cursor.at())) cursor.offset++;
    parts.push(cursor.text.slice(from, cursor.offset));
    end = cursor.offset;
    lineBreak = isBreak(cursor.at()) ? cursor.skipBreak() : '';
    layout.breaks = '';
    scanBlockBreaks(cursor, layout);
  }
  if (chomping !== 'strip') parts.push(lineBreak);
  if (chomping === 'keep') parts.push(layout.breaks);
  return makeToken('scalar', start, end, parts.join(''));
}

/** Chomping and indentation indicators, in either order. */
function scanBlockHeader(cursor: Cursor): { chomping: Chomping; increment: number } {
  let chomping: Chomping = 'clip';
  let increment = 0;
  let hasChomping = false;
  let hasIncrement = false;
  for (;;) {
    const unit = cursor.at();
    if (!hasChomping && (unit === 43 || unit === DASH)) {
      chomping = unit === DASH ? 'strip' : 'keep';
      hasChomping = true;
    } else if (!hasIncrement && isDigit(unit)) {
      increment = unit - 48;
      if (increment === 0) throw cursor.syntax('the indentation indicator of a block scalar is 0');
      hasIncrement = true;
    } else return { chomping, increment };
    cursor.offset++;
  }
}

function endBlockHeader(cursor: Cursor): void {
  while (isBlank(cursor.at())) cursor.offset++;
  if (cursor.at() === HASH) while (!isBreakOrEnd(cursor.at())) cursor.offset++;
  if (!isBreakOrEnd(cursor.at()))
    throw cursor.syntax('text follows the header of a block scalar on its line');
  if (isBreak(cursor.at())) cursor.skipBreak();
}

/** Steps over indentation and empty lines; finds the indentation of the block when it is not known. */
function scanBlockBreaks(cursor: Cursor, layout: { indent: number; breaks: string }): void {
  let deepest = 0;
  const breaks: string[] = [];
  for (;;) {
    while ((layout.indent === 0 || cursor.column < layout.indent) && cursor.at() === SPACE) cursor.offset++;
    if (cursor.column > deepest) deepest = cursor.column;
    if ((layout.indent === 0 || cursor.column < layout.indent) && cursor.at() === TAB) {
      throw cursor.syntax('a tab indents a line of a block scalar');
    }
    if (!isBreak(cursor.at())) break;
    breaks.push(cursor.skipBreak());
  }
  layout.breaks = breaks.join('');
  if (layout.indent === 0) layout.indent = Math.max(deepest, cursor.indent + 1, 1);
}
