import type { Span } from '@keelson/core';
import type { HclExpression, HclTemplatePart } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { readExpression } from './expression.ts';
import { readForNames } from './for.ts';
import { unescapeText } from './string-literal.ts';
import { type FlatPart, trimIndent } from './template-text.ts';

/** A quoted template or a heredoc. */
export function readTemplate(cursor: Cursor): HclExpression {
  const open = cursor.read();
  const flat = readFlat(cursor, open.kind === 'open-quote' ? 'close-quote' : 'close-heredoc', open);
  if (open.kind === 'open-heredoc' && open.text === '-') trimIndent(flat);
  const span = cursor.since(open.start);
  const [only] = flat;
  if (flat.length === 1 && only?.type === 'value') return { type: 'wrap', expression: only.expression, span };
  const parts = new PartsReader(cursor, melded(flat)).read();
  if (parts.length === 0)
    parts.push({ type: 'literal', value: '', span: { start: open.end, end: open.end } });
  return { type: 'template', parts, span };
}

/** The parts one after another, with the blanks gone that `~` takes away. */
function readFlat(
  cursor: Cursor,
  close: 'close-quote' | 'close-heredoc',
  open: { start: number },
): FlatPart[] {
  const parts: FlatPart[] = [];
  let trimNext = false;
  while (!cursor.take(close)) {
    const token = cursor.peek();
    const { kind, start, end, text } = token;
    if (kind === 'quoted' || kind === 'text') {
      cursor.read();
      const value = unescapeText(cursor.source, text, start, kind === 'quoted');
      parts.push({ type: 'text', value: trimNext ? value.trimStart() : value, span: { start, end } });
      trimNext = false;
      continue;
    }
    if (kind !== '${' && kind !== '%{')
      throw cursor.error(
        close === 'close-quote'
          ? 'quoted text has no quote that ends it'
          : 'a heredoc has no line that ends it',
        open,
      );
    const last = parts.at(-1);
    if (text.endsWith('~') && last?.type === 'text') last.value = last.value.trimEnd();
    const part = readSequence(cursor);
    parts.push(part.part);
    trimNext = part.trimsNext;
  }
  return parts;
}

/** `${…}` or `%{…}`. */
function readSequence(cursor: Cursor): { part: FlatPart; trimsNext: boolean } {
  const open = cursor.read();
  return cursor.withNewlines(false, () => {
    const read = (): FlatPart =>
      open.kind === '${'
        ? { type: 'value', expression: readExpression(cursor), span: cursor.since(open.start) }
        : readDirective(cursor, open.start);
    const part = cursor.deeper(read);
    if (!cursor.is('end-template')) throw cursor.unexpected(`a } must end what ${open.kind} begins`);
    return { part, trimsNext: cursor.read().text === '~}' };
  });
}

function readDirective(cursor: Cursor, start: number): FlatPart {
  const word = cursor.peek();
  if (word.kind !== 'name') throw cursor.unexpected('%{ is followed by if, else, endif, for or endfor');
  cursor.read();
  switch (word.text) {
    case 'if':
      return { type: 'if', condition: readExpression(cursor), span: cursor.since(start) };
    case 'for': {
      const names = readForNames(cursor);
      return { type: 'for', ...names, collection: readExpression(cursor), span: cursor.since(start) };
    }
    case 'else':
    case 'endif':
    case 'endfor':
      return { type: word.text, span: cursor.since(start) };
  }
  throw cursor.error(`%{ is followed by if, else, endif, for or endfor, not ${word.text.slice(0, 40)}`, word);
}

/** Neighbouring texts, as of the lines of a heredoc, are one. */
function melded(parts: readonly FlatPart[]): FlatPart[] {
  const out: FlatPart[] = [];
  let texts: string[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (part.type === 'text' && last?.type === 'text') {
      texts.push(part.value);
      last.span = { start: last.span.start, end: part.span.end };
      continue;
    }
    if (last?.type === 'text') last.value = texts.join('');
    if (part.type === 'text') texts = [part.value];
    out.push(part.type === 'text' ? { ...part } : part);
  }
  const last = out.at(-1);
  if (last?.type === 'text') last.value = texts.join('');
  return out;
}

/** Puts what stands between `%{if}` and `%{endif}`, `%{for}` and `%{endfor}` below them. */
class PartsReader {
  readonly #cursor: Cursor;
  readonly #flat: readonly FlatPart[];
  #next = 0;

  constructor(cursor: Cursor, flat: readonly FlatPart[]) {
    this.#cursor = cursor;
    this.#flat = flat;
  }

  read(): HclTemplatePart[] {
    const { parts, end } = this.#until();
    if (end !== undefined) throw this.#cursor.error(`%{${end.type}} has nothing that it ends`, end.span);
    return parts;
  }

  /** Parts up to one that ends or parts something, or to the end. */
  #until(): {
    parts: HclTemplatePart[];
    end: (FlatPart & { type: 'else' | 'endif' | 'endfor' }) | undefined;
  } {
    const parts: HclTemplatePart[] = [];
    for (;;) {
      const part = this.#flat[this.#next++];
      if (part === undefined) return { parts, end: undefined };
      switch (part.type) {
        case 'text':
          parts.push({ type: 'literal', value: part.value, span: part.span });
          break;
        case 'value':
          parts.push(part.expression);
          break;
        case 'if':
          parts.push(this.#cursor.deeper(() => this.#if(part.condition, part.span)));
          break;
        case 'for': {
          const { keyName, valueName, collection } = part;
          const { parts: body, end } = this.#cursor.deeper(() => this.#until());
          if (end?.type !== 'endfor') throw this.#cursor.error('%{for} has no %{endfor}', part.span);
          const span = { start: part.span.start, end: end.span.end };
          parts.push({ type: 'template-for', keyName, valueName, collection, body, span });
          break;
        }
        default:
          return { parts, end: part };
      }
    }
  }

  #if(condition: HclExpression, opening: Span): HclTemplatePart {
    const first = this.#until();
    const second = first.end?.type === 'else' ? this.#until() : { parts: [], end: first.end };
    if (second.end?.type !== 'endif') throw this.#cursor.error('%{if} has no %{endif}', opening);
    const span = { start: opening.start, end: second.end.span.end };
    return { type: 'template-if', condition, whenTrue: first.parts, whenFalse: second.parts, span };
  }
}
