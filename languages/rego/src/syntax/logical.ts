import type { Body, Expr } from './ast.ts';
import { newExpr } from './build.ts';
import type { ParserContext } from './context.ts';
import type { Location } from './location.ts';
import {
  checkVoidCalls,
  errorAmbiguousUnion,
  errorBodyInParentheses,
  errorBracedOperand,
  errorNotABody,
  errorWithOnOperand,
  isAmbiguousUnion,
  wordsFrom,
} from './logical-faults.ts';
import { attachWiths, parseBody, parseStatement } from './query.ts';
import { parseInfix, parseTerm } from './terms.ts';
import { token, tokenName } from './token.ts';

/** One side of `and` or `or`; `explicit` where it was written with braces. */
export interface Operand {
  readonly body: Body;
  readonly explicit: boolean;
  readonly location: Location;
}

/** `none`: it was no such thing and nothing was read; `failed`: it was, and a fault has been told. */
type Attempt<Result> = Result | 'none' | 'failed';

export function atLogicalOperator(p: ParserContext): boolean {
  return p.at(token.logicalAnd) || p.at(token.logicalOr);
}

/** At the keyword `not`, and not at a reference such as `not.x`. */
export function isNegation(p: ParserContext): boolean {
  return p.at(token.not) && !p.headsReference();
}

/** `{ body }` at the start of an expression, if `and` or `or` follows; else braces hold a value. */
export function parseBracedOperand(p: ParserContext): Attempt<Expr> {
  const saved = p.save();
  const cache = p.cacheMark;
  const location = p.loc();
  p.scan();
  const body = parseBody(p, token.rightBrace);
  if (body !== undefined) {
    p.scan();
    if (atLogicalOperator(p)) {
      if (isAmbiguousUnion(body)) {
        errorAmbiguousUnion(p, location, body, '');
        return 'failed';
      }
      const outer = parseOrChain(p, { body, explicit: true, location });
      return (outer === undefined ? undefined : attachWiths(p, outer)) ?? 'failed';
    }
  }
  p.restore(saved);
  p.resetCache(cache);
  return 'none';
}

/** What follows a complete operand: `and`, `or`, `with`, or nothing. */
export function foldTail(p: ParserContext, operand: Operand): Expr | undefined {
  const outer = atLogicalOperator(p) ? parseOrChain(p, operand) : operand.body[0];
  return outer === undefined ? undefined : attachWiths(p, outer);
}

/** `not { … }` from the brace. */
export function parseNotBody(p: ParserContext, notLocation: Location): Expr | undefined {
  const location = p.loc();
  const saved = p.save();
  p.scan();
  const isEmpty = p.at(token.rightBrace);
  const body = parseBody(p, token.rightBrace);
  if (body === undefined) {
    if (isEmpty) return undefined;
    // The braces may hold a value, which is told apart from a body that is at fault.
    const failed = p.save();
    p.restore(saved);
    const term = parseInfix(p);
    if (term === undefined) p.restore(failed);
    else errorNotABody(p, location, wordsFrom(p, location.offset), term);
    return undefined;
  }
  p.scan();
  if (isAmbiguousUnion(body)) {
    errorAmbiguousUnion(p, location, body, 'not ');
    return undefined;
  }
  const spanned = p.upToLast(notLocation);
  return newExpr({ type: 'not', body, explicit: true, location: spanned }, spanned);
}

/** `or` binds looser than `and`; both to the left. An operator is at hand. */
export function parseOrChain(p: ParserContext, first: Operand): Expr | undefined {
  p.enter();
  let lhs = p.at(token.logicalAnd) ? parseAndChain(p, first) : first;
  for (let length = 1; lhs !== undefined && p.at(token.logicalOr); length += 1) {
    p.checkChain(length);
    p.scan();
    let rhs = parseOperand(p, 'or');
    if (rhs !== undefined && p.at(token.logicalAnd)) rhs = parseAndChain(p, rhs);
    lhs = rhs === undefined ? undefined : join(p, 'or', lhs, rhs);
  }
  p.leave();
  return lhs?.body[0];
}

function parseAndChain(p: ParserContext, first: Operand): Operand | undefined {
  p.enter();
  let lhs: Operand | undefined = first;
  for (let length = 1; lhs !== undefined && p.at(token.logicalAnd); length += 1) {
    p.checkChain(length);
    p.scan();
    const rhs = parseOperand(p, 'and');
    lhs = rhs === undefined ? undefined : join(p, 'and', lhs, rhs);
  }
  p.leave();
  return lhs;
}

function join(p: ParserContext, type: 'and' | 'or', lhs: Operand, rhs: Operand): Operand {
  checkVoidCalls(p, lhs.body, type);
  checkVoidCalls(p, rhs.body, type);
  const location = p.upToLast(lhs.location);
  const terms = {
    type,
    lhs: lhs.body,
    rhs: rhs.body,
    explicitLhs: lhs.explicit,
    explicitRhs: rhs.explicit,
    location,
  };
  return { body: [newExpr(terms, location)], explicit: false, location };
}

