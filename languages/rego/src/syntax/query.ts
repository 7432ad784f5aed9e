import type { Body, Expr, SomeDecl, Term, With } from './ast.ts';
import { newExpr } from './build.ts';
import type { ParserContext, ParserState } from './context.ts';
import { functionName } from './infix.ts';
import type { Location } from './location.ts';
import {
  atLogicalOperator,
  errorBracedOperand,
  errorWithOnOperand,
  foldTail,
  isNegation,
  parseBracedOperand,
  parseGroup,
  parseNotBody,
  parseOrChain,
} from './logical.ts';
import { operatorTerm, parseInfix, parseTerm, parseVariable } from './terms.ts';
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
  if (p.isNameKeyword(p.s.token)) {
    const next = p.peek(true);
    if (next === token.dot || next === token.leftBracket) {
      p.s.token = token.ident;
      return parseExpression(p, undefined);
    }
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
  const start = p.save();
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
  hintEvery(p, expr, start);
  if (notLocation !== undefined && p.notBodies) expr = wrapNot(p, expr, notLocation);
  else expr.negated = notLocation !== undefined;
  if (!atLogicalOperator(p)) return expr;
  return parseTail(p, expr, start, notLocation, withLocation);
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
  start: ParserState,
  notLocation: Location | undefined,
  withLocation: Location | undefined,
): Expr | undefined {
  const operator = tokenName(p.s.token);
  if (withLocation !== undefined) {
    errorWithOnOperand(p, withLocation, operator);
    return undefined;
  }
  const location = expr.location ?? p.upToLast(p.locationOf(start));
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

/** `some x, y` or `some x in xs`. */
function parseSome(p: ParserContext): Expr | undefined {
  const location = p.loc();
  const start = p.save();
  p.scan();
  const term = parseInfix(p);
  if (term !== undefined && term.type === 'call') {
    if (memberOperands(p, term, 'expected `x in xs` or `x, y in xs` expression') === undefined) {
      return undefined;
    }
    return attachWiths(p, newExpr(someOf([term], location), location));
  }
  p.restore(start);
  hintSomeIn(p);
  const symbols: Term[] = [];
  do {
    p.scan();
    if (!p.at(token.ident)) {
      p.illegal('expected var');
      return undefined;
    }
    symbols.push(parseVariable(p));
    p.scan();
  } while (p.at(token.comma));
  return newExpr(someOf(symbols, location), location);
}

function someOf(symbols: Term[], location: Location): SomeDecl {
  return { type: 'some', symbols, location };
}

/** `every x in xs { … }` or `every k, v in xs { … }`. */
export function parseEvery(p: ParserContext): Expr | undefined {
  const location = p.loc();
  const wanted = 'expected `x[, y] in xs { ... }` expression';
  p.scan();
  const term = parseInfix(p);
  if (term === undefined) return undefined;
  const operands = memberOperands(p, term, wanted);
  if (operands === undefined) return undefined;
  const key = operands.length === 3 ? operands[0] : undefined;
  const value = operands.at(-2);
  const domain = operands.at(-1);
  if (key !== undefined && key.type !== 'var') {
    p.illegal('expected key to be a variable');
    return undefined;
  }
  if (value === undefined || domain === undefined || value.type !== 'var') {
    p.illegal('expected value to be a variable');
    return undefined;
  }
  if (!p.at(token.leftBrace)) {
    p.illegal('missing body');
    return undefined;
  }
  p.scan();
  const body = parseBody(p, token.rightBrace);
  if (body === undefined) return undefined;
  p.scan();
  return attachWiths(p, newExpr({ type: 'every', key, value, domain, body, location }, location));
}

/** The operands of `x in xs` or `k, v in xs`; anything else is a fault. */
function memberOperands(p: ParserContext, term: Term, wanted: string): Term[] | undefined {
  const name = term.type === 'call' ? functionName(term.operator) : undefined;
  if (term.type !== 'call' || (name !== 'internal.member_2' && name !== 'internal.member_3')) {
    p.illegal(wanted);
    return undefined;
  }
  if (term.operands.length !== (name === 'internal.member_2' ? 2 : 3)) {
    p.illegal('illegal domain');
    return undefined;
  }
  return term.operands;
}

// Hints at imports that are missing

function isMembership(term: Term | undefined): boolean {
  if (term === undefined || term.type !== 'call') return false;
  const name = functionName(term.operator);
  return name === 'internal.member_2' || name === 'internal.member_3';
}

function mayMissKeywords(p: ParserContext): boolean {
  return p.version === 'v0' || p.version === 'v0v1';
}

function hintEvery(p: ParserContext, expr: Expr, start: ParserState): void {
  if (!mayMissKeywords(p) || expr.terms.type !== 'term') return;
  const { term } = expr.terms;
  if (term.type !== 'var' || term.name !== 'every') return;
  const after = p.save();
  p.restore(start.copy());
  const hint = p.inFuture(() => parseEvery(p)) !== undefined;
  p.restore(after);
  if (hint) p.hint('`import future.keywords.every` for `every x in xs { ... }` expressions');
}

function hintSomeIn(p: ParserContext): void {
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
function hintMissingKeyword(p: ParserContext): void {
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
