import type { Expr, SomeDecl, Term } from './ast.ts';
import { newExpr } from './build.ts';
import type { ParserContext } from './context.ts';
import { functionName } from './infix.ts';
import { hintSomeIn } from './keyword-hints.ts';
import type { Location } from './location.ts';
import { attachWiths, parseBody } from './query.ts';
import { parseInfix, parseVariable } from './terms.ts';
import { token } from './token.ts';

/** `some x, y` or `some x in xs`. */
export function parseSome(p: ParserContext): Expr | undefined {
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
