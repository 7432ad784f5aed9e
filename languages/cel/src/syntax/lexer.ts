import { errorAt } from '../error.ts';
import type { CelLiteral } from './ast.ts';
import { readStringToken } from './string-literal.ts';

export type Token =
  | { readonly type: 'literal'; readonly value: CelLiteral; readonly start: number; readonly end: number }
  | {
      readonly type: 'ident';
      readonly text: string;
      readonly quoted: boolean;
      readonly start: number;
      readonly end: number;
    }
  | { readonly type: 'symbol'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly type: 'end'; readonly start: number; readonly end: number };

const space = /[\t\n\f\r ]+|\/\/[^\n]*/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
const escapedWord = /`([A-Za-z0-9_.\-/ ]+)`/y;
const stringStart = /[rRbB]{0,2}["']/y;
const number =
  /0[xX][0-9a-fA-F]+[uU]?|(?:[0-9]+\.[0-9]+|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|[0-9]+[uU]?/y;
const symbol = /&&|\|\||[<>=!]=|[-+*/%<>!?:.,()[\]{}]/y;

function match(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

/** The tokens of a text (cel-spec, "Syntax"), with an `end` token last. Throws CelError CEL_SYNTAX. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const blank = match(space, source, at);
    if (blank !== null) {
      at += blank[0].length;
      continue;
    }
    const token = readToken(source, at);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ type: 'end', start: source.length, end: source.length });
  return tokens;
}

function readToken(source: string, start: number): Token {
  if (match(stringStart, source, start) !== null) {
    const { value, end } = readStringToken(source, start);
    return { type: 'literal', value, start, end };
  }
  const name = match(word, source, start);
  if (name !== null) return wordToken(name[0], start);
  const quoted = match(escapedWord, source, start);
  if (quoted !== null) {
    return { type: 'ident', text: quoted[1] ?? '', quoted: true, start, end: start + quoted[0].length };
  }
  const digits = match(number, source, start);
  if (digits !== null) {
    const end = start + digits[0].length;
    return { type: 'literal', value: numberLiteral(digits[0], source, start), start, end };
  }
  const sign = match(symbol, source, start);
  if (sign !== null) return { type: 'symbol', text: sign[0], start, end: start + sign[0].length };
  const character = String.fromCodePoint(source.codePointAt(start) ?? 0);
  throw errorAt('CEL_SYNTAX', `unexpected character ${JSON.stringify(character)}`, source, start);
}

function wordToken(text: string, start: number): Token {
  const end = start + text.length;
  if (text === 'true' || text === 'false') {
    return { type: 'literal', value: { type: 'bool', value: text === 'true' }, start, end };
  }
  if (text === 'null') return { type: 'literal', value: { type: 'null' }, start, end };
  if (text === 'in') return { type: 'symbol', text, start, end };
  return { type: 'ident', text, quoted: false, start, end };
}

function numberLiteral(text: string, source: string, start: number): CelLiteral {
  if (/[uU]$/.test(text)) {
    const value = BigInt(text.slice(0, -1));
    if (value >= 2n ** 64n) throw errorAt('CEL_SYNTAX', `invalid uint literal ${text}`, source, start);
    return { type: 'uint', value };
  }
  if (/^0[xX]/.test(text) || /^[0-9]+$/.test(text)) {
    const value = BigInt(text);
    // 2^63 is let through for the parser, which joins it with a minus sign before it.
    if (value > 2n ** 63n) throw errorAt('CEL_SYNTAX', `invalid int literal ${text}`, source, start);
    return { type: 'int', value };
  }
  return { type: 'double', value: Number(text) };
}
