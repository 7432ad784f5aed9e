import { isComprehension } from '../compiler/nodes.ts';
import type { Body, Expr, LogicalAnd, LogicalOr, Term } from '../syntax/ast.ts';
import { capturedComprehension } from './captured.ts';
import { isUnknownBody } from './dynamic.ts';
import { pluggedEvery } from './every.ts';
import { holds } from './holds.ts';
import { saveExpr } from './save.ts';
import { expressionAt, type Next, type Place } from './session.ts';

/** `and` and `or`: one result at most; with something unknown in them they are left for later as they are. */
export function evaluateLogical(place: Place, terms: LogicalAnd | LogicalOr, next: Next): void {
  if (isUnknownBody(place, terms.lhs) || isUnknownBody(place, terms.rhs)) {
    const lhs = pluggedBodyTerms(place, terms.lhs);
    const rhs = pluggedBodyTerms(place, terms.rhs);
    saveExpr(place, { ...expressionAt(place), terms: { ...terms, lhs, rhs } }, next);
    return;
  }
  const left = holds(place, terms.lhs);
  const isTrue = terms.type === 'and' ? left && holds(place, terms.rhs) : left || holds(place, terms.rhs);
  if (isTrue) next();
}

/** A body that is left as it is, with what is known of its variables. */
export function pluggedBodyTerms(place: Place, body: Body): Body {
  return body.map((expr) => pluggedTerms(place, expr));
}

function pluggedTerms(place: Place, expr: Expr): Expr {
  const { frame, session } = place;
  const plug = (term: Term): Term =>
    isComprehension(term) ? capturedComprehension(place, { term, frame }) : frame.plug(term, session.home);
  const { terms } = expr;
  switch (terms.type) {
    case 'term':
      return { ...expr, terms: { ...terms, term: plug(terms.term) } };
    case 'call':
      return { ...expr, terms: { ...terms, operands: terms.operands.map(plug) } };
    case 'every':
      return pluggedEvery(place, expr, terms);
    case 'not':
      return { ...expr, terms: { ...terms, body: pluggedBodyTerms(place, terms.body) } };
    case 'and':
    case 'or':
      return {
        ...expr,
        terms: {
          ...terms,
          lhs: pluggedBodyTerms(place, terms.lhs),
          rhs: pluggedBodyTerms(place, terms.rhs),
        },
      };
    case 'some':
      return expr;
  }
}
