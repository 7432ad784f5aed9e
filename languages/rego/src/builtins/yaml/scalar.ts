import { numberText, type RegoNumber } from '../../values/index.ts';
import { noFlags } from '../format/flags.ts';
import { formatFloat } from '../format/float.ts';

/** Scalars as go-yaml writes them: plain where that reads back as text, else in the quotes that can hold it. */

export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal';

const words = new Set(
  'true True TRUE false False FALSE ~ null Null NULL .nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF'.split(
    ' ',
  ),
);
const oldBooleans = new Set('y Y yes Yes YES on On ON n N no No NO off Off OFF'.split(' '));
const integer = /^[-+]?(?:0[xX][\da-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9]\d*)$/;
const float = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const sexagesimal = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/;
const timestamp =
  /^\d{4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])(?:(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[-+]\d\d:\d\d))|(?: \d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?))?$/;

/** Whether a plain scalar of this text would be read as text, by old readers too. */
function readsAsText(text: string): boolean {
  if (text === '' || words.has(text) || oldBooleans.has(text)) return false;
  if (!/^[-+.\d]/.test(text)) return true;
  const dense = text.replaceAll('_', '');
  const isFloat = float.test(dense) && Number.isFinite(Number(dense));
  return !(integer.test(dense) || isFloat || sexagesimal.test(text) || timestamp.test(text));
}

const lineBreak = /[\n\r\u0085\u2028\u2029]/;
const unprintable = /[^\n -~\u0085\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;
// A space before a line break, and a line break before a space.
const spaceBreak = / [\n\r\u0085\u2028\u2029]/;
const breakSpace = /[\n\r\u0085\u2028\u2029] /;
// What begins another construct, at the start or anywhere.
const startsOther = /^(?:[#,[\]{}&*!|>'"%@`]|[?:-](?:[\s\u0085\u2028\u2029]|$)|---|\.\.\.)/;
const holdsOther = /:(?:[\s\u0085\u2028\u2029]|$)|[\s\u0085\u2028\u2029]#/;
const outerSpace = /^[ \n\r\u0085\u2028\u2029]|[ \n\r\u0085\u2028\u2029]$/;

/** The style of a text, by what it holds. */
export function styleOf(text: string): ScalarStyle {
  const isSpecial = unprintable.test(text.replaceAll('\t', ''));
  const hasSpaceBreak = spaceBreak.test(text);
  if (text.includes('\n')) return isSpecial || hasSpaceBreak || text.endsWith(' ') ? 'double' : 'literal';
  if (!readsAsText(text)) return 'double';
  const needsDouble = isSpecial || hasSpaceBreak || text.includes('\t') || breakSpace.test(text);
  if (needsDouble) return 'double';
  const mayBePlain =
    !lineBreak.test(text) && !outerSpace.test(text) && !startsOther.test(text) && !holdsOther.test(text);
  return mayBePlain ? 'plain' : 'single';
}

/** The text of a string in a style; the lines of a literal stand `indent` columns in. */
export function writeText(text: string, style: ScalarStyle, indent: number): string {
  switch (style) {
    case 'plain':
      return text;
    case 'single':
      return `'${text.replaceAll("'", "''")}'`;
    case 'double':
      return writeDouble(text);
    case 'literal':
      return writeLiteral(text, indent);
  }
}

const shortEscapes = new Map([
  ['\u0000', '\\0'],
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\u000b', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['\u001b', '\\e'],
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\u0085', '\\N'],
  ['\u00a0', '\\_'],
  ['\u2028', '\\L'],
  ['\u2029', '\\P'],
]);
const escapedInDouble = /[^ !#-[\]-~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;

function writeDouble(text: string): string {
  let out = '"';
  for (const character of text) {
    out += escapedInDouble.test(character) ? escapeOf(character) : character;
  }
  return `${out}"`;
}

function escapeOf(character: string): string {
  const short = shortEscapes.get(character);
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  const [letter, digits] = code < 0x100 ? ['x', 2] : code < 0x10000 ? ['u', 4] : ['U', 8];
  return `\\${letter}${code.toString(16).toUpperCase().padStart(Number(digits), '0')}`;
}

function writeLiteral(text: string, indent: number): string {
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const chomping = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const lines = body.split('\n').map((line) => (line === '' ? '' : ' '.repeat(indent) + line));
  return `|${hint}${chomping}\n${lines.join('\n')}`;
}

/** The longest key, in bytes, that stands on a line with its colon. */
const longestSimpleKey = 128;

/** Whether a key needs the form with a question mark. */
export function isComplexKey(text: string): boolean {
  return lineBreak.test(text) || new TextEncoder().encode(text).length > longestSimpleKey;
}

/** A number as go-yaml reads it from JSON and writes it: integers of 64 bits exactly, others as floats. */
export function writeNumber(number: RegoNumber): string {
  const text = numberText(number);
  if (/^-?\d{1,20}$/.test(text)) {
    const exact = BigInt(text);
    if (exact >= -(2n ** 63n) && exact < 2n ** 64n) return exact.toString();
  }
  const value = Number(text);
  return Number.isFinite(value) ? formatFloat(value, 'g', noFlags()) : text;
}
