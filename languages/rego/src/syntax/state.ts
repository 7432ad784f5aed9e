import type { Comment } from './ast.ts';
import type { ScanState } from './cursor.ts';
import type { Diagnostic } from './diagnostic.ts';
import { baseKeywords, type Keywords, type Token, token } from './token.ts';

/** A list that grows at its head, so that a saved state keeps its own view of it. */
export interface Chain<Item> {
  readonly item: Item;
  readonly rest: Chain<Item> | undefined;
  readonly length: number;
}

/** `rest` with one more item. */
export function chain<Item>(item: Item, rest: Chain<Item> | undefined): Chain<Item> {
  return { item, rest, length: (rest?.length ?? 0) + 1 };
}

/** The items in the order in which they were added. */
export function itemsOf<Item>(list: Chain<Item> | undefined): Item[] {
  const items: Item[] = [];
  for (let at = list; at !== undefined; at = at.rest) items.push(at.item);
  return items.reverse();
}

/** Everything that an attempt may change and that is put back when another one is made. */
export class ParserState implements ScanState {
  position = 0;
  code = -1;
  row = 1;
  lineStart = 0;
  surplus = 0;

  token: Token = token.illegal;
  literal = '';
  /** Of the current word. */
  start = 0;
  end = 0;
  line = 1;
  column = 0;
  /** Where the word before the current one ended; white space does not count. */
  lastEnd = 0;
  /** A line end stands between the current word and the one before. */
  skippedNewline = false;
  wildcards = 0;
  keywords: Keywords = baseKeywords;
  errors: Chain<Diagnostic> | undefined = undefined;
  comments: Chain<Comment> | undefined = undefined;
  hints: readonly string[] = [];

  copy(): ParserState {
    const copy = new ParserState();
    copy.position = this.position;
    copy.code = this.code;
    copy.row = this.row;
    copy.lineStart = this.lineStart;
    copy.surplus = this.surplus;
    copy.token = this.token;
    copy.literal = this.literal;
    copy.start = this.start;
    copy.end = this.end;
    copy.line = this.line;
    copy.column = this.column;
    copy.lastEnd = this.lastEnd;
    copy.skippedNewline = this.skippedNewline;
    copy.wildcards = this.wildcards;
    copy.keywords = this.keywords;
    copy.errors = this.errors;
    copy.comments = this.comments;
    copy.hints = this.hints;
    return copy;
  }
}

/** OPA's words for its own bound on depth. */
export const tooDeep = 'max parsing recursion depth exceeded';

/** Thrown when a bound is passed: no attempt may go on. */
export class LimitPassed extends Error {
  readonly diagnostic: Diagnostic;

  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message);
    this.diagnostic = diagnostic;
  }
}
