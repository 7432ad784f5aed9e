import type { Term } from './ast.ts';
import { callTerm, refTerm, setTerm, stringTerm } from './build.ts';
import { parseItems } from './collections.ts';
import type { ParserContext } from './context.ts';
import type { Location } from './location.ts';
import { parseInfix } from './terms.ts';
import { token } from './token.ts';

/**
 * The rest of a reference or call whose head was read, from the dot, bracket or parenthesis at hand. `offset`
 * is where its words begin.
 */
export function parseReference(p: ParserContext, head: Term, offset: number): Term | undefined {
  p.enter();
  const location = head.location ?? p.loc();
  if (!mayHeadReference(head)) p.error(location, `illegal ref (head cannot be ${head.type})`);
  const result = parseOperands(p, head, location, offset);
  p.leave();
  return result;
}

function mayHeadReference(head: Term): boolean {
  switch (head.type) {
    case 'null':
    case 'boolean':
    case 'number':
    case 'string':
    case 'ref':
    case 'templatestring':
      return false;
    default:
      return true;
  }
}

function parseOperands(p: ParserContext, head: Term, location: Location, offset: number): Term | undefined {
  const terms = [head];
  for (;;) {
    switch (p.kind()) {
      case token.dot: {
        p.scanSpace();
        if (!p.at(token.ident) && !p.isNameKeyword(p.s.token)) {
          p.illegal('expected identifier');
          return undefined;
        }
        terms.push(stringTerm(p.s.literal, p.loc()));
        p.scanSpace();
        break;
      }
      case token.leftBracket: {
        p.scan();
        const term = parseInfix(p);
        if (term === undefined) return undefined;
        if (!p.at(token.rightBracket)) {
          p.illegal('expected [');
          return undefined;
        }
        terms.push(term);
        p.scanSpace();
        break;
      }
      case token.leftParen:
        return parseCallAndRest(p, terms, location, offset);
      case token.whitespace: {
        const end = p.s.lastEnd;
        p.scan();
        return refTerm(terms, location.spanning(offset, end));
      }
      default:
        return refTerm(terms, location.spanning(offset, p.s.lastEnd));
    }
  }
}

function parseCallAndRest(
  p: ParserContext,
  terms: Term[],
  location: Location,
  offset: number,
): Term | undefined {
  const operator = refTerm(terms, location.spanning(offset, p.s.start));
  let term = parseCall(p, operator, offset);
  if (term === undefined) return undefined;
  if (p.at(token.whitespace)) p.scan();
  else if (p.at(token.dot) || p.at(token.leftBracket)) {
    term = parseReference(p, term, offset);
    if (term === undefined) return undefined;
  }
  term.location = location.spanning(offset, p.s.lastEnd);
  return term;
}

function parseCall(p: ParserContext, operator: Term, offset: number): Term | undefined {
  p.scan();
  const isEmpty = p.at(token.rightParen);
  const operands = isEmpty ? [] : parseItems(p, token.rightParen, []);
  if (operands === undefined) return undefined;
  const location = operator.location?.spanning(offset, p.s.end);
  p.scanSpace();
  return isEmpty && isSetName(operator) ? setTerm([], location) : callTerm(operator, operands, location);
}

function isSetName(operator: Term): boolean {
  if (operator.type !== 'ref' || operator.terms.length !== 1) return false;
  const [head] = operator.terms;
  return head !== undefined && head.type === 'var' && head.name === 'set';
}
