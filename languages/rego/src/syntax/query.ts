import type { Body, Expr, With } from './ast.ts';
import { newExpr } from './build.ts';
import type { ParserContext } from './context.ts';
import { hintEvery, hintMissingKeyword, mayMissKeywords } from './keyword-hints.ts';
import type { Location } from './location.ts';
import {
  atLogicalOperator,
  foldTail,
  isNegation,
  parseBracedOperand,
  parseGroup,
  parseNotBody,
  parseOrChain,
} from './logical.ts';
import { errorBracedOperand, errorWithOnOperand } from './logical-faults.ts';
import { parseEvery, parseSome } from './quantifiers.ts';
import { operatorTerm, parseInfix, parseTerm } from './terms.ts';
import { type Token, token, tokenName } from './token.ts';

/** Expressions up to `end`, which stays at hand. */
export function parseBody(p: ParserContext, end: Token): Body | undefined {
  p.enter();
  const body = parseQuery(p, false, end);
  p.leave();
  return body;
}

/**
 * Expressions divided by `;` or a line end. A query of its own (`requireSemicolon`) ends where no semicolon
 * follows.
 */
export function parseQuery(p: ParserContext, requireSemicolon: boolean, end: Token): Body | undefined {
  if (p.at(end)) {
    p.error(p.loc(), 'found empty body');
    return undefined;
  }
  const body: Body = [];
  for (;;) {
    const expr = parseLiteral(p);
    if (expr === undefined) return undefined;
    expr.index = body.length;
    body.push(expr);
    if (p.at(token.semicolon)) {
      p.scan();
      continue;
    }
    if (p.at(end) || requireSemicolon) return body;
    if (p.s.skippedNewline) continue;
    if (!p.hasErrors) {
      hintMissingKeyword(p);
      p.illegal(`expected \\n or ; or ${tokenName(end)}`);
    }
    return undefined;
  }
}

/** One expression with its `not` and its `with`. */
export function parseLiteral(p: ParserContext): Expr | undefined {
  const location = p.loc();
  const expr = parseLiteralInside(p);
  if (expr === undefined) return undefined;
  expr.location = p.upToLast(location);
  if (expr.terms.type === 'not' && !expr.terms.explicit) {
    for (const inner of expr.terms.body) inner.location = expr.location;
  }
  return expr;
}

function parseLiteralInside(p: ParserContext): Expr | undefined {
  if (p.logical && p.at(token.leftBrace)) {
    const braced = parseBracedOperand(p);
    if (braced !== 'none') return braced === 'failed' ? undefined : braced;
  }
  if (p.logical && p.at(token.leftParen)) {
    const group = parseGroup(p, false, '');
    if (group !== 'none') return group === 'failed' ? undefined : foldTail(p, group);
  }
  if (p.isNameKeyword(p.s.token) && p.headsReference()) {
    p.s.token = token.ident;
    return parseExpression(p, undefined);
  }
  const notLocation = isNegation(p) ? p.loc() : undefined;
  if (notLocation !== undefined) p.scan();
  if (notLocation !== undefined && p.notBodies && p.at(token.leftBrace)) {
    const negation = parseNotBody(p, notLocation);
    if (negation === undefined) return undefined;
    return foldTail(p, { body: [negation], explicit: false, location: negation.location ?? notLocation });
  }
  switch (p.kind()) {
    case token.some:
      if (notLocation === undefined) return parseSome(p);
      p.illegal("illegal negation of 'some'");
      return undefined;
    case token.every:
      if (notLocation === undefined) return parseEvery(p);
      p.illegal("illegal negation of 'every'");
      return undefined;
    default:
      return parseExpression(p, notLocation);
  }
}