/** One operand of `operator`; the empty text stands for an attempt whose faults nobody sees. */
function parseOperand(p: ParserContext, operator: string): Operand | undefined {
  if (p.at(token.leftBrace)) return parseOperandBraces(p, operator);
  const notLocation = isNegation(p) ? p.loc() : undefined;
  if (notLocation !== undefined) p.scan();
  if (notLocation !== undefined && p.notBodies && p.at(token.leftBrace)) {
    const negation = parseNotBody(p, notLocation);
    if (negation === undefined) return undefined;
    return { body: [negation], explicit: false, location: negation.location ?? notLocation };
  }
  if (p.at(token.leftParen) && p.logical && (notLocation === undefined || p.notBodies)) {
    const group = parseGroup(p, true, notLocation === undefined ? '' : 'not ');
    if (group === 'failed') return undefined;
    if (group !== 'none') return notLocation === undefined ? group : negated(p, group, notLocation);
  }
  const start = p.loc();
  const expr = parseStatement(p);
  if (expr === undefined) return undefined;
  const location = p.upToLast(start);
  expr.location = location;
  const operand = { body: [expr], explicit: false, location };
  if (notLocation === undefined) return operand;
  if (p.notBodies) return negated(p, operand, notLocation);
  expr.negated = true;
  return operand;
}

function negated(p: ParserContext, operand: Operand, notLocation: Location): Operand {
  const location = p.upToLast(notLocation);
  const { body, explicit } = operand;
  return { body: [newExpr({ type: 'not', body, explicit, location }, location)], explicit: false, location };
}

function parseOperandBraces(p: ParserContext, operator: string): Operand | undefined {
  const location = p.loc();
  const saved = p.save();
  p.scan();
  const isEmpty = p.at(token.rightBrace);
  const body = parseBody(p, token.rightBrace);
  if (body === undefined) {
    if (isEmpty || operator === '') return undefined;
    const failed = p.save();
    p.restore(saved);
    if (parseInfix(p) === undefined) p.restore(failed);
    else errorBracedOperand(p, location, wordsFrom(p, location.offset), operator);
    return undefined;
  }
  p.scan();
  // The operand is given back all the same: a group that is none takes the fault away again.
  if (isAmbiguousUnion(body)) errorAmbiguousUnion(p, location, body, '');
  return { body, explicit: true, location };
}

/**
 * A parenthesis around `and`, `or` or `not`. `isOperand` says that the parenthesis is itself an operand;
 * `prefix` is what stands before it, for hints.
 */
export function parseGroup(p: ParserContext, isOperand: boolean, prefix: string): Attempt<Operand> {
  p.enter();
  const group = parseGroupInside(p, isOperand, prefix);
  p.leave();
  return group;
}

function parseGroupInside(p: ParserContext, isOperand: boolean, prefix: string): Attempt<Operand> {
  const saved = p.save();
  const open = p.loc();
  p.scan();
  if (p.at(token.rightParen)) {
    if (isOperand) {
      p.error(open, 'empty parenthesized group');
      return 'failed';
    }
    p.restore(saved);
    return 'none';
  }
  const operand = parseOperand(p, '');
  const first = operand?.body[0];
  if (operand === undefined || first === undefined) {
    p.restore(saved);
    return 'none';
  }
  if (atLogicalOperator(p)) {
    const chain = parseOrChain(p, operand);
    const expr = chain === undefined ? undefined : attachWiths(p, chain);
    return expr === undefined ? 'failed' : closeGroup(p, [expr], open);
  }
  if (p.at(token.with) && !operand.explicit && operand.body.length === 1) {
    const group = parseGroupWith(p, operand.body, first, open);
    if (group === 'failed' || isOperand || atLogicalOperator(p)) return group;
    p.restore(saved);
    return 'none';
  }
  if (operand.explicit) {
    const braces = wordsFrom(p, operand.location.offset);
    p.restore(saved);
    return isValueInParentheses(p) ? 'none' : errorBodyInParentheses(p, open, braces, prefix);
  }
  if (isLogical(operand.body) || isNegated(operand.body)) return closeGroup(p, operand.body, open);
  p.restore(saved);
  return 'none';
}

function parseGroupWith(p: ParserContext, body: Body, expr: Expr, open: Location): Operand | 'failed' {
  const location = p.loc();
  if (attachWiths(p, expr) === undefined) return 'failed';
  if (atLogicalOperator(p)) {
    errorWithOnOperand(p, location, tokenName(p.s.token));
    return 'failed';
  }
  return closeGroup(p, body, open);
}

function closeGroup(p: ParserContext, body: Body, open: Location): Operand | 'failed' {
  if (!p.at(token.rightParen)) {
    p.error(p.loc(), 'expected ) to close parenthesized group');
    return 'failed';
  }
  p.scan();
  return { body, explicit: false, location: p.upToLast(open) };
}

function isValueInParentheses(p: ParserContext): boolean {
  const saved = p.save();
  p.scan();
  const term = parseTerm(p);
  p.restore(saved);
  return term !== undefined;
}

function isLogical(body: Body): boolean {
  const type = body.length === 1 ? body[0]?.terms.type : undefined;
  return type === 'and' || type === 'or';
}

function isNegated(body: Body): boolean {
  const expr = body.length === 1 ? body[0] : undefined;
  return expr !== undefined && (expr.negated || expr.terms.type === 'not');
}
