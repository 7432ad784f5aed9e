import type { Term } from './ast.ts';
import { booleanTerm, callTerm, nameRef, numberTerm, refTerm, varTerm } from './build.ts';
import { parseArray, parseSetOrObject } from './collections.ts';
import { parseNumber, parseString } from './constants.ts';
import type { ParserContext } from './context.ts';
import { parseReference } from './references.ts';
import { parseTemplateString } from './templates.ts';
import { type Token, token, tokenName } from './token.ts';

const loosest = 0;
const tightest = 4;

/** How tightly an operator binds; undefined for what is none. */
function bindingOf(kind: Token): number | undefined {
  switch (kind) {
    case token.equal:
    case token.notEqual:
    case token.less:
    case token.greater:
    case token.lessEqual:
    case token.greaterEqual:
      return 0;
    case token.union:
      return 1;
    case token.intersect:
      return 2;
    case token.add:
    case token.subtract:
      return 3;
    case token.multiply:
    case token.divide:
    case token.remainder:
      return tightest;
    default:
      return undefined;
  }
}

/** A term with operators, and `x in xs` or `k, v in xs`. */
export function parseInfix(p: ParserContext): Term | undefined {
  return parseMembership(p, true);
}

/** The same as an item of a list, where a comma ends it. */
export function parseInfixItem(p: ParserContext): Term | undefined {
  return parseMembership(p, false);
}

function parseMembership(p: ParserContext, withKey: boolean): Term | undefined {
  const offset = p.s.start;
  let lhs = parseRelation(p, offset);
  for (let length = 0; lhs !== undefined; length += 1) {
    p.checkChain(length);
    if (withKey && p.at(token.comma)) {
      const saved = p.save();
      const pair = parseKeyedMembership(p, lhs, offset);
      if (pair !== undefined) {
        lhs = pair;
        if (p.at(token.in)) continue;
        return lhs;
      }
      p.restore(saved);
    }
    keywordAsName(p);
    if (!p.at(token.in)) return lhs;
    const operator = nameRef(['internal', 'member_2'], p.loc());
    p.scan();
    const rhs = parseRelation(p, p.s.start);
    if (rhs === undefined) return lhs;
    lhs = callAt(p, operator, [lhs, rhs], lhs, offset);
    if (!p.at(token.in)) return lhs;
  }
  return lhs;
}

function parseKeyedMembership(p: ParserContext, key: Term, offset: number): Term | undefined {
  p.scan();
  const value = parseRelation(p, offset);
  if (value === undefined || !p.at(token.in)) return undefined;
  const operator = nameRef(['internal', 'member_3'], p.loc());
  p.scan();
  const domain = parseRelation(p, p.s.start);
  if (domain === undefined) return undefined;
  return callAt(p, operator, [key, value, domain], key, offset);
}

function callAt(
  p: ParserContext,
  operator: Term,
  operands: Term[],
  first: Term,
  offset: number,
): Term | undefined {
  return callTerm(operator, operands, p.upToLast(first.location ?? p.loc(), offset));
}

function parseRelation(p: ParserContext, offset: number): Term | undefined {
  return parseBinary(p, loosest, offset);
}

/**
 * Operators by how tightly they bind. After one whose right side cannot be read only looser ones may follow:
 * that decides which further faults are told.
 */
function parseBinary(p: ParserContext, from: number, offset: number): Term | undefined {
  let lhs = parseTerm(p);
  if (lhs === undefined) return undefined;
  let upTo = tightest;
  for (let length = 0; ; length += 1) {
    p.checkChain(length);
    const binding = bindingOf(p.s.token);
    if (binding === undefined || binding < from || binding > upTo) return lhs;
    const operator = operatorTerm(p);
    const rhs: Term | undefined =
      binding === tightest ? parseTerm(p) : parseBinary(p, binding + 1, p.s.start);
    if (rhs === undefined) {
      upTo = binding - 1;
      continue;
    }
    lhs = callTerm(operator, [lhs, rhs], p.upToLast(lhs.location ?? p.loc(), offset));
    upTo = binding;
  }
}

/** The operator at hand as a reference to its function. */
export function operatorTerm(p: ParserContext): Term {
  const location = p.loc();
  const operator = refTerm([varTerm(tokenName(p.s.token), location)], location);
  p.scan();
  return operator;
}

