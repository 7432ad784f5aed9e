import type { Term } from './ast.ts';
import type { ParserState } from './state.ts';

/** A term that was read at an offset, with the state behind it. Newest and furthest first. */
export interface CachedTerm {
  readonly offset: number;
  readonly term: Term | undefined;
  readonly after: ParserState;
  readonly next: CachedTerm | undefined;
}

/** The term that was read at `offset`, if one is kept. */
export function findTerm(cache: CachedTerm | undefined, offset: number): CachedTerm | undefined {
  for (let at = cache; at !== undefined && at.offset >= offset; at = at.next) {
    if (at.offset === offset) return at;
  }
  return undefined;
}

/**
 * The cache with what was read at `offset`, for another attempt, unless reading it again is as cheap. What was
 * read behind it is let go.
 */
export function keepTerm(
  cache: CachedTerm | undefined,
  term: Term | undefined,
  offset: number,
  after: () => ParserState,
): CachedTerm | undefined {
  let next = cache;
  while (next !== undefined && next.offset >= offset) next = next.next;
  return isCheap(term) ? next : { offset, term, after: after(), next };
}

function isCheap(term: Term | undefined): boolean {
  switch (term?.type) {
    case 'null':
    case 'boolean':
    case 'number':
    case 'string':
    case 'var':
      return true;
    case 'ref':
      return term.terms.every(isCheap);
    default:
      return false;
  }
}
