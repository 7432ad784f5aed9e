import { isEquality, sides } from '../compiler/nodes.ts';
import type { Expr, Term, VarTerm } from '../syntax/ast.ts';
import { newExpr, varTerm } from '../syntax/build.ts';
import { evaluateCall } from './calls.ts';
import { evaluateEvery } from './every.ts';
import { evaluateLogical } from './logical.ts';
import { evaluateWith } from './modifiers.ts';
import { evaluateNegated, evaluateNot } from './negation.ts';
import { saveExpr } from './save.ts';
import { expressionAt, type Next, type Place } from './session.ts';
import { unify } from './unify.ts';

/** Calls `next` for each way in which the body holds from its expression `index` on. */
export function evaluateBody(place: Place, next: Next): void {
  const expr = place.body[place.index];
  if (expr === undefined) {
    next();
    return;
  }
  const rest = (): void => evaluateBody({ ...place, index: place.index + 1 }, next);
  if (expr.with.length > 0) evaluateWith(place, expr, rest);
  else evaluateStep(place, rest);
}

/** The expression at the place without its `with`. */
export function evaluateStep(place: Place, next: Next): void {
  const expr = expressionAt(place);
  if (expr.negated) {
    evaluateNegated(place, next);
    return;
  }
  const { terms } = expr;
  switch (terms.type) {
    case 'term':
      evaluateTerm(place, terms.term, next);
      return;
    case 'call':
      isEquality(expr) ? evaluateEquality(place, expr, next) : evaluateCall(place, terms, next);
      return;
    case 'every':
      evaluateEvery(place, expr, terms, next);
      return;
    case 'not':
      evaluateNot(place, terms, next);
      return;
    case 'and':
    case 'or':
      evaluateLogical(place, terms, next);
      return;
    case 'some':
      next();
      return;
  }
}

function evaluateEquality(place: Place, expr: Expr, next: Next): void {
  const pair = sides(expr);
  if (pair !== undefined) unify(place, pair[0], pair[1], [place.frame, place.frame], next);
}

/** A term holds where it has a value other than false. */
function evaluateTerm(place: Place, term: Term, next: Next): void {
  const { frame, session } = place;
  const result: VarTerm = varTerm(`$_term_${place.id}_${place.index}`);
  session.conditions?.add(result.name);
  unify(place, term, result, [frame, frame], () => {
    if (session.unknowns.contains(result, frame)) {
      saveExpr(place, newExpr({ type: 'term', term: result }), next);
      return;
    }
    const value = frame.plug(result);
    if (value.type !== 'boolean' || value.value) next();
  });
}
