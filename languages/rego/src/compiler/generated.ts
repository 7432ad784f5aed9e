import type { Body, Expr, Term } from '../syntax/ast.ts';
import { newExpr, varTerm } from '../syntax/build.ts';
import type { LocalNames } from './names.ts';
import { callOf, isComprehension } from './nodes.ts';
import { someTerm } from './walk.ts';

/** A generated equality, and the variable to which it gives the value of a term. */
export interface Binding {
  readonly expr: Expr;
  readonly variable: Term & { type: 'var' };
}

/** `variable = term` with a new variable, at the place of the term. */
export function bind(term: Term, names: LocalNames): Binding {
  const variable = varTerm(names.generate(), term.location);
  const expr = newExpr(callOf('eq', [variable, term], term.location), term.location);
  expr.generated = true;
  return { expr, variable };
}

/** The term has a reference or a comprehension in it: its value must be worked out. */
export function needsEvaluation(term: Term): boolean {
  return someTerm(term, (part) => part.type === 'ref' || isComprehension(part));
}

/** Binds the term to a variable at the end of `body` if it must be worked out. */
export function bindAtEnd(term: Term, body: Body, names: LocalNames): Term {
  if (!needsEvaluation(term)) return term;
  const { expr, variable } = bind(term, names);
  body.push(expr);
  return variable;
}