/** One term without operators. */
export function parseTerm(p: ParserContext): Term | undefined {
  const cached = p.cachedTerm();
  if (cached !== undefined) {
    p.restore(cached.after.copy());
    return cached.term;
  }
  p.enter();
  const offset = p.s.start;
  operatorAsName(p);
  const minus = p.at(token.subtract) ? p.loc() : undefined;
  const head = parseHeadTerm(p);
  let term = head === undefined ? undefined : finishTerm(p, head.term);
  if (term !== undefined && head?.negative === true && minus !== undefined) {
    const location = p.upToLast(minus, minus.offset);
    term = callTerm(nameRef(['minus']), [numberTerm('0', minus), term], location);
  }
  p.cacheTerm(term, offset);
  p.leave();
  return term;
}

interface HeadTerm {
  readonly term: Term;
  /** A minus sign stood before it, which the whole reference gets. */
  readonly negative: boolean;
}

function parseHeadTerm(p: ParserContext): HeadTerm | undefined {
  if (p.at(token.subtract)) {
    const saved = p.save();
    p.scan();
    if (p.at(token.ident) || p.at(token.contains)) {
      return { term: parseVariable(p), negative: true };
    }
    p.restore(saved);
  }
  const term = parseOperand(p);
  return term === undefined ? undefined : { term, negative: false };
}

function parseOperand(p: ParserContext): Term | undefined {
  switch (p.kind()) {
    case token.null:
      return { type: 'null', location: p.loc() };
    case token.true:
      return booleanTerm(true, p.loc());
    case token.false:
      return booleanTerm(false, p.loc());
    case token.subtract:
    case token.dot:
    case token.number:
      return parseNumber(p);
    case token.string:
      return parseString(p);
    case token.templatePart:
    case token.templateEnd:
      return parseTemplateString(p, false);
    case token.rawTemplatePart:
    case token.rawTemplateEnd:
      return parseTemplateString(p, true);
    case token.ident:
    case token.contains:
      return parseVariable(p);
    case token.leftBracket:
      return parseArray(p);
    case token.leftBrace:
      return parseSetOrObject(p);
    case token.leftParen:
      return parseParentheses(p);
    default:
      p.illegal();
      return undefined;
  }
}

function parseParentheses(p: ParserContext): Term | undefined {
  const offset = p.s.start;
  p.scan();
  const term = parseInfix(p);
  if (term === undefined) return undefined;
  if (!p.at(token.rightParen)) {
    p.error(p.loc(), 'non-terminated expression');
    return undefined;
  }
  const inner = term.location;
  term.location = inner?.spanning(offset, p.s.end);
  // `input` and `data` alone have one place for the reference and its head.
  const head = term.type === 'ref' ? term.terms[0] : undefined;
  if (head !== undefined && head.location === inner) head.location = term.location;
  return term;
}

export function parseVariable(p: ParserContext): Term {
  return varTerm(p.s.literal === '_' ? newWildcard(p) : p.s.literal, p.loc());
}

export function newWildcard(p: ParserContext): string {
  const name = `$${p.s.wildcards}`;
  p.s.wildcards += 1;
  return name;
}

/** What follows the first word of a term: nothing, or the rest of a reference or a call. */
function finishTerm(p: ParserContext, head: Term): Term | undefined {
  const offset = p.s.start;
  p.scanSpace();
  switch (p.kind()) {
    case token.leftParen:
    case token.dot:
    case token.leftBracket:
      return parseReference(p, head, offset);
    case token.whitespace:
      p.scan();
  }
  return documentReference(head);
}

/** `input` and `data` alone are references too. */
export function documentReference(head: Term): Term {
  const isDocument = head.type === 'var' && (head.name === 'data' || head.name === 'input');
  return isDocument ? refTerm([head], head.location) : head;
}

/** Takes a keyword that a dot or a bracket follows as a name; true where it did. */
export function keywordAsName(p: ParserContext): boolean {
  if (!p.isNameKeyword(p.s.token) || !p.headsReference()) return false;
  p.s.token = token.ident;
  return true;
}

/** Takes `and(` and `or(` as calls of the functions behind `&` and `|`. */
function operatorAsName(p: ParserContext): void {
  const kind = p.s.token;
  if (kind !== token.logicalAnd && kind !== token.logicalOr) return;
  if (p.peek(true) === token.leftParen) p.s.token = token.ident;
}
