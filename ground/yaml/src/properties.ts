import {
  EXCLAMATION,
  HASH,
  hexValue,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isBreakOrEnd,
  isDigit,
  isWord,
  PERCENT,
} from './characters.ts';
import type { Cursor } from './cursor.ts';
import { makeToken, type Token } from './token.ts';

/** YAML 1.1 sections 6.9.2 and 7.1: `&name` and `*name`; go-yaml allows letters, digits, `_` and `-` only. */
export function scanAnchor(cursor: Cursor, kind: 'anchor' | 'alias'): Token {
  const start = cursor.offset;
  cursor.offset++;
  const name = scanWord(cursor);
  const after = cursor.at();
  const isEnded = isBlankOrEnd(after) || '?:,]}%@`'.includes(String.fromCharCode(after));
  if (name === '' || !isEnded) throw cursor.syntax(`an ${kind} has a name of letters and digits only`);
  return makeToken(kind, start, cursor.offset, name);
}

function scanWord(cursor: Cursor): string {
  const start = cursor.offset;
  while (isWord(cursor.at())) cursor.offset++;
  return cursor.text.slice(start, cursor.offset);
}

/** `!<uri>`, `!suffix`, `!handle!suffix` and the lone `!`, whose handle is empty. */
export function scanTag(cursor: Cursor): Token {
  const start = cursor.offset;
  let handle = '';
  let suffix: string;
  if (cursor.at(1) === 60) {
    cursor.offset += 2;
    suffix = scanTagUri(cursor, '', false);
    if (cursor.at() !== 62) throw cursor.syntax("a tag lacks its closing '>'");
    cursor.offset++;
  } else {
    const word = scanHandle(cursor);
    if (word.length > 1 && word.endsWith('!')) {
      handle = word;
      suffix = scanTagUri(cursor, '', false);
    } else {
      suffix = scanTagUri(cursor, word.slice(1), true);
      if (suffix === '') suffix = '!';
      else handle = '!';
    }
  }
  if (!isBlankOrEnd(cursor.at())) throw cursor.syntax('a tag is followed by something other than a blank');
  return makeToken('tag', start, cursor.offset, handle, suffix);
}

function scanHandle(cursor: Cursor): string {
  const start = cursor.offset;
  cursor.offset++;
  while (isWord(cursor.at())) cursor.offset++;
  if (cursor.at() === EXCLAMATION) cursor.offset++;
  return cursor.text.slice(start, cursor.offset);
}

const uriMarks: ReadonlySet<number> = new Set(
  [...";/?:@&=+$,.!~*'()[]%"].map((letter) => letter.charCodeAt(0)),
);

function scanTagUri(cursor: Cursor, head: string, mayBeEmpty: boolean): string {
  let out = head;
  let from = cursor.offset;
  const start = from;
  for (let unit = cursor.at(); isWord(unit) || uriMarks.has(unit); unit = cursor.at()) {
    if (unit === PERCENT) {
      out += cursor.text.slice(from, cursor.offset) + scanUriEscape(cursor);
      from = cursor.offset;
    } else cursor.offset++;
  }
  if (cursor.offset === start && !mayBeEmpty) throw cursor.syntax('a tag has no name');
  return out + cursor.text.slice(from, cursor.offset);
}

/** Octets written as `%XX` that make up one UTF-8 character. */
function scanUriEscape(cursor: Cursor): string {
  const octets: number[] = [];
  let length = 1;
  while (octets.length < length) {
    const octet = hexValue(cursor.at(1)) * 16 + hexValue(cursor.at(2));
    if (cursor.at() !== PERCENT || hexValue(cursor.at(1)) < 0 || hexValue(cursor.at(2)) < 0) {
      throw cursor.syntax('a tag holds a broken escape');
    }
    if (octets.length === 0) {
      length =
        octet < 0x80
          ? 1
          : (octet & 0xe0) === 0xc0
            ? 2
            : (octet & 0xf0) === 0xe0
              ? 3
              : (octet & 0xf8) === 0xf0
                ? 4
                : 0;
      if (length === 0) throw cursor.syntax('a tag holds an escape that is not UTF-8');
    } else if ((octet & 0xc0) !== 0x80) throw cursor.syntax('a tag holds an escape that is not UTF-8');
    octets.push(octet);
    cursor.offset += 3;
  }
  return new TextDecoder().decode(Uint8Array.from(octets));
}

/** YAML 1.1 section 7.1: `%YAML 1.1` and `%TAG handle prefix`; go-yaml refuses every other. */
export function scanDirective(cursor: Cursor): Token {
  const start = cursor.offset;
  cursor.offset++;
  const name = scanWord(cursor);
  if (name === '' || !isBlankOrEnd(cursor.at())) throw cursor.syntax('a directive has a broken name', start);
  let token: Token;
  if (name === 'YAML') {
    skipBlanks(cursor);
    token = makeToken('version-directive', start, start, scanVersion(cursor));
  } else if (name === 'TAG') token = scanTagDirective(cursor, start);
  else throw cursor.syntax(`unknown directive %${name}`, start);
  token.end = cursor.offset;
  skipBlanks(cursor);
  if (cursor.at() === HASH) while (!isBreakOrEnd(cursor.at())) cursor.offset++;
  if (!isBreakOrEnd(cursor.at())) throw cursor.syntax('text follows a directive on its line', start);
  if (isBreak(cursor.at())) cursor.skipBreak();
  return token;
}

function scanTagDirective(cursor: Cursor, start: number): Token {
  skipBlanks(cursor);
  if (cursor.at() !== EXCLAMATION) throw cursor.syntax("a %TAG handle begins with '!'", start);
  const handle = scanHandle(cursor);
  if (handle.length > 1 && !handle.endsWith('!')) throw cursor.syntax("a %TAG handle ends with '!'", start);
  if (!isBlank(cursor.at())) throw cursor.syntax('a %TAG directive lacks its prefix', start);
  skipBlanks(cursor);
  const prefix = scanTagUri(cursor, '', false);
  if (!isBlankOrEnd(cursor.at())) throw cursor.syntax('a %TAG prefix is not a URI', start);
  return makeToken('tag-directive', start, start, handle, prefix);
}

function skipBlanks(cursor: Cursor): void {
  while (isBlank(cursor.at())) cursor.offset++;
}

function scanVersion(cursor: Cursor): string {
  const start = cursor.offset;
  const major = scanVersionNumber(cursor);
  if (cursor.at() !== 46) throw cursor.syntax('a %YAML directive has a broken version', start);
  cursor.offset++;
  return `${major}.${scanVersionNumber(cursor)}`;
}

function scanVersionNumber(cursor: Cursor): number {
  const start = cursor.offset;
  while (isDigit(cursor.at())) cursor.offset++;
  const length = cursor.offset - start;
  if (length === 0 || length > 2) throw cursor.syntax('a %YAML directive has a broken version', start);
  return Number(cursor.text.slice(start, cursor.offset));
}
