import { TemplateError } from './nodes.ts';

export type TokenKind =
  | 'word'
  | 'field'
  | 'variable'
  | 'number'
  | 'string'
  | 'character'
  | 'mark'
  | 'space'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly at: number;
}

/** A template cut into plain texts and the tokens of its actions. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly at: number; readonly tokens: readonly Token[] };

let patterns: readonly (readonly [TokenKind, RegExp])[] | undefined;

/** Made when the first template is read: V8 reads a property of Unicode in half a millisecond. */
const makePatterns = (): readonly (readonly [TokenKind, RegExp])[] => [
  ['space', /[ \t\r\n]+/y],
  [
    'number',
    /[+-]?(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.])/y,
  ],
  ['field', /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['variable', /\$(?:[\p{L}_][\p{L}\p{Nd}_]*)?/uy],
  ['word', /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['string', /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y],
  ['character', /'(?:[^'\\\n]|\\[^\n][^'\n]*)'/uy],
  ['mark', /:=|[=|(),.]/y],
];

const trimmedStart = /^-[ \t\r\n]/;
const comment = /^(?:- )?\/\*/;

/** The pieces in order. Blanks beside `{{-` and `-}}` are gone, and so are comments. */
export function tokenize(text: string): Piece[] {
  const pieces: Piece[] = [];
  let position = 0;
  let trimsNext = false;
  for (;;) {
    const open = text.indexOf('{{', position);
    const plain = text.slice(position, open < 0 ? undefined : open);
    const trimsThis = open >= 0 && trimmedStart.test(text.slice(open + 2, open + 4));
    const shown = trim(plain, trimsNext, trimsThis);
    if (shown !== '') pieces.push({ kind: 'text', text: shown });
    if (open < 0) return pieces;
    const start = open + 2 + (trimsThis ? 2 : 0);
    const isComment = comment.test(text.slice(start, start + 4));
    const { end, tokens } = isComment ? skipComment(text, start) : readAction(text, start);
    if (!isComment) pieces.push({ kind: 'action', at: start, tokens });
    trimsNext = text.startsWith('-}}', end);
    position = end + (trimsNext ? 3 : 2);
  }
}

function trim(text: string, left: boolean, right: boolean): string {
  const begun = left ? text.replace(/^[ \t\r\n]+/, '') : text;
  return right ? begun.slice(0, begun.length - blanksAtEnd(begun)) : begun;
}

function blanksAtEnd(text: string): number {
  let count = 0;
  while (count < text.length && ' \t\r\n'.includes(text.charAt(text.length - 1 - count))) count++;
  return count;
}

function skipComment(text: string, start: number): { end: number; tokens: Token[] } {
  const close = text.indexOf('*/', start);
  if (close < 0) throw fault(text, start, 'unclosed comment');
  const after = close + 2;
  if (text.startsWith('}}', after)) return { end: after, tokens: [] };
  if (/^[ \t\r\n]-}}/.test(text.slice(after, after + 4))) return { end: after + 1, tokens: [] };
  throw fault(text, start, 'comment ends before closing delimiter');
}

function readAction(text: string, start: number): { end: number; tokens: Token[] } {
  const tokens: Token[] = [];
  let position = start;
  for (;;) {
    if (text.startsWith('}}', position)) return { end: position, tokens };
    if (/^[ \t\r\n]-}}/.test(text.slice(position, position + 4))) return { end: position + 1, tokens };
    const token = tokenAt(text, position);
    if (token === undefined) throw unreadable(text, position);
    tokens.push(token);
    position += token.text.length;
  }
}

function tokenAt(text: string, at: number): Token | undefined {
  patterns ??= makePatterns();
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined && found !== '') return { kind, text: found, at };
  }
  return undefined;
}

function unreadable(text: string, position: number): TemplateError {
  const character = text.at(position);
  if (character === undefined) return fault(text, position, 'unclosed action');
  if (character === '"') return fault(text, position, 'unterminated quoted string');
  if (character === '`') return fault(text, position, 'unterminated raw quoted string');
  if (character === "'") return fault(text, position, 'unterminated character constant');
  const code = text.codePointAt(position) ?? 0;
  const shown = `U+${code.toString(16).toUpperCase().padStart(4, '0')} '${String.fromCodePoint(code)}'`;
  return fault(
    text,
    position,
    `unexpected ${/\d|[+-]/.test(character) ? 'bad number syntax' : 'unrecognized character in action'}: ${shown}`,
  );
}

/** An error of parsing, with its line. */
export function fault(text: string, at: number, message: string): TemplateError {
  const line = text.slice(0, at).split('\n').length;
  return new TemplateError(`template: template:${line}: ${message}`);
}