/** An expression behind `not`, whose place is given then, or without it. */
function parseExpression(p: ParserContext, notLocation: Location | undefined): Expr | undefined {
  // Only for a hint, and then read again as the module would be with every keyword imported.
  const start = mayMissKeywords(p) ? p.save() : undefined;
  const startLocation = p.loc();
  if (notLocation !== undefined && p.notBodies && p.at(token.leftParen)) {
    const group = parseGroup(p, true, 'not ');
    if (group === 'failed') return undefined;
    if (group !== 'none') {
      const location = p.upToLast(notLocation);
      const terms = { type: 'not', body: group.body, explicit: group.explicit, location } as const;
      return foldTail(p, { body: [newExpr(terms, location)], explicit: false, location });
    }
  }
  let expr = parseStatement(p);
  if (expr === undefined) return undefined;
  const withLocation = p.at(token.with) ? p.loc() : undefined;
  if (withLocation !== undefined) {
    const withs = parseWiths(p);
    if (withs === undefined) return undefined;
    expr.with = withs;
  }
  if (start !== undefined) hintEvery(p, expr, start);
  if (notLocation !== undefined && p.notBodies) expr = wrapNot(p, expr, notLocation);
  else expr.negated = notLocation !== undefined;
  if (!atLogicalOperator(p)) return expr;
  return parseTail(p, expr, startLocation, notLocation, withLocation);
}

/** `not x` as `future.keywords.not` has it; a `with` then belongs to the whole. */
function wrapNot(p: ParserContext, expr: Expr, notLocation: Location): Expr {
  const withs = expr.with;
  expr.with = [];
  const location = p.upToLast(notLocation);
  const outer = newExpr({ type: 'not', body: [expr], explicit: false, location }, location);
  outer.with = withs;
  return outer;
}

/** `and` or `or` behind an expression. */
function parseTail(
  p: ParserContext,
  expr: Expr,
  start: Location,
  notLocation: Location | undefined,
  withLocation: Location | undefined,
): Expr | undefined {
  const operator = tokenName(p.s.token);
  if (withLocation !== undefined) {
    errorWithOnOperand(p, withLocation, operator);
    return undefined;
  }
  const location = expr.location ?? p.upToLast(start);
  expr.location = location;
  if (notLocation === undefined && location.text.startsWith('{')) {
    if (isEmptyObject(expr)) p.error(location, 'found empty body');
    else errorBracedOperand(p, location, location.text, operator);
    return undefined;
  }
  const outer = parseOrChain(p, { body: [expr], explicit: false, location });
  return outer === undefined ? undefined : attachWiths(p, outer);
}

function isEmptyObject(expr: Expr): boolean {
  if (expr.with.length > 0 || expr.terms.type !== 'term') return false;
  return expr.terms.term.type === 'object' && expr.terms.term.pairs.length === 0;
}

/** A term, a call, or two terms with `=` or `:=` between. */
export function parseStatement(p: ParserContext): Expr | undefined {
  const lhs = parseInfix(p);
  if (lhs === undefined) return undefined;
  if (p.at(token.assign) || p.at(token.unify)) {
    const operator = operatorTerm(p);
    const rhs = parseInfix(p);
    return rhs === undefined ? undefined : newExpr({ type: 'call', operator, operands: [lhs, rhs] });
  }
  if (lhs.type === 'call') {
    return newExpr({ type: 'call', operator: lhs.operator, operands: lhs.operands });
  }
  return newExpr({ type: 'term', term: lhs });
}

function parseWiths(p: ParserContext): With[] | undefined {
  const withs: With[] = [];
  while (p.at(token.with)) {
    const location = p.loc();
    p.scan();
    if (!p.at(token.ident)) {
      p.illegal('expected ident');
      return undefined;
    }
    const target = parseTerm(p);
    if (target === undefined) return undefined;
    if (target.type !== 'ref' && target.type !== 'var') p.illegal('expected with target path');
    if (!p.at(token.as)) {
      p.illegal('expected as keyword');
      return undefined;
    }
    p.scan();
    const value = parseInfix(p);
    if (value === undefined) return undefined;
    withs.push({ target, value, location: p.upToLast(location) });
  }
  return withs;
}

/** The `with` modifiers that follow, if any; undefined where they cannot be read. */
export function attachWiths(p: ParserContext, expr: Expr): Expr | undefined {
  if (!p.at(token.with)) return expr;
  const withs = parseWiths(p);
  if (withs === undefined) return undefined;
  expr.with = withs;
  return expr;
}
