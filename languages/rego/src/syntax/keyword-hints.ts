import type { Expr, Term } from './ast.ts';
import type { ParserContext } from './context.ts';
import { functionName } from './infix.ts';
import { parseEvery } from './quantifiers.ts';
import type { ParserState } from './state.ts';
import { parseInfix } from './terms.ts';
import { token } from './token.ts';

// Hints at imports that are missing, told with the next fault.

function isMembership(term: Term | undefined): boolean {
  if (term === undefined || term.type !== 'call') return false;
  const name = functionName(term.operator);
  return name === 'internal.member_2' || name === 'internal.member_3';
}

/** True for a text whose version has keywords only where they are imported. */
export function mayMissKeywords(p: ParserContext): boolean {
  return p.version === 'v0' || p.version === 'v0v1';
}

export function hintEvery(p: ParserContext, expr: Expr, start: ParserState): void {
  if (expr.terms.type !== 'term') return;
  const { term } = expr.terms;
  if (term.type !== 'var' || term.name !== 'every') return;
  const after = p.save();
  p.restore(start.copy());
  const hint = p.inFuture(() => parseEvery(p)) !== undefined;
  p.restore(after);
  if (hint) p.hint('`import future.keywords.every` for `every x in xs { ... }` expressions');
}

export function hintSomeIn(p: ParserContext): void {
  if (!mayMissKeywords(p)) return;
  const start = p.save();
  p.scan();
  const hint = p.inFuture(() => isMembership(parseInfix(p)));
  p.restore(start);
  if (hint) p.hint('`import future.keywords.in` for `some x in xs` expressions');
}

const infixExamples = new Map([
  ['in', 'x in xs'],
  ['and', 'x and y'],
  ['or', 'x or y'],
]);

/** For an expression with a plain `in`, `and` or `or` behind it, or the comma of `k, v in xs`. */
export function hintMissingKeyword(p: ParserContext): void {
  if (p.s.hints.length > 0) return;
  let keyword = 'in';
  if (p.at(token.ident)) {
    keyword = p.s.literal;
  } else if (p.at(token.comma)) {
    const start = p.save();
    p.scan();
    const isMember = p.inFuture(() => isMembership(parseInfix(p)));
    p.restore(start);
    if (!isMember) return;
  } else {
    return;
  }
  const example = infixExamples.get(keyword);
  if (example !== undefined) p.hint(`\`import future.keywords.${keyword}\` for \`${example}\` expressions`);
}
