import type { Body, Term, TermPair } from './ast.ts';
import { arrayTerm, objectTerm, setTerm } from './build.ts';
import type { ParserContext } from './context.ts';
import type { Location } from './location.ts';
import { parseBody } from './query.ts';
import type { ParserState } from './state.ts';
import { parseInfixItem, parseTerm } from './terms.ts';
import { type Token, token, tokenName } from './token.ts';

/**
 * `[…]`: an array or a comprehension. The first item is read without operators, since `[a | b]` is a
 * comprehension and no union; where none follows, it is read again with them.
 */
export function parseArray(p: ParserContext): Term | undefined {
  const location = p.loc();
  p.scan();
  const term = parseArrayInside(p);
  if (term !== undefined) term.location = location.spanning(location.offset, p.s.end);
  return term;
}

function parseArrayInside(p: ParserContext): Term | undefined {
  if (p.at(token.rightBracket)) return arrayTerm([]);
  const mayComprehend = !skipLeadingComma(p);
  const saved = p.save();
  const head = parseTerm(p);
  if (head === undefined) return undefined;
  switch (p.kind()) {
    case token.rightBracket:
      return arrayTerm([head]);
    case token.comma: {
      p.scan();
      const items = parseItems(p, token.rightBracket, [head]);
      return items === undefined ? undefined : arrayTerm(items);
    }
    case token.union:
      if (mayComprehend) {
        p.scan();
        const body = parseBody(p, token.rightBracket);
        if (body !== undefined) return { type: 'arraycomprehension', term: head, body, location: undefined };
        if (!p.at(token.comma)) return undefined;
      }
  }
  p.restore(saved);
  const items = parseItems(p, token.rightBracket, []);
  return items === undefined ? undefined : arrayTerm(items);
}

/** OPA lets a collection begin with a comma; it is then no comprehension. */
function skipLeadingComma(p: ParserContext): boolean {
  if (!p.at(token.comma)) return false;
  p.scan();
  return true;
}

/** `{…}`: an object, a set or a comprehension of one of them. */
export function parseSetOrObject(p: ParserContext): Term | undefined {
  const location = p.loc();
  p.scan();
  const term = parseBracesInside(p);
  if (term !== undefined) term.location = location.spanning(location.offset, p.s.end);
  return term;
}

function parseBracesInside(p: ParserContext): Term | undefined {
  if (p.at(token.rightBrace)) return objectTerm([]);
  const mayComprehend = !skipLeadingComma(p);
  const saved = p.save();
  const again = saved.copy();
  let head = parseTerm(p);
  if (head === undefined) return undefined;
  switch (p.kind()) {
    case token.union:
      if (mayComprehend) return parseSet(p, again, head, true);
      break;
    case token.rightBrace:
    case token.comma:
      return parseSet(p, again, head, mayComprehend);
    case token.colon:
      return parseObject(p, head, mayComprehend);
  }
  p.restore(saved);
  head = parseInfixItem(p);
  if (head === undefined) return undefined;
  switch (p.kind()) {
    case token.rightBrace:
    case token.comma:
      return parseSet(p, again, head, false);
    case token.colon:
      return parseObject(p, head, mayComprehend);
  }
  p.illegal('non-terminated set');
  return undefined;
}

function parseSet(
  p: ParserContext,
  start: ParserState,
  head: Term,
  mayComprehend: boolean,
): Term | undefined {
  switch (p.kind()) {
    case token.rightBrace:
      return setTerm([head]);
    case token.comma: {
      p.scan();
      const items = parseItems(p, token.rightBrace, [head]);
      return items === undefined ? undefined : setTerm(items);
    }
    case token.union: {
      if (mayComprehend) {
        p.scan();
        const body = parseBody(p, token.rightBrace);
        if (body !== undefined) return { type: 'setcomprehension', term: head, body, location: undefined };
        if (!p.at(token.comma)) return undefined;
      }
      p.restore(start);
      const items = parseItems(p, token.rightBrace, []);
      return items === undefined ? undefined : setTerm(items);
    }
    default:
      return undefined;
  }
}

/** An object whose first key was read; the colon is at hand. */
function parseObject(p: ParserContext, key: Term, mayComprehend: boolean): Term | undefined {
  p.scan();
  const saved = p.save();
  let value = parseTerm(p);
  if (value === undefined) return undefined;
  if (mayComprehend) {
    switch (p.kind()) {
      case token.rightBrace:
      case token.comma:
        return parseObjectRest(p, key, value, true);
      case token.union: {
        const term = parseObjectRest(p, key, value, true);
        if (term !== undefined) return term;
      }
    }
  }
  p.restore(saved);
  value = parseInfixItem(p);
  if (value === undefined) return undefined;
  if (p.at(token.rightBrace) || p.at(token.comma)) {
    return parseObjectRest(p, key, value, false);
  }
  p.illegal('non-terminated object');
  return undefined;
}

function parseObjectRest(p: ParserContext, key: Term, value: Term, mayComprehend: boolean): Term | undefined {
  switch (p.kind()) {
    case token.rightBrace:
      return objectTerm([[key, value]]);
    case token.union: {
      if (!mayComprehend) {
        p.illegal('non-terminated object');
        return undefined;
      }
      p.scan();
      const body = parseBody(p, token.rightBrace);
      return body === undefined ? undefined : objectComprehension(key, value, body);
    }
    case token.comma: {
      p.scan();
      const pairs = parsePairs(p, [[key, value]]);
      return pairs === undefined ? undefined : objectTerm(pairs);
    }
    default:
      return undefined;
  }
}

function objectComprehension(key: Term, value: Term, body: Body): Term {
  const location: Location | undefined = undefined;
  return { type: 'objectcomprehension', key, value, body, location };
}

/** Terms between commas up to `end`, added to `items`. A comma may stand before the end. */
export function parseItems(p: ParserContext, end: Token, items: Term[]): Term[] | undefined {
  while (!p.at(end)) {
    const item = parseInfixItem(p);
    if (item === undefined) return undefined;
    items.push(item);
    if (p.at(end)) return items;
    if (!p.at(token.comma)) {
      p.illegal(`expected "," or "${tokenName(end)}"`);
      return undefined;
    }
    p.scan();
  }
  return items;
}

function parsePairs(p: ParserContext, pairs: TermPair[]): TermPair[] | undefined {
  while (!p.at(token.rightBrace)) {
    const key = parseInfixItem(p);
    if (key === undefined) return undefined;
    if (!p.at(token.colon)) {
      p.illegal('expected ":"');
      return undefined;
    }
    p.scan();
    const value = parseInfixItem(p);
    if (value === undefined) return undefined;
    pairs.push([key, value]);
    if (p.at(token.rightBrace)) return pairs;
    if (!p.at(token.comma)) {
      p.illegal('expected "," or "}"');
      return undefined;
    }
    p.scan();
  }
  return pairs;
}
